"""What granian serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries

from tomp_operator import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tomp_operator.settings")
django = get_wsgi_application()

from tomp_operator.measuring import Measuring  # noqa: E402  # they know models, which are there by now
from tomp_operator.repeating import Repeating  # noqa: E402

application = Repeating(Measuring(django))

# Web processes run no system checks of their own, and must refuse unsafe settings all the same.
checks.refuse_unsafe_settings()

# What Django looks after around each request, and we have not: caches to close, and statements kept for debugging.
request_finished.disconnect(close_caches)
if not settings.DEBUG:
    request_started.disconnect(reset_queries)

# All that is loaded stays as long as the process does. Were it not frozen, each full collection of garbage would look
# at it: 0.1 s, during a request.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
