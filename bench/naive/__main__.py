"""python -m bench.naive KEY MAAS_ID VEHICLES: the twin's tables with a provider, a fleet and one trip to try them.

Prints the number of statements of each step of the trip as JSON.
"""

import json
import os
import sys
from decimal import Decimal

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.naive.settings"
django.setup()

from bench.load import one_stop_ride  # noqa: E402
from bench.naive.models import Asset, AssetType, FarePart, Plan, Provider  # noqa: E402

LAT, LNG = 52.09, 5.12


def make(key, maas_id, vehicles):
    call_command("migrate", run_syncdb=True, verbosity=0)
    Provider.objects.create(maas_id=maas_id, key=key)
    plan = Plan.objects.create(currency="EUR", vat_rate=21)
    FarePart.objects.create(plan=plan, type="FIXED", amount=Decimal("1.00"))
    FarePart.objects.create(plan=plan, type="FLEX", amount=Decimal("0.20"), minutes=1)
    scooter = AssetType.objects.create(type_id="scooter", asset_class="MOPED", name="Scooter", plan=plan)
    fleet = [Asset(asset_type=scooter, lat=LAT, lng=LNG, state_of_charge=90) for _vehicle in range(vehicles)]
    Asset.objects.bulk_create(fleet, batch_size=1_000)


def statements(key, maas_id):
    """How many each step of a trip sends."""
    client, counts = Client(headers={"X-API-Key": key, "maas-id": maas_id}), {}

    def ask(name, method, path, body=None):
        with CaptureQueriesContext(connection) as sent:
            answer = client.generic(method, f"/tomp{path}", json.dumps(body), content_type="application/json")
        assert answer.status_code in (200, 201), (name, answer.status_code, answer.content[:500])
        counts[name] = sum(not each["sql"].startswith(("BEGIN", "COMMIT")) for each in sent)
        return answer.json()

    vehicle = Asset.objects.values_list("public_id", "lat", "lng")[0]
    one_stop_ride(ask, (str(vehicle[0]), *vehicle[1:]))
    return counts


make(sys.argv[1], sys.argv[2], int(sys.argv[3]))
print(json.dumps(statements(*sys.argv[1:3])))
