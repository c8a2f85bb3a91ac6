"""Where does an event happen, and must it say so? By contract it may be the person who is located, not the vehicle."""

from bookings.models import Party
from legs.errors import LocationMissing


def locate(step, location, user_location):
    """The step knows where it happens, and where the vehicle is if that was said.

    Raises LocationMissing if the contract demands a location of this event; what we report ourselves needs none. The
    place of a person is never kept: it is only looked at (LEG_EVENT_LOCATION_IS_USER_LOCATION).
    """
    asked_by_provider = step.asked_by != Party.TO
    is_of_user = asked_by_provider and step.terms.location_is_of_user
    step.location = (user_location or location) if is_of_user else location
    step.asset_location = None if is_of_user else location
    is_demanded = asked_by_provider and step.event in step.terms.location_required_on and not step.leg.is_done
    if is_demanded and step.location is None:
        raise LocationMissing(
            f"Field: asset.overriddenProperties.location, Reason: your contract demands it with {step.event}."
        )
