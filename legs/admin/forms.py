"""What staff are asked in the dialogs about a leg, beside the reason."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bookings.dialogs import DecisionForm
from bookings.models import Party
from fleet import geo
from fleet.models import Station
from legs import commands, overriding, services
from legs.models import Leg
from legs.overriding import Charge
from payments.admin.charging import may_charge
from tomp.forms import MomentField

NEAREST = 20
FARTHEST_KM = 1_000  # no ride leads there, but two numbers in the wrong order do
SAYS_HOW_MUCH = (Charge.SET, Charge.ADJUST)


class LegForm(DecisionForm):
    """A decision about one leg of a booking."""

    about = "leg_id"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.leg = Leg.objects.for_trip().select_related("booking__provider").get(pk=self.object_id)

    @property
    def booking_id(self):
        return self.leg.booking_id


class LockForm(LegForm):
    """A lock that we work turns first; where the vehicle does not answer, the ride stays as it is."""

    event: str

    def carry_out(self):
        if not self.effect.refusal:
            commands.send_ahead(
                self.event, leg_id=self.leg.pk, at=self.now, provider=self.leg.booking.provider, now=self.now,
                asked_by=Party.TO,
            )  # fmt: skip
        return super().carry_out()


class PauseForm(LockForm):
    service, event = staticmethod(overriding.pause), "PAUSE"


class ResumeForm(LockForm):
    service, event = staticmethod(overriding.resume), "SET_IN_USE"


class TimesForm(LegForm):
    """The planned times; what is left as it was does not change."""

    field_order = ("departs_at", "arrives_at", "reason")

    departs_at = MomentField(label=_("Departure"))
    arrives_at = MomentField(label=_("Planned end"), required=False)

    service = staticmethod(services.change_times)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        leg = self.leg
        self.fields["departs_at"].initial, self.fields["arrives_at"].initial = leg.departs_at, leg.arrives_at
        if not leg.is_waiting:
            del self.fields["departs_at"]

    def _initial_answers(self, names):
        """The planned times are no change."""

    def chosen(self, answers):
        """What was typed, or the planned times to the microsecond."""
        planned = {"departs_at": self.leg.departs_at, "arrives_at": self.leg.arrives_at}
        return planned | {name: moment for name, moment in answers.items() if name in self.changed_data}


class EndForm(LegForm):
    """When, where and for how much a ride ends."""

    field_order = ("at", "charge", "amount", "station", "place", "reason")

    at = MomentField(label=_("Ended at"), help_text=_("Now, or any moment since the ride began."))
    charge = forms.ChoiceField(
        label=_("It costs"), choices=Charge, initial=Charge.STANDARD, widget=UnfoldAdminSelectWidget
    )
    amount = forms.DecimalField(
        label=_("Amount, VAT included"), required=False, max_digits=11, decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget, help_text=_("For “this amount”, or what comes on top."),
    )  # fmt: skip
    station = forms.TypedChoiceField(
        label=_("The vehicle stands at"), required=False, coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget
    )
    place = forms.CharField(
        label=_("Latitude, longitude"), required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Where it was last known, or type another place. A station goes before."),
    )  # fmt: skip

    service = staticmethod(overriding.end_ride)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = self.now.replace(microsecond=0)
        known = self.leg.position
        self.fields["place"].initial = f"{known[0]:.6f}, {known[1]:.6f}" if known else ""
        self.stations = _nearest(known)
        self.fields["station"].choices = [("", _("no station"))] + [(each.pk, str(each)) for each in self.stations]

    def clean_amount(self):
        amount, charge = self.cleaned_data["amount"], self.cleaned_data.get("charge")
        if amount is None and charge in SAYS_HOW_MUCH:
            raise ValidationError(_("How much?"))
        if charge == Charge.SET and amount < 0:
            raise ValidationError(_("A ride costs nothing or more."))
        if amount is not None and charge and charge not in SAYS_HOW_MUCH:
            told = {"charge": Charge(charge).label}
            raise ValidationError(_("It costs “%(charge)s”: leave this empty, or choose how the amount counts.") % told)
        return amount

    def clean_charge(self):
        """Whoever may not charge ends rides for what they cost."""
        charge = self.cleaned_data["charge"]
        if charge != Charge.STANDARD and not may_charge(self.request):
            raise ValidationError(_("You may not change what a ride costs."))
        return charge

    def clean_place(self):
        text = self.cleaned_data["place"]
        if not text:
            return None
        try:
            lat, lon = (float(part) for part in text.split(","))
        except ValueError:
            lat = lon = 1000.0
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise ValidationError(_("Two numbers of degrees, as 52.09, 5.12."))
        known = self.leg.position
        away_km = geo.distance_m(lat, lon, *known) / 1000 if known else 0
        if away_km > FARTHEST_KM:
            mistaken = _("That is %(km)s km from where the vehicle was last known: are the two numbers in this order?")
            raise ValidationError(mistaken % {"km": number_format(round(away_km), force_grouping=True)})
        return lat, lon

    def _initial_answers(self, names):
        return super()._initial_answers(names) and {
            "at": self.fields["at"].initial, "charge": Charge.STANDARD, "amount": None, "station": None,
            "place": self.leg.position,
        }  # fmt: skip

    def chosen(self, answers):
        answers = dict(answers)
        station = next((each for each in self.stations if each.pk == answers["station"]), None)
        del answers["station"]
        return {**answers, "place": (station.lat, station.lon) if station else answers["place"]}


class ReleaseForm(LegForm):
    """As of when a ride ends that nobody pays for."""

    at = MomentField(widget=forms.HiddenInput())

    service = staticmethod(overriding.release)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = self.now.replace(microsecond=0)


class ReassignForm(LegForm):
    """Which vehicle instead."""

    field_order = ("vehicle_number", "reason")

    vehicle_number = forms.CharField(
        label=_("Vehicle number"), required=False, max_length=60, widget=UnfoldAdminTextInputWidget,
        help_text=_("A free one of the type and place. Empty: the nearest that is free."),
    )  # fmt: skip

    service = staticmethod(overriding.reassign)


def _nearest(known):
    """The stations around there; of all of them where nobody knows where it is."""
    stations = list(Station.objects.only("pk", "station_id", "name", "lat", "lon"))
    if known is not None:
        lat, lon = known
        stations.sort(key=lambda station: geo.distance_m(lat, lon, station.lat, station.lon))
    return stations[:NEAREST]
