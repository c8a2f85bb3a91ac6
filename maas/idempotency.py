"""What if a POST comes twice? With an Idempotency-Key its first answer is given again, nothing is done twice.

A key is claimed by a row (provider, key), written in the very transaction that does the work and ends with
putting the answer into that row. The unique index does the rest:

* A repetition during the work waits, because its INSERT meets an uncommitted row. Then it gets the answer or,
  if the first came to nothing, does the work itself.
* A crash at any moment undoes the claim together with the work. A claim outside this transaction (a lease, an
  advisory lock) could leave work behind without its answer, and the retry would do it again.

An answer that means "try again" (409, 429, 503 and all other 5xx, as in pretix) is not kept, and its
transaction is undone: the retry finds everything as the first found it.

The price is one transaction more around a request with a key. The claim is its first lock, so the one lock
order holds; the services' atomic blocks are savepoints in it, and none of them may be `durable`.
"""

import datetime
import hashlib
import re
from functools import partial, reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.views import APIView

from maas.models import IdempotentRequest
from tomp import errors

KEPT_FOR = datetime.timedelta(days=1)
TO_BE_RETRIED = {409, 429}

KEY_HEADER = "HTTP_IDEMPOTENCY_KEY"
_KEY = re.compile(r"[ -~]{1,200}")


class IdempotentPosts(APIView):
    """The POSTs of a provider honour the header Idempotency-Key.

    REST framework looks the handler up after `initial`, when it is known who is asking and that they may.
    """

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and KEY_HEADER in request.META and request.auth:
            self.post = partial(self._once, getattr(self, "post", self.http_method_not_allowed))

    def _once(self, handler, request, *args, **kwargs):
        return replay_or_run(request.auth, request, partial(self._answer, handler, request, *args, **kwargs))

    def _answer(self, handler, request, *args, **kwargs):
        """The finished answer, also to what the handler raises."""
        try:
            response = handler(request, *args, **kwargs)
        except Exception as error:  # as in APIView.dispatch: the one handler knows them all
            response = self.handle_exception(error)
        response = self.finalize_response(request, response, *args, **kwargs)
        return response.render() if hasattr(response, "render") else response


def replay_or_run(provider, request, run):
    """The first answer to this provider's request with this key; `run` gives it, if nothing has yet.

    Raises Invalid if the key is none, or was used for another request.
    """
    key = _key_of(request)
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        claim, is_first = IdempotentRequest.objects.get_or_create(
            provider=provider, key=key, defaults={"fingerprint": fingerprint, "created_at": timezone.now()}
        )
        if not is_first:
            return _replay(claim, fingerprint)
        response = run()
        if _is_to_be_retried(response):
            transaction.set_rollback(True)
        else:
            _keep(claim, response)
        return response


def forget_answers(provider, *, about):
    """The answers in which one of these ids occurs are not given again; a repetition is a request like any other."""
    mentioned = reduce(or_, (Q(body__contains=str(each)) for each in about))
    IdempotentRequest.objects.filter(mentioned, provider=provider).delete()


def _key_of(request):
    key = request.META[KEY_HEADER]
    if not _KEY.fullmatch(key):
        raise _invalid("it has 1 to 200 printable ASCII characters")
    return key


def _fingerprint(request):
    """Equal for a request and its repetition: what is asked, and in which version it is to be answered."""
    asked = (request.path_info.rstrip("/"), request.META.get("QUERY_STRING"), request.META.get("HTTP_API_VERSION"))
    return hashlib.sha256(repr(asked).encode() + request.body).hexdigest()


def _is_to_be_retried(response):
    return response.status_code in TO_BE_RETRIED or response.status_code >= 500


def _keep(claim, response):
    claim.status = response.status_code
    claim.headers = dict(response.items())
    claim.body = response.content.decode()
    claim.save(update_fields=["status", "headers", "body"])


def _replay(claim, fingerprint):
    if claim.fingerprint != fingerprint:
        raise _invalid("it was used for another request")
    return HttpResponse(claim.body, status=claim.status, headers=claim.headers)


def _invalid(reason):
    return errors.Invalid(f"Field: Idempotency-Key, Reason: {reason}.", module=errors.GENERAL)
