"""What granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from tomp_operator import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
application = get_wsgi_application()

# Web processes run no system checks of their own, and must refuse unsafe settings all the same.
checks.refuse_unsafe_settings()
