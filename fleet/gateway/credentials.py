"""Which device group is reporting? Its key is shown once; nobody can read it again."""

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission

from fleet.models import AssetType, DeviceGroup
from maas import throttling
from maas.models import digest_of, new_secret
from tomp import errors

CHALLENGE = 'Bearer realm="telemetry"'
CHALLENGED = {"WWW-Authenticate": CHALLENGE}


class GroupExists(Exception):
    """There is a device group of this name."""


class UnknownType(Exception):
    """There is no asset type with one of these ids."""


@transaction.atomic
def create_group(*, name, type_ids=()):
    """A group whose reports about vehicles of these types (none = all) are taken from now on: (group, secret).

    Raises GroupExists, UnknownType; then there is none.
    """
    if DeviceGroup.objects.filter(name=name).exists():
        raise GroupExists(f"There is a device group {name} already.")
    types = list(AssetType.objects.filter(type_id__in=type_ids))
    if missing := sorted(set(type_ids) - {each.type_id for each in types}):
        raise UnknownType(f"There is no asset type {', '.join(missing)}.")
    group = DeviceGroup.objects.create(name=name)
    group.asset_types.set(types)
    return group, issue_key(group=group)


def issue_key(*, group):
    """The secret of the group's new key; the one before it is worth nothing from now on."""
    secret = new_secret()
    group.prefix, group.digest = secret[:8], digest_of(secret)
    group.save(update_fields=["prefix", "digest"])
    return secret


class DeviceGroupAuthentication(BaseAuthentication):
    """request.auth is the group whose key was shown, in X-API-Key or as a bearer token.

    Who shows a wrong one is slowed down by address, as with the API; reports are not.
    """

    def authenticate(self, request):
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        key = request.headers.get("X-API-Key") or (value.strip() if scheme.lower() == "bearer" else "")
        if not key:
            return None
        group = DeviceGroup.objects.for_secret(key).first()
        if group is None:
            throttling.refuse_guessing(request)
            raise errors.BadCredentials("The key is not valid.", headers=CHALLENGED)
        return AnonymousUser(), group

    def authenticate_header(self, request):
        return CHALLENGE


class IsDeviceGroup(BasePermission):
    """Refuses, with 401/7001, whoever showed no key."""

    def has_permission(self, request, view):
        if not isinstance(request.auth, DeviceGroup):
            throttling.refuse_guessing(request)
            raise errors.NoCredentials("Show the key of a device group.", headers=CHALLENGED)
        return True
