"""Where everything is served. The protocol's own paths are in `tomp_patterns`, from which /operator/meta is made."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

import backoffice.urls
import bookings.urls
import customers.urls
import fleet.urls
import gbfs.urls
import legs.urls
import maas.urls
import payments.urls
import planning.urls
import support.urls
from tomp.views import unknown_operation
from tomp_operator import docs_urls, information_urls
from tomp_operator.home import Home

admin.autodiscover()

tomp_patterns = [  # what is asked most comes first: routes are tried one after the other
    *legs.urls.urlpatterns,
    *bookings.urls.urlpatterns,
    *planning.urls.urlpatterns,
    *information_urls.urlpatterns,
    *payments.urls.urlpatterns,
    *support.urls.urlpatterns,
    *customers.urls.urlpatterns,
]

urlpatterns = [
    path("", Home.as_view()),
    path("tomp/", include([*tomp_patterns, path("<path:unknown>", unknown_operation)])),
    path("", include(maas.urls)),
    path("", include(fleet.urls)),
    path("", include(gbfs.urls)),
    path("", include(docs_urls)),
    path("admin/language/", set_language, name="set_language"),
    path("admin/", include(backoffice.urls)),
    path("admin/", admin.site.urls),
]

handler400 = "tomp.handlers.bad_request"
handler403 = "tomp.handlers.permission_denied"
handler404 = "tomp.handlers.page_not_found"
handler500 = "tomp.handlers.server_error"
