"""A list of the back office that is quick however many rows there are."""

from datetime import datetime, timedelta
from functools import cached_property
from types import SimpleNamespace

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db import DataError
from django.db.models import Max, Min
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from unfold.views import ChangeList

from tomp import strict

# NUL in a word, the year 10000, a state nobody has, a column that is none
NONSENSE = (ValueError, OverflowError, DataError, IncorrectLookupParameters)


class List(ChangeList):
    """What a page asks for again with each row is worked out once, and no row is read to know what days there are.

    An address that asks for what cannot be leads to the whole list, as wherever Django sees that it cannot be, and that
    is told.
    """

    def __init__(self, request, *args, **kwargs):
        self._addresses = {}
        try:
            strict.check(request.GET.dict())
            super().__init__(request, *args, **kwargs)
        except NONSENSE as error:
            if not request.GET:
                raise
            messages.error(request, _("Nothing can be chosen so: this is the whole list."), fail_silently=True)
            raise IncorrectLookupParameters from error

    def get_query_string(self, new_params=None, remove=None):
        asked = repr((new_params, remove))
        if asked not in self._addresses:
            self._addresses[asked] = super().get_query_string(new_params, remove)
        return self._addresses[asked]

    @cached_property
    def calendar(self):
        """What Django's tag date_hierarchy reads of a list; None where the list has no days to choose from."""
        if self.date_hierarchy is None:
            return None
        return SimpleNamespace(
            date_hierarchy=self.date_hierarchy,
            model=self.model,
            params=self.params,
            get_query_string=self.get_query_string,
            queryset=Periods(self.queryset),
        )


class Periods:
    """The years, months or days from the first row to the last, also those without a row.

    The tag looks for those that have rows, and reads all rows to find them.
    """

    def __init__(self, rows):
        self.rows = rows
        self.bounds = {}

    def aggregate(self, **bounds):
        """The first and last moment; read once."""
        if not self.bounds:
            self.bounds = self.rows.aggregate(**bounds)
        return self.bounds

    def datetimes(self, field, period):
        """A moment of each period ("year", "month" or "day"), in order."""
        bounds = self.aggregate(first=Min(field), last=Max(field))
        if bounds["first"] is None:
            return []
        first, last = localtime(bounds["first"]), localtime(bounds["last"])
        if period == "year":
            return [datetime(year, 1, 1, tzinfo=first.tzinfo) for year in range(first.year, last.year + 1)]
        if period == "month":
            months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
            return [datetime(month // 12, month % 12 + 1, 1, tzinfo=first.tzinfo) for month in months]
        days = (last.date() - first.date()).days + 1
        return [first + timedelta(days=number) for number in range(days)]
