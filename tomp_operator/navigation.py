"""How do staff get where they want? The sidebar."""

from urllib.parse import quote

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

FLEET, STAFF = _("Fleet"), _("Staff")
GROUPS: list[tuple[Promise, dict[str, str]]] = [
    (
        _("Trips"),
        {
            "bookings.Booking": "bookmark",
            "legs.Leg": "electric_scooter",
            "fleet.Reservation": "lock_clock",
            "bookings.Notification": "chat",
            "bookings.Subscription": "notifications",
            "bookings.BookingEvent": "history",
            "legs.LegEvent": "timeline",
        },
    ),
    (
        FLEET,
        {
            "fleet.Asset": "pedal_bike",
            "fleet.ImportBatch": "upload_file",
            "fleet.ColumnMapping": "view_column",
            "fleet.Restriction": "event_busy",
            "fleet.Damage": "car_crash",
            "fleet.Maintenance": "build",
            "fleet.AssetType": "category",
            "fleet.UserGroup": "groups",
            "fleet.VehicleAlert": "warning",
            "fleet.DeviceGroup": "sensors",
            "fleet.Gateway": "router",
            "fleet.Command": "lock_open",
            "fleet.Station": "location_on",
            "fleet.Region": "map",
            "fleet.Alert": "campaign",
            "fleet.OpeningHours": "schedule",
            "fleet.CalendarPeriod": "calendar_month",
            "fleet.System": "apartment",
        },
    ),
    (_("Prices"), {"fleet.PricingPlan": "sell", "fleet.PlanRule": "more_time", "fleet.Ancillary": "child_care"}),
    (_("Providers"), {"maas.MaasProvider": "handshake", "customers.Customer": "person", "maas.Callback": "outbound"}),
    (
        _("Money"),
        {
            "payments.JournalEntry": "receipt_long",
            "payments.Claim": "gavel",
            "payments.Correction": "how_to_vote",
            "payments.Invoice": "request_quote",
        },
    ),
    (_("Support"), {"support.SupportRequest": "support_agent", "support.SupportStatus": "forum"}),
    (
        STAFF,
        {
            "auth.User": "badge",
            "auth.Group": "groups",
            "admin.LogEntry": "fact_check",
            "procrastinate.ProcrastinateJob": "engineering",
        },
    ),
]
TITLES = {
    "admin.LogEntry": _("Staff activity"),
    "payments.JournalEntry": _("Journal"),
    "procrastinate.ProcrastinateJob": _("Background jobs"),
}
ICON = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 100 100'><text y='.9em' font-size='90'>🛴</text></svg>"


def sidebar(request: HttpRequest) -> list[dict]:
    """The groups of pages this member of staff may see."""
    registered = {model._meta.label: site for model, site in admin.site._registry.items()}
    groups: list[dict] = []
    for title, pages in GROUPS:
        items = [
            {
                "title": TITLES.get(name) or capfirst(site.opts.verbose_name_plural),
                "icon": icon,
                "link": _address(site.model),
            }
            for name, icon in pages.items()
            if (site := registered.get(name)) and site.has_view_permission(request)
        ]
        if title == FLEET and request.user.has_perm("fleet.view_asset"):
            items.insert(0, {"title": _("Live map"), "icon": "explore", "link": reverse("live-map")})
        if title == STAFF and request.user.has_perm("backoffice.view_trail"):
            items.insert(0, {"title": _("Audit trail"), "icon": "manage_history", "link": reverse("trail")})
        if items:
            groups.append({"title": title, "separator": bool(groups), "items": items})
    return groups


def styles(request: HttpRequest) -> str:
    """What every page of the back office adds to the looks of unfold."""
    return static("tomp_operator/admin.css")


def scripts(request: HttpRequest) -> str:
    """What every page of the back office does besides what unfold does."""
    return static("tomp_operator/keyboard.js")


def favicon(request: HttpRequest) -> str:
    return f"data:image/svg+xml,{quote(ICON)}"


def _address(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
