"""What does somebody need to try the demo? Kept in a file that only its owner may read, to be shown again."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from django.conf import settings


class DemoCredentials(TypedDict):
    """The demo's MaaS provider and the back office accounts: an administrator, and one colleague per role."""

    maas_id: str
    api_key: str
    client_secret: str
    admin_user: str
    admin_password: str
    staff_users: NotRequired[list[str]]  # a demo made by an earlier version has none
    staff_password: NotRequired[str]


def path() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def save(credentials: DemoCredentials) -> None:
    """The next `load` returns these; nobody but the file's owner can read them."""
    keep(path(), credentials)


def keep(file: Path, content: Mapping[str, Any]) -> None:
    """The file has this content as JSON, whole or as it was before; nobody but its owner can read it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as opened:
        json.dump(content, opened, indent=2)
    draft.replace(file)


def load() -> DemoCredentials | None:
    """What `save` kept, or None where no demo was made."""
    try:
        return json.loads(path().read_text())
    except FileNotFoundError:
        return None
