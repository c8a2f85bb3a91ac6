"""Who may do what? Six roles, as groups of the back office; this table is the only place that says it (docs/roles.md).

A role is given what the table says once. What an administrator adds to a group or takes from it stays so: the next
version of this table gives only what is new in it, and takes only what it no longer says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from backoffice.models import GivenRole

ROLES = {
    "Administrator": "Everything, staff and contracts included. Only a superuser makes superusers.",
    "Operations": "The trips and the fleet: overrides, money given back, prices, calls to providers.",
    "Fleet manager": "The fleet: vehicles, places, imports, damage. Sees no customer data, so no trips either.",
    "Support agent": "Trips, customers and requests for help; charges and gives back. Sees the fleet.",
    "Finance": "Journal, claims, invoices, prices. Sees the trips they come from.",
    "Read-only": "Sees everything and changes nothing.",
}
LETTERS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

# Administrator, Operations, Fleet manager, Support agent, Finance, Read-only: v view, a add, c change, d delete, and
# names of other permissions of the app. What a page decides with a button is a permission, too: docs/roles.md.
TABLE = {
    # trips
    "bookings.booking":            ("vc",   "vc",   "",     "vc",  "v",    "v"),
    "bookings.bookingevent":       ("v",    "v",    "",     "v",   "v",    "v"),
    "bookings.notification":       ("v",    "v",    "",     "v",   "v",    "v"),
    "bookings.subscription":       ("v",    "v",    "",     "v",   "v",    "v"),
    "legs.leg":                    ("vc",   "vc",   "",     "vc",  "v",    "v"),
    "legs.legevent":               ("v",    "v",    "",     "v",   "v",    "v"),
    "legs.evidence":               ("v",    "v",    "",     "v",   "",     "v"),
    "fleet.reservation":           ("v",    "v",    "v",    "v",   "v",    "v"),
    # vehicles
    "fleet.asset":                 ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.assetpublicid":         ("v",    "v",    "v",    "v",   "v",    "v"),
    "fleet.importbatch":           ("v",    "v",    "v",    "v",   "v",    "v"),
    "fleet.columnmapping":         ("vcd",  "vcd",  "vcd",  "v",   "v",    "v"),
    "fleet.restriction":           ("v",    "v",    "v",    "v",   "v",    "v"),
    "fleet.restrictedasset":       ("v",    "v",    "v",    "v",   "v",    "v"),
    "fleet.damage":                ("vac",  "vac",  "vac",  "va",  "v",    "v"),
    "fleet.damagephoto":           ("va",   "va",   "va",   "va",  "v",    "v"),
    "fleet.maintenance":           ("vac",  "vac",  "vac",  "v",   "v",    "v"),
    "fleet.vehiclealert":          ("v",    "v",    "v",    "v",   "",     "v"),
    "fleet.command":               ("v",    "v",    "v",    "v",   "",     "v"),
    "fleet.devicegroup":           ("vacd", "v",    "vacd", "",    "",     "v"),
    "fleet.gateway":               ("vacd", "v",    "vacd", "",    "",     "v"),
    # what there is, where and when
    "fleet.system":                ("vac",  "v",    "v",    "v",   "v",    "v"),
    "fleet.assettype":             ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.condition":             ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.usergroup":             ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.station":               ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.region":                ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.alert":                 ("vacd", "vacd", "vacd", "va",  "v",    "v"),
    "fleet.openinghours":          ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    "fleet.calendarperiod":        ("vacd", "vacd", "vacd", "v",   "v",    "v"),
    # prices
    "fleet.pricingplan":           ("vacd", "vacd", "v",    "v",   "vacd", "v"),
    "fleet.farepart":              ("vacd", "vacd", "v",    "v",   "vacd", "v"),
    "fleet.planrule":              ("vacd", "vacd", "v",    "v",   "vacd", "v"),
    "fleet.ancillary":             ("vacd", "vacd", "vacd", "v",   "vacd", "v"),
    # providers and their customers
    "maas.maasprovider":           ("vacd", "v",    "",     "v",   "v",    "v"),
    "maas.callbackchannel":        ("vacd", "v",    "",     "",    "",     "v"),
    "maas.apikey":                 ("v",    "v",    "",     "",    "",     "v"),
    "maas.callback":               ("vc",   "vc",   "",     "v",   "",     "v"),
    "maas.callbackattempt":        ("v",    "v",    "",     "v",   "",     "v"),
    "customers.customer":          ("vcd",  "vcd",  "",     "vc",  "v",    "v"),
    # money
    "payments.journalentry":       ("va",   "va",   "",     "va",  "va",   "v"),
    "payments.correction":         (*2 * ["vc exceed_correction_cap"], "", "v", "vc exceed_correction_cap", "v"),
    "payments.claim":              ("vc",   "vc",   "",     "v",   "vc",   "v"),
    "payments.invoice":            ("va",   "v",    "",     "",    "va",   "v"),
    # support
    "support.supportrequest":      ("vc",   "vc",   "",     "vc",  "v",    "v"),
    "support.supportnote":         ("v",    "v",    "",     "v",   "v",    "v"),
    "support.supportstatus":       ("v",    "v",    "",     "v",   "v",    "v"),
    # staff
    "backoffice.givenrole":        (*6 * ["view_trail"],),
    "auth.user":                   ("vacd", "",     "",     "",    "",     "v"),
    "auth.group":                  ("vacd", "",     "",     "",    "",     "v"),
    "admin.logentry":              ("v",    "",     "",     "",    "",     "v"),
    "procrastinate.procrastinatejob":   ("v", "v",  "",     "",    "",     "v"),
    "procrastinate.procrastinateevent": ("v", "v",  "",     "",    "",     "v"),
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """How a role stands here compared with the table: permissions as app.codename."""

    role: str
    is_there: bool
    more: list[str]
    fewer: list[str]


def wanted(role: str) -> set[str]:
    """The permissions of this role in the table, as app.codename."""
    column = list(ROLES).index(role)
    return {permission for model, cells in TABLE.items() for permission in _spelled_out(model, cells[column])}


def _spelled_out(model: str, cell: str) -> Iterator[str]:
    app, name = model.split(".")
    for word in cell.split():
        if set(word) <= set(LETTERS):
            yield from (f"{app}.{LETTERS[letter]}_{name}" for letter in word)
        else:
            yield f"{app}.{word}"


@transaction.atomic
def catch_up() -> None:
    """Every role has what is new for it in the table, and lost what the table once gave and no longer says.

    A group that was renamed stays a role; one that was removed stays away. A group of the operator's own that has the
    name of a role is left as it is, until somebody resets it.
    """
    known = _permissions()
    for role in ROLES:
        given = GivenRole.objects.select_for_update().filter(name=role).first()
        given = given or GivenRole.objects.create(name=role, group=_new_group(role))
        now = wanted(role) & known.keys()
        if given.group is not None and now != set(given.permissions):
            given.group.permissions.add(*(known[name] for name in now - set(given.permissions)))
            gone = set(given.permissions) - now
            given.group.permissions.remove(*(known[name] for name in gone if name in known))
            given.permissions = sorted(now)
            given.save()


def _new_group(role: str) -> Group | None:
    group, is_new = Group.objects.get_or_create(name=role)
    return group if is_new else None


@transaction.atomic
def reset(role: str) -> None:
    """The role may do what the table says and nothing else; a group that was removed is there again."""
    known = _permissions()
    given, _new = GivenRole.objects.select_for_update().get_or_create(name=role)
    if given.group is None:
        given.group, _new = Group.objects.get_or_create(name=role)
    now = wanted(role) & known.keys()
    given.group.permissions.set([known[name] for name in now])
    given.permissions = sorted(now)
    given.save()


def differences() -> list[Difference]:
    """How each role stands here, in the order of the table."""
    groups = {given.name: given.group for given in GivenRole.objects.select_related("group")}
    known = _permissions().keys()
    found = []
    for role in ROLES:
        group = groups.get(role)
        has = _of(group) if group else set()
        now = wanted(role) & known
        found.append(Difference(role, group is not None, sorted(has - now), sorted(now - has)))
    return found


def _permissions() -> dict[str, Permission]:
    """Those there are, as app.codename."""
    return {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }


def _of(group: Group) -> set[str]:
    return {f"{app}.{name}" for app, name in group.permissions.values_list("content_type__app_label", "codename")}
