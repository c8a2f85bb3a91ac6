"""Pages under /admin/ that belong to no model. They come before the admin's own, one of which they replace."""

from django.contrib import admin
from django.urls import path

from backoffice import views

urlpatterns = [
    path("search/", admin.site.admin_view(views.search)),
    path("map/", admin.site.admin_view(views.live_map), name="live-map"),
    path("map/moving/", admin.site.admin_view(views.moving), name="live-map-moving"),
    path("map/standing/", admin.site.admin_view(views.standing), name="live-map-standing"),
    path("map/vehicle/<path:text>/", admin.site.admin_view(views.one_vehicle), name="live-map-vehicle"),
]
