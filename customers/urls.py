"""Routes of the customer module."""

from django.urls import path

from customers.views import CustomerViewSet

urlpatterns = [
    path("customers", CustomerViewSet.as_view({"post": "create"})),
    path("customers/<str:id>", CustomerViewSet.as_view({"get": "retrieve", "patch": "change", "delete": "erase"})),
]
