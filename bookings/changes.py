"""What is different in a booking that was sent back to us? Pure; both sides as on the wire (TOMP booking)."""

FIXED = (
    "id", "state", "from", "callbackUrl", "extraInfo", "legs", "pricing", "mainAssetType", "actualDepartureTime",
    "actualArrivalTime", "userCommunication", "memo", "extraData",
)  # fmt: skip
CHANGEABLE = ("departureTime", "arrivalTime", "to")
BY_ID = ("asset", "assetType", "mainAssetType")  # the rest of it we tell anew each time
TOLD = ("assetAccessData", "allAssetAccessData")  # given with some answers only


def differences(sent, current):
    """The name of the first fixed member that was changed, e.g. "legs.0.state"; None if there is none.

    Members nobody knows are ignored; absent ones stay as they are.
    """
    for name in FIXED:
        if sent.get(name) is None:
            continue
        found = _in_legs(sent, current) if name == "legs" else _in_member(name, sent, current)
        if found:
            return found
    return None


def _in_legs(sent, current):
    legs = sent["legs"]
    if not isinstance(legs, list) or len(legs) != len(current["legs"]):
        return "legs"
    for position, (leg, known) in enumerate(zip(legs, current["legs"], strict=True)):
        if not isinstance(leg, dict):
            return f"legs.{position}"
        for name in leg.keys() - set(TOLD):
            follows = name in CHANGEABLE and leg[name] == sent.get(name)  # moved along with its booking
            if leg[name] is not None and not follows and _in_member(name, leg, known):
                return f"legs.{position}.{name}"
    return None


def _in_member(name, sent, current):
    new, known = sent[name], current.get(name)
    if name in BY_ID and isinstance(new, dict) and isinstance(known, dict):
        new, known = new.get("id"), known.get("id")
    return name if new != known else None
