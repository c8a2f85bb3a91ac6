"""What may they open who read the page that is being made? Each page is still asked when it is opened."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from simple_history.models import HistoricalRecords


def may_open(url: str) -> bool:
    """Whether the reader may open this page, if it is one of the back office that is about rows."""
    model = model_at(url)
    return model is None or may_view(model)


def may_view(model: type[Model]) -> bool:
    """Whether the reader may view rows of the model; what has no reader, as a file, keeps nothing from anybody."""
    request: Any = getattr(HistoricalRecords.context, "request", None)
    if request is None or not admin.site.is_registered(model):
        return True
    return admin.site.get_model_admin(model).has_view_permission(request)


def model_at(url: str) -> type[Model] | None:
    """What the rows are of that the page at this address of the back office is about, if it is about rows."""
    outside, _office, address = url.partition(reverse("admin:index"))
    parts = address.split("/")
    if outside or len(parts) < 2:
        return None
    try:
        return apps.get_model(parts[0], parts[1])
    except LookupError:
        return None
