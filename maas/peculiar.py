"""Which headers and members were probably meant to be others? Pure.

Proxies and clients add headers at will, and nobody has to tell us of them. What is remarkable is a name that resembles
one of the protocol: who sends `MaasId` believes to have sent `maas-id`.
"""

import difflib
import re
from functools import lru_cache

from tomp.declarations import PARAMETERS

RESEMBLES = 0.8  # difflib's ratio; "massid" and "maasid" have 0.83, "contentlanguage" and "acceptlanguage" 0.76
KEY = "X-API-Key"
PROTOCOL = (*(parameter["name"] for parameter in PARAMETERS.values()), KEY)
# Other names under which versions, drafts and neighbouring protocols have them.
FORMERLY = {
    **dict.fromkeys(("version", "tompversion", "tompapiversion"), "Api-Version"),
    **dict.fromkeys(("mpid", "maas", "maasprovider", "maasproviderid", "maasoperator", "maasoperatorid"), "maas-id"),
    **dict.fromkeys(("toid", "operatorid"), "addressed-to"),
    "language": "Accept-Language",
    "apifamily": "Api",
}
ORDINARY = {"appversion"}  # many apps tell their own
RIGHT = {name.lower() for name in PROTOCOL}
PLAIN = {re.sub(r"[^a-z]", "", name.lower().removeprefix("x-")): name for name in PROTOCOL}


@lru_cache(maxsize=2048)
def meant_header(name):
    """The header of the protocol this one (in small letters) was probably meant to be; None if it is fine as it is."""
    if name in RIGHT:
        return None
    plain = re.sub(r"[^a-z]", "", name.removeprefix("x-"))
    return None if plain in ORDINARY else FORMERLY.get(plain) or _nearest(plain, PLAIN)


@lru_cache(maxsize=2048)
def meant_member(name, known):
    """The member among those `known` (a frozenset) this one was probably meant to be; None if it resembles none."""
    plain = {re.sub(r"[^a-z]", "", member.lower()): member for member in sorted(known)}
    return _nearest(re.sub(r"[^a-z]", "", name[:80].lower()), plain)


def _nearest(plain, candidates):
    found = difflib.get_close_matches(plain, candidates, n=1, cutoff=RESEMBLES)
    return candidates[found[0]] if found else None
