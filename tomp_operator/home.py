"""The page a person finds at the address of the service."""

from django.conf import settings
from django.views.generic import TemplateView

from fleet import information
from tomp.language import in_any_language
from tomp.versions import VERSIONS


class Home(TemplateView):
    """Who this is, and where to go."""

    template_name = "home.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            name=in_any_language(information.system().name),
            versions=" and ".join(VERSIONS),
            base_url=f"{settings.TOMP_PUBLIC_URL}/tomp",
            **kwargs,
        )
