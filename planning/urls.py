"""Routes of the planning module."""

from django.urls import path

from planning.views import PlanningViewSet

urlpatterns = [
    path("planning/inquiries", PlanningViewSet.as_view({"post": "inquiries"})),
    path("planning/offers", PlanningViewSet.as_view({"post": "offers"})),
    path("plannings", PlanningViewSet.as_view({"post": "plannings"})),
]
