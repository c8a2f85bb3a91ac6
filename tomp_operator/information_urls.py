"""Routes of the operator information module."""

from django.urls import path

from tomp_operator.views import MetaViewSet, OperatorViewSet, PingViewSet

urlpatterns = [
    path("operator/ping", PingViewSet.as_view({"get": "ping"})),
    path("operator/meta", MetaViewSet.as_view({"get": "meta"})),
    path("operator/information", OperatorViewSet.as_view({"get": "information"})),
    path("operator/regions", OperatorViewSet.as_view({"get": "regions"})),
    path("operator/stations", OperatorViewSet.as_view({"get": "stations"})),
    path("operator/available-assets", OperatorViewSet.as_view({"get": "available_assets"})),
    path("operator/pricing-plans", OperatorViewSet.as_view({"get": "pricing_plans"})),
    path("operator/alerts", OperatorViewSet.as_view({"get": "alerts"})),
    path("operator/operating-hours", OperatorViewSet.as_view({"get": "operating_hours"})),
    path("operator/operating-calendar", OperatorViewSet.as_view({"get": "operating_calendar"})),
]
