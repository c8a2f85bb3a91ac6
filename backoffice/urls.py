"""Pages under /admin/ that belong to no model. They come before the admin's own, one of which they replace."""

from django.contrib import admin
from django.urls import path

from backoffice import views

urlpatterns = [
    path("search/", admin.site.admin_view(views.search)),
]
