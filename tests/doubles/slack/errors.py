"""How Slack refuses: nearly always 200 with `ok: false` and one of its words."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """`error` is Slack's word; `more` stands beside it in the answer."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.more}


class Misuse(ApiError):
    """What no correct client does; recorded as a violation besides being refused."""

    def __init__(self, error: str, *problems: str) -> None:
        super().__init__(error)
        self.problems = problems
        if problems:
            self.more = {"response_metadata": {"messages": [f"[ERROR] {each}" for each in problems]}}

    def __str__(self) -> str:
        return f"{self.error}: {'; '.join(self.problems)}" if self.problems else self.error


class CannotDo(Exception):
    """Slack's client wouldn't let a person do this."""
