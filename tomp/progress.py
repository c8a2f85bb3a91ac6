"""A row that is agreed on once and then only goes on: what was agreed is not written again at each step."""

from functools import cache
from typing import ClassVar

from django.db import models

from tomp import written


class Agreement(models.Model):
    """`AGREED` names the columns that no step changes once the row is agreed on."""

    AGREED: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    def progress(self) -> written.Part:
        """What is to be stored: everything but what was agreed; a column that is new is stored, too."""
        return written.change(self, _progress(type(self)))

    def save_progress(self) -> None:
        """The progress is stored."""
        written.store(self.progress())


@cache
def _progress(model: type[Agreement]) -> tuple[str, ...]:
    columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    return tuple(name for name in columns if name not in model.AGREED)
