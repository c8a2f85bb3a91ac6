"""What everybody is told of what staff configure: what is offered when, where, to whom and for how much."""

from django.contrib.auth.models import Group, User

from fleet.models import Ancillary, AssetType, ColumnMapping, DeviceGroup, Gateway, Maintenance, UserGroup
from maas.models import MaasProvider
from tests.gbfs import feeds

KEPT = {  # told to nobody outside: what it is known by, and what is said of it
    Ancillary: ("number", "price"),
    AssetType: ("type_id", "asset_class", "hold_minutes"),
    ColumnMapping: ("name",),
    DeviceGroup: ("name", "is_active"),
    Gateway: ("name", "kind", "url"),
    Group: ("name",),
    Maintenance: ("motive", "place"),
    MaasProvider: ("maas_id", "name", "is_active", "auto_commit", "max_open_bookings"),
    User: ("username", "first_name", "is_active", "groups__name"),
    UserGroup: ("group_id", "providers__maas_id"),
}


def configuration(town):
    """{(what, of which): what is said about it} by rows, by the API to the provider of the town and by the feeds."""
    return {**_kept(), **_by_the_api(town.mp), **_by_the_feeds()}


def _kept():
    return {
        (model._meta.model_name, name): told
        for model, fields in KEPT.items()
        for name, *told in model.objects.values_list(*fields)
    }


def _by_the_api(mp):
    operator = mp.get("/operator/information").json()
    hours, periods = mp.get("/operator/operating-hours").json(), mp.get("/operator/operating-calendar").json()
    said = {
        ("operator", ""): (operator["name"], operator["timezone"]),
        ("hours", ""): [f"{' '.join(each['days'])} {each['startTime']}-{each['endTime']}" for each in hours],
        ("calendar", ""): ["{startDay}.{startMonth}-{endDay}.{endMonth}".format(**each) for each in periods],
    }
    for alert in mp.get("/operator/alerts").json():
        said["alert", alert["alertId"]] = (alert["summary"], alert.get("stationIds", []))
    for plan in mp.get("/operator/pricing-plans").json():
        said["plan", plan["planId"]] = (plan["name"], [part["amount"] for part in plan["fare"]["parts"]])
    for region in mp.get("/operator/regions").json():
        said["region", region["regionId"]] = (region["name"], region["type"])
    for kind in mp.get("/operator/available-assets").json():
        said["conditions", kind["id"]] = [each["conditionType"] for each in kind.get("conditions", [])]
        said["price", kind["id"]] = [each["planId"] for each in kind["applicablePricings"]]
    return said


def _by_the_feeds():
    operator = feeds.data("system_information")
    said = {("feed of operator", ""): (_text(operator["name"]), operator["opening_hours"])}
    for alert in feeds.data("system_alerts")["alerts"]:
        said["feed of alert", alert["alert_id"]] = (_text(alert["summary"]), alert.get("station_ids", []))
    for plan in feeds.data("system_pricing_plans")["plans"]:
        said["feed of plan", plan["plan_id"]] = (_text(plan["name"]), plan["price"])
    for kind in feeds.data("vehicle_types")["vehicle_types"]:
        said["feed of type", kind["vehicle_type_id"]] = (_text(kind["name"]), kind["pricing_plan_ids"])
    return said


def _text(languages):
    return languages[0]["text"]
