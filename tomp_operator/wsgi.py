"""What granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from tomp_operator import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
django = get_wsgi_application()

from tomp_operator.repeating import Repeating  # noqa: E402  # it knows models, which are there by now

application = Repeating(django)

# Web processes run no system checks of their own, and must refuse unsafe settings all the same.
checks.refuse_unsafe_settings()
