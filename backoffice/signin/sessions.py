"""How long is somebody signed in? Until nothing was asked for TOMP_SESSION_IDLE_MINUTES, or for TOMP_SESSION_HOURS.

Both are the date in the row of the session, so that the statement that reads it also says whether it still holds, and
being read moves the date on: once a minute at most.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

BEGUN = "_begun"  # seconds since 1970, at the sign-in
STEP = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, which end by themselves."""

    def load(self) -> dict[str, Any]:
        row: Any = self._get_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        data = self.decode(row.session_data)
        ends = _ends(data.get(BEGUN))
        if ends - row.expire_date >= STEP:
            self.model.objects.filter(pk=row.pk).update(expire_date=ends)
        return data

    def save(self, must_create: bool = False) -> None:
        if BEGUN not in self:
            self[BEGUN] = timezone.now().timestamp()
        super().save(must_create)

    def cycle_key(self) -> None:
        """Called when somebody signs in: the key is another one, and the hours begin."""
        self[BEGUN] = timezone.now().timestamp()
        super().cycle_key()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return _ends(self.get(BEGUN))


def _ends(begun: float | None) -> datetime:
    now = timezone.now()
    idle = now + timedelta(minutes=settings.TOMP_SESSION_IDLE_MINUTES)
    began = now if begun is None else datetime.fromtimestamp(begun, UTC)
    return min(idle, began + timedelta(hours=settings.TOMP_SESSION_HOURS))
