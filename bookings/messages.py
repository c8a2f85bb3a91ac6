"""What we write to travellers by ourselves, in the language the operator speaks first."""

from fleet import information
from tomp.language import in_language


def about_to_lapse(*, until):
    """The vehicle is held until then, and no longer."""
    return _said(ABOUT_TO_LAPSE, time=f"{information.local(until):%H:%M}")


def ridden_too_long(*, hours):
    """To the provider: somebody should look after this ride."""
    return _said(RIDDEN_TOO_LONG, hours=hours)


def _said(text, **values):
    return in_language(text, information.languages()[0]).format(**values)


ABOUT_TO_LAPSE = {
    "en": "Your reservation ends at {time}. Start the ride before then.",
    "nl": "Uw reservering eindigt om {time}. Begin de rit voor die tijd.",
    "nb": "Reservasjonen din går ut kl. {time}. Start turen før det.",
    "de": "Ihre Reservierung endet um {time} Uhr. Beginnen Sie die Fahrt vorher.",
    "fr": "Votre réservation prend fin à {time}. Commencez le trajet avant.",
}
RIDDEN_TOO_LONG = {
    "en": "This ride has taken more than {hours} hours. Does the traveller still need the vehicle?",
    "nl": "Deze rit duurt al meer dan {hours} uur. Heeft de reiziger het voertuig nog nodig?",
    "nb": "Denne turen har vart i mer enn {hours} timer. Trenger den reisende fortsatt kjøretøyet?",
    "de": "Diese Fahrt dauert schon mehr als {hours} Stunden. Braucht der Reisende das Fahrzeug noch?",
    "fr": "Ce trajet dure depuis plus de {hours} heures. Le voyageur a-t-il encore besoin du véhicule ?",
}
