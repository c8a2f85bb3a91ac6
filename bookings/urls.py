"""Routes of the booking module."""

from django.urls import path

from bookings.views import BookingViewSet

urlpatterns = [
    path("bookings", BookingViewSet.as_view({"get": "list", "post": "create"})),
    path("bookings/one-stop", BookingViewSet.as_view({"post": "one_stop"})),
    path("bookings/<str:id>", BookingViewSet.as_view({"get": "retrieve", "put": "update"})),
    path("bookings/<str:id>/events", BookingViewSet.as_view({"post": "events"})),
    path(
        "bookings/<str:id>/subscription",
        BookingViewSet.as_view({"post": "subscribe", "delete": "unsubscribe"}),
    ),
    path(
        "bookings/<str:id>/notifications",
        BookingViewSet.as_view({"get": "notifications", "post": "notify"}),
    ),
]
