"""Routes of the support module."""

from django.urls import path

from support.views import SupportViewSet

urlpatterns = [
    path("support", SupportViewSet.as_view({"post": "ask"})),
    path("support/<str:id>/status", SupportViewSet.as_view({"get": "status"})),
]
