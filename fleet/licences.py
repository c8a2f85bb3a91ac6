"""Which driving licence allows what? Pure (Directive 2006/126/EC, articles 4 and 6; TOMP license, licenseType)."""

import re

# Whoever has the category on the left may also drive what those on the right stand for; AM comes with all of them.
_WITH = {
    "AM": (),
    "A1": (),
    "A2": ("A1",),
    "A": ("A2", "A1"),
    "B1": (),
    "B": ("B1",),
    "BE": ("B", "B1"),
    "C1": ("B", "B1"),
    "C1E": ("C1", "BE", "B", "B1"),
    "C": ("C1", "B", "B1"),
    "CE": ("C", "C1E", "C1", "BE", "B", "B1"),
    "D1": ("B", "B1"),
    "D1E": ("D1", "BE", "B", "B1"),
    "D": ("D1", "B", "B1"),
    "DE": ("D", "D1E", "D1", "BE", "B", "B1"),
}
CATEGORIES = tuple(_WITH)
ALLOWED = {category: {category, *others, "AM"} for category, others in _WITH.items()}
# What a licence that names no category is taken for: the asset class says which vehicles it is for.
BY_CLASS = {"MOPED": "AM", "MOTORCYCLE": "A", "CAR": "B", "TAXI": "B", "BUS": "D", "COACH": "D"}
# The wiki's words for licences; the official lists do not have them, so they are announced as LICENSES.
DRIVING_LICENCES = {"DRIVER_LICENSE_CAR": "B", "DRIVER_LICENSE_TRUCK": "C", "DRIVER_LICENSE_MOPED": "AM"}


def allows(licence, category):
    """Whether this TOMP license (or licenseType) is good for the category; how long it is valid is another matter."""
    return any(category in ALLOWED[held] for held in _categories(licence))


def _categories(licence):
    code = licence.get("licenseCode")
    named = re.findall("[A-Z0-9]+", code.upper()) if isinstance(code, str) else []
    known = [category for category in named if category in ALLOWED]
    asset_class = licence.get("assetClass")
    return known or ([BY_CLASS[asset_class]] if isinstance(asset_class, str) and asset_class in BY_CLASS else [])
