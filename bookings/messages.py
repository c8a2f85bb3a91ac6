"""What we write to travellers by ourselves, in the language the operator speaks first."""

from fleet import information
from tomp.language import in_language


def about_to_lapse(*, until):
    """The vehicle is held until then, and no longer."""
    return _said(ABOUT_TO_LAPSE, time=f"{information.local(until):%H:%M}")


def ridden_too_long(*, hours):
    """To the provider: somebody should look after this ride."""
    return _said(RIDDEN_TOO_LONG, hours=hours)


def take_it(*, slot):
    """The vehicle waits in this slot of its station; "" where slots have no names."""
    return _said(TAKE_IT_FROM_SLOT, slot=slot) if slot else _said(TAKE_IT)


def place_it_beside():
    """The docks are full, and the ride ends all the same."""
    return _said(PLACE_IT_BESIDE)


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
TAKE_IT = {
    "en": "Take the vehicle out of its dock.",
    "nl": "Neem het voertuig uit het dock.",
    "nb": "Ta kjøretøyet ut av stativet.",
    "de": "Nehmen Sie das Fahrzeug aus der Station.",
    "fr": "Prenez le véhicule à la borne.",
}
TAKE_IT_FROM_SLOT = {
    "en": "Take the vehicle from slot {slot}.",
    "nl": "Neem het voertuig uit plek {slot}.",
    "nb": "Ta kjøretøyet fra plass {slot}.",
    "de": "Nehmen Sie das Fahrzeug von Platz {slot}.",
    "fr": "Prenez le véhicule à l’emplacement {slot}.",
}
PLACE_IT_BESIDE = {
    "en": "The dock is full. Place the vehicle next to it and lock it; the ride then ends by itself.",
    "nl": "Het dock is vol. Zet het voertuig ernaast en sluit het af; de rit eindigt dan vanzelf.",
    "nb": "Stativet er fullt. Sett kjøretøyet ved siden av og lås det, så avsluttes turen av seg selv.",
    "de": "Die Station ist voll. Stellen Sie das Fahrzeug daneben und schließen Sie es ab; dann endet die Fahrt.",
    "fr": "La station est pleine. Placez le véhicule à côté et verrouillez-le ; le trajet se terminera alors.",
}
