"""Where the feeds are, and the page of a vehicle."""

from django.urls import path, re_path

from gbfs.building import MANIFEST
from gbfs.editions import V3_0
from gbfs.pages import VehiclePage
from gbfs.views import FeedView

feed = FeedView.as_view()

urlpatterns = [
    path("gbfs/manifest.json", feed, {"version": V3_0.number, "name": MANIFEST}),
    re_path(r"^gbfs/(?P<version>2\.3|3\.0)/(?P<name>(?!manifest)[a-z_]+)\.json$", feed),
    re_path(r"^gbfs/(?P<version>2\.3)/(?P<language>[a-z]{2,3}(?:-[A-Z]{2})?)/(?P<name>[a-z_]+)\.json$", feed),
    path("r/<uuid:public_id>", VehiclePage.as_view()),
]
