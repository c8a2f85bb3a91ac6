"""Addresses of the protocol are accepted with and without a trailing slash, and never redirected.

The official files themselves spell `/support/` with one, clients use both, and a redirect would lose the
body of a POST (semantics §1.3).
"""

PREFIX = "/tomp/"


class TrailingSlash:
    """Takes the slash off what is routed; the request keeps the path it came with."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(PREFIX):
            request.path_info = request.path_info.removesuffix("/")
        return self.get_response(request)
