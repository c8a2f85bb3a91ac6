"""The page a person finds at the address of the service."""

from django.conf import settings
from django.utils.translation import get_language
from django.views.generic import TemplateView

from fleet import information
from gbfs.editions import V2_3, V3_0
from tomp.language import in_language
from tomp.public import only_read
from tomp.versions import VERSIONS
from tomp_operator.navigation import favicon


@only_read
class Home(TemplateView):
    """Who this is, and where to go."""

    template_name = "home.html"

    def get_context_data(self, **kwargs):
        system = information.system()
        return super().get_context_data(
            name=in_language(system.name, get_language()),
            url=system.url,
            email=system.email,
            phone_number=system.phone_number,
            versions=[version.minor for version in reversed(VERSIONS.values())],
            feeds=[V3_0.number, V2_3.number],
            base_url=f"{settings.TOMP_PUBLIC_URL}/tomp",
            favicon=favicon(self.request),
            **kwargs,
        )
