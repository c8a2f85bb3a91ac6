"""A type of vehicle says how it opens …"""

import pytest
from django.core.exceptions import ValidationError

from fleet import access
from tomp.components.words import AssetAccessMethods

LINK = {"url": "https://rides.example/?code={code}"}


@pytest.mark.parametrize("method", access.AccessMethod.values)
def test_by_a_method_of_the_protocol(method):
    details = {method: LINK | {"text": {"en": "Box 7"}}}

    access.check([method], details)

    assert method in AssetAccessMethods.words


@pytest.mark.parametrize("method", ["BARCODE", "AZTEC", "MAGIC", "", 7, None])
def test_but_not_by_what_we_cannot_make(method):
    with pytest.raises(ValidationError) as refused:
        access.check(["QR", method], {})

    assert list(refused.value.message_dict) == ["access_methods"]
    assert refused.value.messages[0].startswith(f"{method} cannot be served; known: TOMP-API,")


@pytest.mark.parametrize(
    ("method", "told", "problem"),
    [
        ("DEEPLINK", None, 'DEEPLINK: the "url" is missing, with its scheme.'),
        ("DEEPLINK", "rides.app://{code}", "DEEPLINK: an object is expected: {…}."),
        ("PDF", {"url": "rides.example/{code}"}, 'PDF: the "url" is missing, with its scheme.'),
        ("HTML", {"url": "https://rides.example"}, 'HTML: the "url" needs {code} where the code goes.'),
        ("PHYSICAL-KEY", {}, 'PHYSICAL-KEY: the "text" that says where the key is, is missing: {"en": "…"}.'),
        (
            "AXA-EKEY-OTP",
            {"supplier": "nobody"},
            'AXA-EKEY-OTP: no such "supplier"; TOMP_KEY_SUPPLIERS names those that are installed.',
        ),
    ],
)
def test_and_what_that_needs(method, told, problem):
    with pytest.raises(ValidationError) as refused:
        access.check([method], {} if told is None else {method: told})

    assert refused.value.message_dict == {"access_details": [problem]}


@pytest.mark.parametrize("details", [[], "rides.app://{code}", None])
def test_in_an_object(details):
    with pytest.raises(ValidationError) as refused:
        access.check(["QR"], details)

    assert refused.value.message_dict == {"access_details": ["QR: an object is expected: {…}."]}
