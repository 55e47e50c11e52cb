"""Errors of the web chat; the whole tree is drawn in `knowledge.errors`."""

from __future__ import annotations

from bot.core.errors import CommandError


class WebError(CommandError):
    """The request or the web chat's set-up is off; `status` is its HTTP status."""

    key = "web.error.request"

    def __init__(self, key: str | None = None, /, status: int = 400, **params: str | int | float) -> None:
        super().__init__(key, **params)
        self.status = status
