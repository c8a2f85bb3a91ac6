"""Routes of the payment module."""

from django.urls import path

from payments.views import PaymentViewSet

urlpatterns = [
    path("payment/journal-entry", PaymentViewSet.as_view({"get": "journal"})),
    path("payment/<str:id>/claim-extra-costs", PaymentViewSet.as_view({"post": "claim"})),
]
