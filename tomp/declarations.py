"""What is declared about an operation besides its bodies: request headers, refusals, answer headers.

Taken from the official 1.5.0 and 1.6.1 files, plus the refusals that any operation of ours can give: other valid
HTTP statuses may be used although they are not in the files (TOMP issue 439). 409, 410, 428 and 503 mean something in
the protocol; they are given only by the operations that are listed with them.
"""

ALL_HEADERS = ("acceptLanguage", "api", "apiVersion", "maasId", "addressedTo")
KEPT = ("/operator/stations", "/operator/available-assets")  # whole lists, which a caller may have already
HEADERS = {
    **dict.fromkeys(KEPT, (*ALL_HEADERS, "ifNoneMatch")),
    "/operator/ping": ("acceptLanguage",),
    "/operator/meta": ("acceptLanguage", "maasId", "addressedTo"),
    "/customers": ("acceptLanguage", "notificationUrl"),
    "/customers/{id}": ("acceptLanguage", "notificationUrl"),
}

ANYWHERE = (400, 401, 403, 404, 406, 429)
WITH_BODY = (413, 415)
PARTICULAR = {
    ("POST", "/bookings"): (409, 410, 428),
    ("GET", "/bookings/{id}"): (410,),
    ("PUT", "/bookings/{id}"): (409, 410),
    ("POST", "/bookings/{id}/events"): (410,),
    ("POST", "/bookings/{id}/subscription"): (410,),
    ("DELETE", "/bookings/{id}/subscription"): (410,),
    ("GET", "/bookings/{id}/notifications"): (410,),
    ("POST", "/bookings/{id}/notifications"): (410,),
    ("POST", "/legs/{id}/events"): (503,),
    ("GET", "/operator/ping"): (500,),
    ("POST", "/customers"): (409,),
    ("PATCH", "/customers/{id}"): (409,),
}
EXPIRING = {
    ("POST", "/bookings"): 201,
    ("POST", "/bookings/one-stop"): 201,
    ("POST", "/bookings/{id}/events"): 200,
}
IN_ENVELOPE = ("/customers", "/customers/{id}")


def headers_of(path):
    """The names of the common request headers the operations of this path declare."""
    return HEADERS.get(path, ALL_HEADERS)


def refusals_of(method, path, version):
    """The statuses with which the operation may be refused, in order."""
    with_body = WITH_BODY if method in ("POST", "PUT", "PATCH") else ()
    statuses = {*ANYWHERE, *with_body, *PARTICULAR.get((method, path), ())}
    if version.blocked_status != BLOCKED:
        statuses.discard(BLOCKED)
    return sorted(statuses)


BLOCKED = 428  # Precondition Required; came with 1.6

REFUSALS = {
    400: ("400BadRequest", "The request cannot be understood, or says something impossible."),
    401: ("401Unauthorized", "Who is asking? No credentials, or wrong ones."),
    403: ("403Forbidden", "Understood, but not allowed to this provider or in this state."),
    404: ("404NotFound", "It does not exist, or the caller may not know that it does."),
    406: ("406NotAcceptable", "It cannot be done; or only JSON can be answered."),
    409: ("409Conflict", "It is taken already."),
    410: ("410Gone", "It is no longer available."),
    413: ("413ContentTooLarge", "The body is too large."),
    415: ("415UnsupportedMediaType", "The body is not JSON."),
    428: ("428PreconditionRequired", "A precondition is not met: the operator does not serve this customer."),
    429: ("429TooManyRequests", "Too many requests; come back after the time in Retry-After."),
    500: ("500InternalServerError", "Not everything works."),
    503: ("503ServiceUnavailable", "The vehicle or its lock did not answer; come back after Retry-After."),
}
NOT_MODIFIED = ("304NotModified", "The list is as the caller has it (If-None-Match); there is no body.")
WITH_RETRY_AFTER = (429, 503)
WITH_CHALLENGE = (401,)

PARAMETERS: dict[str, dict] = {
    "acceptLanguage": {
        "in": "header",
        "name": "Accept-Language",
        "required": True,
        "schema": {"type": "string"},
        "description": "The languages to answer in, best first (RFC 9110).",
        "example": "nl, en;q=0.7",
    },
    "api": {
        "in": "header",
        "name": "Api",
        "required": True,
        "schema": {"type": "string"},
        "description": "The family of the API.",
        "example": "TOMP",
    },
    "apiVersion": {
        "in": "header",
        "name": "Api-Version",
        "required": True,
        "schema": {"type": "string"},
        "description": "The version the caller speaks; major and minor count.",
    },
    "maasId": {
        "in": "header",
        "name": "maas-id",
        "required": True,
        "schema": {"type": "string"},
        "description": "Who is asking; must fit the credentials.",
    },
    "addressedTo": {
        "in": "header",
        "name": "addressed-to",
        "required": False,
        "schema": {"type": "string"},
        "description": "Which operator is meant.",
    },
    "notificationUrl": {
        "in": "header",
        "name": "notification-url",
        "required": False,
        "schema": {"type": "string"},
        "description": "Where the provider wants to be told what becomes of the account.",
    },
    "ifNoneMatch": {
        "in": "header",
        "name": "If-None-Match",
        "required": False,
        "schema": {"type": "string"},
        "description": "The ETag of the answer that the caller has; of the whole list only.",
    },
    "idempotencyKey": {
        "in": "header",
        "name": "Idempotency-Key",
        "required": False,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
        "description": "The same key with the same request gives the first answer again and does nothing twice.",
    },
}
ANSWER_HEADERS: dict[str, dict] = {
    "language": {
        "required": True,
        "schema": {"type": "string"},
        "description": "The one language of the answer (BCP 47).",
        "example": "nl",
    },
    "expires": {
        "required": True,
        "schema": {"type": "string", "format": "http-date"},
        "description": "Until when the answer holds; a pending booking is expired after that.",
    },
    "etag": {
        "schema": {"type": "string"},
        "description": "What this answer is called in If-None-Match; only of the whole list.",
    },
    "deprecation": {
        "required": True,
        "schema": {"type": "string"},
        "description": "The operation was asked for by an old name; since when it is one (RFC 9745).",
        "example": "@1793491200",
    },
    "retryAfter": {"schema": {"type": "integer"}, "description": "Seconds.", "example": 120},
    "challenge": {"schema": {"type": "string"}, "description": "The ways to authenticate (RFC 9110)."},
}
SECURITY = {
    "ApiKeyAuth": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The provider's key."},
    "BasicAuth": {"type": "http", "scheme": "basic", "description": "The maas-id with the provider's key."},
    "OAuth": {
        "type": "oauth2",
        "description": "A bearer token for the client id (the maas-id) and its secret.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {"tomp": "Use the TOMP API"}}},
    },
}
TAGS = {
    "operator information": "The system, its places, vehicles, prices and hours.",
    "planning": "What could be done, and what can be booked.",
    "booking": "The agreement about a trip.",
    "booking [optional]": "More about the agreement; not every operator offers it.",
    "trip execution": "The ride: every event from unlocking to the end.",
    "payment": "The journal of what is to be paid.",
    "support": "Help for travellers.",
    "general": "Messages about a booking.",
    "customer management": "Accounts of travellers.",
    "old names": "The same operations under the names they used to have, for clients that still use them.",
}
