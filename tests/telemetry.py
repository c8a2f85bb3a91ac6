"""What vehicles report in stories about trips, and the worker that hears of it."""

import json

from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from legs import tasks
from tests.journey import NOW, minutes

KEY = "key of the vehicles"


def said(vehicle, minute=0, **more):
    """A report of this vehicle (or number, or IMEI), so many minutes after NOW."""
    name = vehicle if isinstance(vehicle, str) else vehicle.vehicle_number
    return {"vehicle": name, "at": (NOW + minutes(minute)).isoformat(), **more}


def place(where):
    return {"lat": where[0], "lng": where[1]}


def dock(station, slot=""):
    return {"stationId": station.station_id, "slot": slot}


def report(*reports, key=KEY, **headers):
    """The answer to these reports; whoever shows the key is a DeviceGroupFactory(secret=KEY)."""
    shown = {"X-API-Key": key} if key else {}
    body = json.dumps({"reports": reports})
    return Client().post("/telemetry/", body, content_type="application/json", headers=shown | headers)


class Worker:
    """Does the jobs that reports left behind, in their order and each once, or again where a test says so."""

    def __init__(self):
        self.done = set()

    def work(self, *, again=False):
        for job in ProcrastinateJob.objects.filter(task_name="legs.tasks.follow_vehicles").order_by("id"):
            if again or job.pk not in self.done:
                tasks.follow_vehicles(**job.args)
                self.done.add(job.pk)
