"""Which operation is meant by an address? It may end in a slash, and it may have the name it used to have."""

from tomp.aliases import old_name_of

PREFIX = "/tomp/"
# RFC 9745: seconds since 1970. 2026-11-01: our first release has the old names for old clients only.
DEPRECATED = "@1793491200"


class TrailingSlash:
    """Takes the slash off what is routed; the request keeps the path it came with. Nothing is redirected.

    The official files themselves spell `/support/` with one, clients use both, and a redirect would lose the
    body of a POST (semantics §1.3).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(PREFIX):
            request.path_info = request.path_info.removesuffix("/")
        return self.get_response(request)


class OldNames:
    """Routes an old name to the operation it is now; the request knows it as `old_name`, the answer says so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        path = request.path_info.removeprefix(PREFIX[:-1])
        old = old_name_of(path) if path != request.path_info else None
        if old is None:
            return self.get_response(request)
        request.old_name = old
        request.path_info = PREFIX[:-1] + old.present_path(path)
        response = self.get_response(request)
        response.headers["Deprecation"] = DEPRECATED
        return response
