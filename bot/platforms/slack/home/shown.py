"""What a person's page shows now, as far as it is known: Slack tells it whenever the page is opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """What a published page says of itself (`private_metadata`)."""

    page: str = ""
    """Digest of its blocks, without the picture."""
    picture: str = ""
    """Digest of the picture that it shows."""
    file: str = ""
    """The file that the picture is."""

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def of_view(view: object) -> tuple[Shown, str]:
    """What an event tells of the page, and the hash by which Slack knows that state of it."""
    if not isinstance(view, Mapping):
        return Shown(), ""
    try:
        told = json.loads(view.get("private_metadata") or "{}")
        shown = Shown(**{name: str(told.get(name, "")) for name in ("page", "picture", "file")})
    except (ValueError, AttributeError):
        shown = Shown()
    return shown, str(view.get("hash") or "")


def digest(content: Sequence[Any] | bytes) -> str:
    """The same for the same content."""
    data = content if isinstance(content, bytes) else json.dumps(content, sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()[:32]
