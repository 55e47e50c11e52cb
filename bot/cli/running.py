"""`recap doctor`: how a running Recap is doing on a platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.cli.finding import Finding, State, say
from bot.platforms.hosted import status
from jobs.owner import process_owner

if TYPE_CHECKING:
    from bot.wiring import App

_STATES: dict[str, State] = {"online": "ok", "connecting": "ok", "waiting": "warn", "refused": "broken"}


def running(app: App, platform: str, title: str) -> Iterator[Finding]:
    """A line where a Recap runs."""
    found = status.read(app.settings.state_path(platform), process_owner())
    if found is not None:
        detail = found.detail or found.problem
        told = say(app, f"state_{found.state}", platform=title, detail=detail)
        yield Finding(f"{platform}_running", _STATES[found.state], told)
