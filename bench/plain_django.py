"""What granian serves as the bare Django view."""

from bench.plain import django_application

application = django_application()
