"""A role may do what the table says, and what the operator made of it."""

from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.management import CommandError, call_command

from backoffice import roles
from backoffice.models import GivenRole

AS_IT_COMES = [f"{role}: as it comes" for role in roles.ROLES]


@pytest.fixture
def seeded(db):
    """An installation on which the roles were just seeded."""
    Group.objects.all().delete()
    GivenRole.objects.all().delete()
    roles.catch_up()


def permission(name):
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def said(*arguments):
    out = StringIO()
    call_command("roles", *arguments, stdout=out)
    return out.getvalue().splitlines()


def member_of(role):
    user = User.objects.create(username=role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def test_migrating_makes_the_roles(db):
    Group.objects.all().delete()
    GivenRole.objects.all().delete()

    call_command("migrate", verbosity=0)

    assert {group.name for group in Group.objects.all()} == set(roles.ROLES)
    assert said() == AS_IT_COMES


def test_every_page_and_every_part_of_a_page_is_in_the_table():
    shown = {model._meta.label_lower for model in admin.site._registry}
    parts = {inline.model._meta.label_lower for site in admin.site._registry.values() for inline in site.inlines}

    missing = sorted((shown | parts) - roles.TABLE.keys())

    assert not missing, f"Say in backoffice/roles.py who may see and change {', '.join(missing)}."


def test_every_permission_of_the_table_is_one(db):
    there = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}

    unknown = {role: sorted(roles.wanted(role) - there) for role in roles.ROLES}

    assert unknown == {role: [] for role in roles.ROLES}


def test_every_line_of_the_table_has_a_cell_per_role():
    assert {len(cells) for cells in roles.TABLE.values()} == {len(roles.ROLES)}


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("Administrator", "auth.change_user", "payments.change_journalentry"),
        ("Operations", "bookings.change_booking", "auth.view_user"),
        ("Fleet manager", "fleet.change_asset", "bookings.view_booking"),
        ("Support agent", "support.change_supportrequest", "payments.exceed_correction_cap"),
        ("Finance", "payments.add_invoice", "bookings.change_booking"),
        ("Read-only", "customers.view_customer", "customers.change_customer"),
    ],
)
def test_members_may_what_the_table_says(seeded, role, may, may_not):
    member = member_of(role)

    assert member.has_perm(may)
    assert not member.has_perm(may_not)


def test_who_only_reads_may_view_and_nothing_else(seeded):
    assert {name.split(".")[1].split("_")[0] for name in roles.wanted("Read-only")} == {"view"}


def test_the_fleet_manager_may_see_no_page_about_people(seeded):
    about_people = ("bookings", "legs", "customers", "support", "payments", "maas", "admin", "auth", "procrastinate")

    assert not [name for name in roles.wanted("Fleet manager") if name.split(".")[0] in about_people]


def test_seeding_again_changes_nothing(seeded):
    before = set(Group.permissions.through.objects.values_list("group__name", "permission"))

    roles.catch_up()

    assert set(Group.permissions.through.objects.values_list("group__name", "permission")) == before


def test_what_was_changed_here_stays_so(seeded):
    finance = Group.objects.get(name="Finance")
    finance.permissions.remove(permission("payments.add_invoice"))
    finance.permissions.add(permission("auth.view_user"))
    Group.objects.get(name="Read-only").delete()
    Group.objects.filter(name="Support agent").update(name="Klantenservice")

    roles.catch_up()

    assert said() == [
        *AS_IT_COMES[:4],
        "Finance: may also auth.view_user; may not payments.add_invoice",
        "Read-only: is not there",
    ]
    assert Group.objects.filter(name="Klantenservice").exists()
    assert not Group.objects.filter(name__in=["Support agent", "Read-only"]).exists()


def test_what_is_new_in_the_table_is_given_and_what_left_it_is_taken(seeded, monkeypatch):
    finance = Group.objects.get(name="Finance")
    finance.permissions.remove(permission("payments.add_invoice"))
    finance.permissions.add(permission("auth.view_user"))
    table = roles.TABLE | {
        "admin.logentry": ("v", "", "", "", "v", "v"),  # new for finance
        "bookings.subscription": ("v", "v", "", "v", "", "v"),  # no longer for finance
    }
    monkeypatch.setattr(roles, "TABLE", table)

    roles.catch_up()

    member = member_of("Finance")
    assert member.has_perm("admin.view_logentry")
    assert not member.has_perm("bookings.view_subscription")
    assert not member.has_perm("payments.add_invoice")  # taken here
    assert member.has_perm("auth.view_user")  # given here


def test_a_group_of_the_operator_with_the_name_of_a_role_is_left_alone(db):
    Group.objects.all().delete()
    GivenRole.objects.all().delete()
    mine = Group.objects.create(name="Finance")
    mine.permissions.add(permission("auth.view_user"))

    roles.catch_up()

    assert [each.codename for each in mine.permissions.all()] == ["view_user"]
    assert "Finance: is not there" in said()


def test_a_role_is_made_again_as_it_comes(seeded):
    Group.objects.get(name="Finance").permissions.set([permission("auth.view_user")])
    Group.objects.get(name="Read-only").delete()

    assert said("--reset", "Finance")[4:] == ["Finance: as it comes", "Read-only: is not there"]
    assert said("--reset") == AS_IT_COMES


def test_a_role_nobody_knows_is_refused_and_changes_nothing(seeded):
    Group.objects.get(name="Finance").permissions.clear()

    with pytest.raises(CommandError, match="There is no role Boss: Administrator, Operations"):
        call_command("roles", "--reset", "Finance", "Boss")

    assert not Group.objects.get(name="Finance").permissions.exists()
