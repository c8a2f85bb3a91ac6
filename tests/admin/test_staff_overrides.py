"""What staff decide about colleagues and themselves: afterwards rows, API, trips, journal, calls and story agree …"""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.utils import timezone
from django_otp.oath import totp

from backoffice.signin import second_step, throttle
from tests.admin.acting import having, new, page, removing, with_other
from tests.configuration import configuration
from tests.town import WHY, Act, ActsOfStaff

USER, GROUP = "auth/user", "auth/group"
OTHER = "staple of the barn"


@pytest.fixture(autouse=True)
def passwords_are_quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


otto = having(USER, User.objects.create, username="otto", is_staff=True)
evening_shift = having(GROUP, Group.objects.create, name="Evening shift")


def superuser(town):
    having(USER, User.objects.create, username="otto", is_staff=True, is_superuser=True)(town)


def locked_out(town):
    otto(town)
    made = throttle.attempt("otto", "127.0.0.1")
    for _each in range(5):
        throttle.begin(made, now=timezone.now())


def with_a_phone(town):
    otto(town)
    user = User.objects.get(username="otto")
    device = second_step.begin(user)
    second_step.confirm(user, f"{totp(device.bin_key):06d}")


def how_to_sign_in(town):
    """With which password, after which second step, and whether at all."""
    now = timezone.now()
    return {
        ("sign-in", user.username): (
            OTHER if user.check_password(OTHER) else "",
            "code" if user.totpdevice_set.filter(confirmed=True).exists() else "",
            "locked" if throttle.locked_until(user.username, now=now) else "open",
        )
        for user in User.objects.all()
    }


def may(town):
    """What members of groups may do."""
    return {
        ("group may", group.name): sorted(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.filter(name="Evening shift")
    }


def as_shown(town):
    """The form of an account, which that of a superuser is not to who is none."""
    return {"username": "otto", "is_active": "on", "is_staff": "on", "date_joined_0": "", "date_joined_1": ""}


def permission(codename):
    return Permission.objects.get(codename=codename).pk


TWICE = {"password1": OTHER, "password2": OTHER}
ACTS = {
    "a new colleague": Act(
        new(USER),
        {("user", "otto"): ["", True, None], ("sign-in", "otto"): (OTHER, "", "open")},
        [("User", "added", "")],
        "add_user",
        lambda town: {"username": "otto", "usable_password": "true", **TWICE},
        refused=otto,
        needs=("username", "password1"),
        may_also=("change_user",),
    ),
    "what a colleague may do": Act(
        page(USER),
        {("user", "otto"): ["", True, "Evening shift"]},
        [("User", "changed", "")],
        "change_user",
        lambda town: as_shown(town) | {"groups": [town.kept[GROUP]]},
        given=lambda town: (otto(town), evening_shift(town)),
        refused=lambda town: (superuser(town), evening_shift(town)),
        refused_form=lambda town: {"groups": []},
        needs=("username",),
    ),
    "that a colleague left": Act(
        page(USER),
        {("user", "otto"): ["", False, None]},
        [("User", "changed", "")],
        "change_user",
        with_other(USER, is_active=None),
        given=otto,
        needs=("username",),
    ),
    "a password of a colleague": Act(
        lambda town: f"/admin/auth/user/{town.kept[USER]}/password/",
        {("sign-in", "otto"): (OTHER, "", "open")},
        [("User", "changed", "")],
        "change_user",
        lambda town: {"usable_password": "true", **TWICE},
        given=otto,
        refused=superuser,
        needs=("password1", "password2"),
    ),
    "that a colleague may try again": Act(
        page(USER, "unlock"),
        {("sign-in", "otto"): ("", "", "open")},
        [("User", "changed", "Unlocked the sign-in")],
        "change_user",
        given=locked_out,
        refused=superuser,
        needs=(),
    ),
    "that a colleague lost the phone": Act(
        page(USER, "remove-second-step"),
        {("sign-in", "otto"): ("", "", "open")},
        [("User", "changed", f"Removed the second step of the sign-in: {WHY}")],
        "change_user",
        given=with_a_phone,
        refused=otto,
    ),
    **removing(
        USER, {("user", "otto"): None, ("sign-in", "otto"): None}, [("User", "deleted", "")], otto, refused=superuser
    ),
    "a new group": Act(
        new(GROUP),
        {("group", "Evening shift"): [], ("group may", "Evening shift"): ["view_asset"]},
        [("Group", "added", "")],
        "add_group",
        lambda town: {"name": "Evening shift", "permissions": [permission("view_asset")]},
        refused=evening_shift,
        needs=("name",),
    ),
    "what a group may do": Act(
        page(GROUP),
        {("group may", "Evening shift"): ["change_asset"]},
        [("Group", "changed", "")],
        "change_group",
        lambda town: {"name": "Evening shift", "permissions": [permission("change_asset")]},
        given=evening_shift,
        refused=evening_shift,
        refused_form=lambda town: {"permissions": ["0"]},
        needs=("name",),
    ),
    **removing(
        GROUP,
        {("group", "Evening shift"): None, ("group may", "Evening shift"): None},
        [("Group", "deleted", "")],
        evening_shift,
    ),
}


class TestOfColleagues(ActsOfStaff):
    acts = ACTS
    tell = (configuration, how_to_sign_in, may)
    empty = ""
