"""What does this provider sign in with, and until when does it work?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from maas.models import ApiKey, MaasProvider, OAuthClient
from tomp.admin import label, moment


@dataclass(frozen=True)
class Credential:
    what: str
    made_at: datetime | None
    made_by: str
    status: Any


def credentials(provider: MaasProvider, now: datetime) -> list[Credential]:
    """Those that work now; two statements."""
    keys = ApiKey.objects.not_revoked(now).filter(provider=provider)
    found = [
        Credential(_("API key %(key)s") % {"key": key}, key.created_at, key.made_by, _status(key.revoked_at))
        for key in keys
    ]
    client = OAuthClient.objects.filter(provider=provider).first()
    if client is not None:
        told = {"client": client.client_id}
        made = client.secret_made_at or client.created
        found.append(Credential(_("OAuth2 secret of %(client)s") % told, made, client.secret_made_by, _status(None)))
        if client.has_former_secret(now):
            until = _status(client.former_secret_until)
            found.append(Credential(_("OAuth2 secret before that one"), None, "", until))
    return found


def _status(until: datetime | None) -> Any:
    if until is None:
        return label("valid", _("valid"), {"valid": "success"})
    return label("ends", _("valid until %(at)s") % {"at": moment(until)}, {"ends": "warning"})
