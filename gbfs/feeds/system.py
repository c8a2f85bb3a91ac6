"""system_information: who we are."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from fleet.models import System
from fleet.schedule import Schedule
from gbfs.editions import Edition
from gbfs.feeds import discovery, hours
from gbfs.feeds.members import email, phone, uri, without_nothing


def system_json(system: System, schedule: Schedule, edition: Edition) -> dict[str, Any]:
    """The operator's information. What the version demands is always there."""
    common = without_nothing(
        system_id=system.system_id,
        name=edition.text(system.name, system.system_id),
        short_name=edition.text(system.short_name),
        operator=edition.text(system.operator),
        url=uri(system.url),
        purchase_url=uri(system.purchase_url),
        start_date=system.start_date.isoformat() if system.start_date else None,
        email=email(system.email),
        feed_contact_email=contact(system),
        timezone=system.timezone,
        license_url=uri(system.license_url),
        rental_apps=rental_apps(system),
        **_terms("terms", system.terms_url, system.terms_updated_on, edition),
        **_terms("privacy", system.privacy_url, system.privacy_updated_on, edition),
    )
    if edition.version.is_multilingual:
        return common | without_nothing(
            languages=list(edition.languages),
            opening_hours=hours.osm(*schedule.rules_for()),
            phone_number=phone(system.phone_number),
            manifest_url=discovery.manifest_url(),
        )
    return common | without_nothing(
        language=edition.languages[0], phone_number=phone(system.phone_number) or system.phone_number
    )


def contact(system: System) -> str:
    """Whom readers of the feed write to; 3.0 demands somebody: at last the postmaster every host has (RFC 5321)."""
    host = urlsplit(settings.TOMP_PUBLIC_URL).hostname or ""
    name = host if any(letter.isalpha() for letter in host) and ":" not in host else "localhost.localdomain"
    return email(system.feed_contact_email) or email(system.email) or f"postmaster@{name}"


def rental_apps(system: System) -> dict[str, Any] | None:
    """The operator's apps that can be found and installed; others would make the feed invalid."""
    apps = {}
    for platform in ("android", "ios"):
        app = system.rental_apps.get(platform) if isinstance(system.rental_apps, dict) else None
        store, discovery_uri = (uri((app or {}).get(f"{kind}_uri")) for kind in ("store", "discovery"))
        if store and discovery_uri:
            apps[platform] = {"store_uri": store, "discovery_uri": discovery_uri}
    return apps or None


def _terms(name: str, urls: dict[str, str], updated_on: Any, edition: Edition) -> dict[str, Any]:
    """Where they are, if it is known since when they hold: neither comes alone."""
    valid = {tag: url for tag, url in (urls or {}).items() if uri(url)}
    if not valid or updated_on is None:
        return {}
    return {f"{name}_url": edition.text(valid), f"{name}_last_updated": updated_on.isoformat()}
