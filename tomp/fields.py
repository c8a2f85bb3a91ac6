"""Model fields shared by the apps."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tomp.language import TAG


def validate_localized_text(value):
    """Refuses what is not {language tag: text}."""
    if not isinstance(value, dict):
        raise ValidationError(_('Write one text per language: {"en": "Station"}.'))
    for tag, text in value.items():
        if not TAG.match(tag) or not isinstance(text, str):
            raise ValidationError(_("“%(tag)s” is not a language tag with a text.") % {"tag": tag})


class LocalizedTextField(models.JSONField):
    """A text in several languages, stored as {language tag: text}."""

    default_validators = [validate_localized_text]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("help_text", _('One text per language: {"en": "Station"}.'))
        super().__init__(*args, **kwargs)
