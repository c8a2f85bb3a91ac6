"""Routes of the trip execution module."""

from django.urls import path

from legs.views import LegViewSet

urlpatterns = [
    path("legs/<str:id>", LegViewSet.as_view({"get": "retrieve"})),
    path("legs/<str:id>/events", LegViewSet.as_view({"post": "events"})),
    path("legs/<str:id>/progress", LegViewSet.as_view({"get": "progress"})),
    path("legs/<str:id>/available-assets", LegViewSet.as_view({"get": "available_assets"})),
]
