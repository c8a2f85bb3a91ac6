"""What staff say about a request, and how they sort it in."""

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_noop as _

from fleet import care
from support.damages import tell_damages
from support.models import OPEN, SupportRequest
from support.services.saying import MODULE, in_hand, note, say_to_all, vehicles_of
from tomp.errors import IllegalOperation, Invalid
from tomp.sentences import Sentence

Result, Status = SupportRequest.Result, SupportRequest.Status
CLOSES = {Result.SOLVED: Status.RESOLVED, Result.NOT_OURS: Status.CANCELLED, Result.NOT_REACHABLE: Status.CANCELLED}


class Closed(IllegalOperation):
    """403: it is closed already."""


class NotClosed(IllegalOperation):
    """403: there is nothing to reopen."""


@transaction.atomic
def answer(*, request_id, status, comment, resolution_minutes, now, actor):
    """Staff say how it stands: one more status of the request. A damage is told while the request is open.

    Those whose reports were merged into it are told the same. Returns the SupportStatus. Raises MergedAway, and
    Closed for one that has to be reopened first.
    """
    asked = in_hand(request_id)
    _check_open(asked)
    said = say_to_all(asked, status, comment, now, minutes=resolution_minutes, actor=actor)
    tell_damages(*vehicles_of(asked))
    return said


@transaction.atomic
def close(*, request_id, result, comment, now, actor):
    """Nothing is left to do, and this came of it; the provider is told the comment, with RESOLVED or CANCELLED.

    Returns the SupportStatus. Raises MergedAway, Closed, and Invalid for a duplicate (merge them) or no comment.
    """
    asked = in_hand(request_id)
    _check_open(asked)
    if result not in CLOSES:
        raise Invalid(f"{result!r} is no result to close with; a duplicate is merged into the other.", module=MODULE)
    _check_said(comment)
    said = say_to_all(asked, CLOSES[result], comment, now, actor=actor, result=result)
    tell_damages(*vehicles_of(asked))
    return said


@transaction.atomic
def reopen(*, request_id, comment, now, actor):
    """It waits for staff again, without a result, and the provider is told why.

    Returns the SupportStatus. Raises MergedAway, NotClosed, and Invalid without a comment.
    """
    asked = in_hand(request_id)
    if asked.status in OPEN:
        raise NotClosed(_("It is open already."), module=MODULE)
    _check_said(comment)
    said = say_to_all(asked, Status.PROCESSING, comment, now, actor=actor)
    tell_damages(*vehicles_of(asked))
    return said


def _check_open(asked):
    if asked.status not in OPEN:
        state = Sentence.label(asked.get_status_display)
        raise Closed(_("It is closed already: %(state)s."), module=MODULE, state=state)


def _check_said(comment):
    if not comment.strip():
        raise Invalid(_("say what the provider is to know."), field="comment", module=MODULE)


@transaction.atomic
def sort_in(*, request_id, **changes):
    """Staff say how urgent it is (`priority`) and which vehicle it is about (`asset`), whose damage it then is.

    Raises MergedAway.
    """
    asked = in_hand(request_id)
    before = asked.asset_id
    for name, value in changes.items():
        setattr(asked, name, value)
    asked.save(update_fields=list(changes))
    keep_damage(asked)
    tell_damages(before, asked.asset_id)
    return asked


@transaction.atomic
def assign(*, request_id, to, actor, now):
    """The colleague named `to` looks after the request, or nobody with "". A note tells who said so.

    Raises MergedAway, and Invalid for somebody who does not work here, or when it is so already.
    """
    asked = in_hand(request_id)
    if to and not get_user_model().objects.filter(username=to, is_active=True, is_staff=True).exists():
        raise Invalid(_("Nobody called %(name)s works here."), module=MODULE, name=repr(to))
    if asked.assigned_to == to:
        whom = to or Sentence(_("nobody"))
        raise Invalid(_("It is with %(whom)s already."), module=MODULE, whom=whom)
    asked.assigned_to = to
    asked.save(update_fields=["assigned_to"])
    note(request_id=asked.pk, text=f"Assigned to {to}." if to else "Assigned to nobody.", actor=actor, now=now)
    return asked


def keep_damage(asked):
    """What it says is broken is on record with its vehicle, whatever becomes of the request (decision 0009)."""
    if asked.damage is not None:
        who = asked.provider.maas_id
        care.report(
            request_id=asked.pk, asset_id=asked.asset_id, told=asked.damage, reported_by=who, now=asked.created_at
        )
