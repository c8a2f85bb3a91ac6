"""Which types may be shown to whom? A type with user groups is hidden from everybody else."""

from django.db.models import Exists, OuterRef

from fleet.models import AssetType


def open_to(provider, group_ids=None, *, path="pk"):
    """A condition on rows whose asset type is at `path`: it is for all, or for a group this provider has.

    With `group_ids` the group must be one of these, as in a planning request; without, any of the provider's will do.
    Nobody in particular (None) sees what is for all.
    """
    reserved = AssetType.user_groups.through.objects.filter(assettype=OuterRef(path))
    if provider is None or group_ids == []:
        return ~Exists(reserved)
    own = reserved.filter(usergroup__providers=provider.pk)
    if group_ids is not None:
        own = own.filter(usergroup__group_id__in=group_ids)
    return ~Exists(reserved) | Exists(own)
