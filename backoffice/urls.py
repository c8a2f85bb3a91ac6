"""Pages under /admin/ that belong to no model. They come before the admin's own, one of which they replace."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import path

from backoffice import views
from backoffice.signin import pages
from backoffice.trail import pages as trail

urlpatterns = [
    path("login/", pages.sign_in),
    path("second-step/", login_required(pages.second, login_url="admin:login"), name="second-step"),
    path("second-step/set-up/", admin.site.admin_view(pages.set_up), name="second-step-set-up"),
    path("search/", admin.site.admin_view(views.search)),
    path("trail/", admin.site.admin_view(trail.page), name="trail"),
    path("trail/<str:kind>/", admin.site.admin_view(trail.export), name="trail-export"),
    path("map/", admin.site.admin_view(views.live_map), name="live-map"),
    path("map/moving/", admin.site.admin_view(views.moving), name="live-map-moving"),
    path("map/standing/", admin.site.admin_view(views.standing), name="live-map-standing"),
    path("map/vehicle/<path:text>/", admin.site.admin_view(views.one_vehicle), name="live-map-vehicle"),
]
