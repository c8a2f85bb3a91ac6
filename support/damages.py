"""What providers read as the damages of a vehicle: what its open requests say is broken."""

from fleet.models import Asset
from support.models import OPEN, SupportRequest


def tell_damages(*asset_ids):
    """The vehicles say what is so. The last locks of the transaction."""
    for asset in Asset.objects.select_for_update(no_key=True).filter(pk__in=asset_ids).order_by("pk"):
        reports = SupportRequest.objects.filter(asset=asset, status__in=OPEN, damage__isnull=False)
        damages = list(reports.order_by("created_at", "id").values_list("damage", flat=True))
        if damages != asset.damages:
            Asset.objects.filter(pk=asset.pk).update(damages=damages)
