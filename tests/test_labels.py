"""What fields are called in English …"""

import re

import pytest
from django.apps import apps
from django.utils.translation import override

from tomp_operator import names
from tomp_operator.labels import SAID

UNITS = {"m", "s", "ms", "km", "kmh", "minutes", "hours", "seconds"}
SHORT = {"url", "urls", "vat", "api", "imei", "nfc", "mac", "qr", "lat", "lon", "pk", "args", "max"}
ODD = re.compile(r"(?:is|to|from|of) \w+|at")
WORDS = {"opening hours"}


def reads_badly(text):
    """An acronym or a unit that is written like a word, an abbreviation, a question that is no label."""
    words = text.split()
    is_odd = SHORT.intersection(words) or (len(words) > 1 and words[-1] in UNITS) or ODD.fullmatch(text)
    return bool(is_odd) and text not in WORDS


@pytest.mark.parametrize(
    ("model", "field", "label"),
    [
        ("fleet.region", "max_speed_kmh", "maximum speed (km/h)"),
        ("fleet.station", "is_renting", "rents out vehicles"),
        ("payments.journalentry", "vat_rate", "VAT rate"),
        ("fleet.system", "url", "URL"),
        ("legs.leg", "planned_distance_m", "planned distance (m)"),
        ("bookings.booking", "to_place", "destination"),
        ("fleet.asset", "vehicle_number", "vehicle number"),
    ],
)
def test_is_what_people_say(model, field, label):
    with override("en"):
        assert str(apps.get_model(model)._meta.get_field(field).verbose_name) == label


def test_is_nowhere_what_only_the_source_would_say():
    assert sorted(text for text in names.texts() if reads_badly(text)) == []


def test_is_put_otherwise_only_where_something_is_called_so():
    derived = {field.name.replace("_", " ") for model in apps.get_models() for field in model._meta.get_fields()} | {
        config.name.rpartition(".")[2].capitalize() for config in apps.get_app_configs()
    }
    models = {
        name
        for model in apps.get_models()
        for one in [re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()]
        for name in (one, f"{one}s")
    }

    assert SAID.keys() - derived - models == set()
