"""Damages of vehicles: what support requests tell of becomes a record, and what is unsafe leaves service."""

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils.translation import gettext_noop as _

from fleet.errors import NotPossible
from fleet.models import Asset, Damage
from fleet.models.vehicles import AssetState
from tomp.words import in_english


def report(*, request_id, asset_id, told, reported_by, now):
    """The damage a support request tells of (TOMP damage) is on record, once, with its vehicle.

    When staff say that the request is about another vehicle it goes there; about none, it stays where it was.
    """
    if asset_id is None:
        return
    part = told.get("vehicleComponent")
    named = told.get("vehicleComponentName")
    description = f"{named}: {told['description']}" if named else told["description"]
    Damage.objects.update_or_create(
        request_id=request_id,
        defaults={"asset_id": asset_id},
        create_defaults={
            "asset_id": asset_id,
            "part": part if part in Damage.Part.values else Damage.Part.OTHER,
            "description": description,
            "reported_at": now,
            "reported_by": reported_by[:150],
            "pictures": told.get("pictures", []),
        },
    )


@transaction.atomic
def forget_reports(*, request_ids):
    """Of damages that these support requests told of the words and links are gone, wherever they were copied to.

    Part, severity, times and the photos that staff took stay.
    """
    damages = list(Damage.objects.select_for_update().filter(request_id__in=request_ids).order_by("pk"))
    vehicles = Asset.objects.filter(pk__in=[damage.asset_id for damage in damages])
    list(vehicles.select_for_update(no_key=True).order_by("pk").values_list("pk"))  # in the order of everybody else
    for damage in damages:
        vehicle = Asset.objects.filter(pk=damage.asset_id)
        known, part = in_english(damage.__str__)[:200], in_english(damage.get_part_display)
        vehicle.filter(state_reason=known).update(state_reason=part)
        vehicle.filter(out_after_trip=known).update(out_after_trip=part)
        Asset.history.filter(id=damage.asset_id, state_reason=known).update(state_reason=part)
    reports = {"description": "", "pictures": []}
    Damage.objects.filter(request_id__in=request_ids).update(**reports)
    Damage.history.filter(request_id__in=request_ids).update(**reports)
    names = LogEntry.objects.filter(content_type__app_label="fleet", content_type__model="damage")
    names.filter(object_id__in=[str(damage.pk) for damage in damages]).update(object_repr="")


@transaction.atomic
def take_out_of_service(*, damage):
    """The damaged vehicle is out of service because of it; one on a trip is when its trip ends. Returns the vehicle.

    What is not in service anyway stays as it is.
    """
    asset = Asset.objects.select_for_update().get(pk=damage.asset_id)
    reason = in_english(damage.__str__)[:200]
    if asset.is_on_a_trip:
        asset.out_after_trip = reason
        asset.save(update_fields=["out_after_trip"])
    elif asset.state == AssetState.AVAILABLE:
        asset.take_out_of_service(reason=reason)
        asset.save(update_fields=["state", "state_reason"])
    return asset


@transaction.atomic
def repair(*, damage_id, actor, now):
    """The damage is repaired; the vehicle stays in its state. Raises NotPossible when it was repaired before."""
    damage = Damage.objects.select_for_update().get(pk=damage_id)
    if damage.repaired_at is not None:
        raise NotPossible(_("It was repaired already."))
    damage.repaired_at, damage.repaired_by = max(now, damage.reported_at), actor
    damage.save(update_fields=["repaired_at", "repaired_by"])
    return damage
