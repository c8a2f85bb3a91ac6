"""Model fields shared by the apps."""

import json

from cryptography.fernet import InvalidToken
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tomp import vault
from tomp.language import TAG
from tomp.sentences import Sentence


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


class EncryptedTextField(models.TextField):
    """A secret that must be read again, so it cannot be hashed: encrypted in the database, text in Python.

    One that no key opens any more reads as empty: the secret has to be entered anew (docs/operating.md).
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return vault.encrypted(value) if value else value

    def from_db_value(self, value, expression, connection):
        try:
            return vault.decrypted(value) if value else value
        except InvalidToken:
            return ""


class SentenceField(models.TextField):
    """A sentence for readers of any language; one without details is kept as a plain text."""

    def get_prep_value(self, value):
        said = value.kept() if isinstance(value, Sentence) else super().get_prep_value(value)
        return json.dumps(said) if isinstance(said, dict) else said

    def from_db_value(self, value, expression, connection):
        return Sentence.of(json.loads(value) if value.startswith("{") else value)


class SentencesField(models.JSONField):
    """A list of sentences; texts are those that were kept before they had details."""

    def get_prep_value(self, value):
        return [one.kept() if isinstance(one, Sentence) else one for one in value]

    def from_db_value(self, value, expression, connection):
        return [Sentence.of(one) for one in super().from_db_value(value, expression, connection)]


class ChoiceListField(models.JSONField):
    """Some of these choices, each at most once, in the order of the choices."""

    default_error_messages = {"unknown": _("“%(word)s” is none of: %(words)s.")}

    def __init__(self, *args, options=(), **kwargs):
        self.options = list(options)
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    @property
    def words(self):
        return [word for word, _label in self.options]

    def to_python(self, value):
        """In their order, so that equal lists are equal."""
        known = self.words
        return sorted(set(value), key=known.index) if isinstance(value, list) and set(value) <= set(known) else value

    def validate(self, value, model_instance):
        super().validate(value, model_instance)
        is_list = isinstance(value, list)
        for word in value if is_list else [value]:
            if not is_list or word not in self.words:
                raise ValidationError(
                    self.error_messages["unknown"], "unknown", {"word": word, "words": ", ".join(self.words)}
                )

    def formfield(self, **kwargs):
        return super().formfield(**{"choices": self.options, **kwargs})
