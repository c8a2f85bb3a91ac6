"""Where devices report."""

from django.urls import re_path

from fleet.views import Telemetry

urlpatterns = [re_path(r"^telemetry/?$", Telemetry.as_view(), name="telemetry")]
