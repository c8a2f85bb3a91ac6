"""What opens the vehicle of a leg, and which answer carries it (semantics §10.3, docs/access.md)."""

from legs.access.delivery import Access, access_json
from legs.access.tokens import tokens, valid_until

__all__ = ["Access", "access_json", "tokens", "valid_until"]
