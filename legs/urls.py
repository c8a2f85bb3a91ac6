"""Routes of the trip execution module."""

from django.urls import path

from legs.views import LegViewSet

urlpatterns = [
    path("legs/<str:id>", LegViewSet.as_view({"get": "retrieve", "put": "leave_to_provider"})),
    path("legs/<str:id>/events", LegViewSet.as_view({"post": "events"})),
    path("legs/<str:id>/progress", LegViewSet.as_view({"get": "progress", "post": "leave_to_provider"})),
    path("legs/<str:id>/confirmation", LegViewSet.as_view({"post": "leave_to_provider"})),
    path(
        "legs/<str:id>/ancillaries/<str:category>/<str:number>",
        LegViewSet.as_view({"post": "add_ancillary", "delete": "remove_ancillary"}),
    ),
    path("legs/<str:id>/available-assets", LegViewSet.as_view({"get": "available_assets"})),
]
