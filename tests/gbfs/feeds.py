"""Reading feeds as a consumer does: every document is checked against the official schema of its version."""

import gzip
import json
from functools import cache
from importlib.resources import files

import jsonschema_rs
from django.test import Client

from gbfs import store


def get(path, **headers):
    return Client().get(f"/gbfs/{path}", headers=headers)


def document(path):
    """The document at this address under /gbfs/, valid and never older than its row."""
    store.forget()
    answer = get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return checked(json.loads(answer.content), path.rsplit("/", 1)[-1].removesuffix(".json"))


def data(name, version="3.0", language=""):
    """What the feed says, as of now."""
    return document("/".join(filter(None, [version, language, f"{name}.json"])))["data"]


def checked(found, name):
    errors = [
        f"{error.instance_path}: {error.message[:200]}" for error in schema(found["version"], name).iter_errors(found)
    ]
    assert errors == []
    return found


@cache
def schema(version, name):
    """The copy that comes with gbfs-validator, which has all files, of the commit named in fleet/importing/schemas."""
    path = files("gbfs_validator") / "data" / "schemas" / f"v{version}" / f"{name}.json"
    return jsonschema_rs.validator_for(json.loads(path.read_text(encoding="utf-8")), validate_formats=True)


def vehicles(version="3.0"):
    """The vehicles by their ids."""
    if version == "2.3":
        return {bike["bike_id"]: bike for bike in data("free_bike_status", "2.3")["bikes"]}
    return {vehicle["vehicle_id"]: vehicle for vehicle in data("vehicle_status")["vehicles"]}


def every_feed(version):
    """(name, address under /gbfs/) of all feeds that gbfs.json lists, for each language."""
    lists = data("gbfs", version)
    lists = {"": lists} if "feeds" in lists else lists
    return [(feed["name"], feed["url"].split("/gbfs/", 1)[1]) for listed in lists.values() for feed in listed["feeds"]]


def unpacked(answer):
    return json.loads(gzip.decompress(answer.content))
