"""The three requests of the one-stop cycle, at the protocol's addresses."""

from django.urls import path

from bench.naive import views

urlpatterns = [
    path("tomp/bookings/one-stop", views.OneStop.as_view()),
    path("tomp/legs/<uuid:leg_id>/events", views.LegEvents.as_view()),
]
