"""Cores for tests: the application's own with a part replaced, and one that only notes what it is told."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.complete import Choice
from bot.core.forms import Form
from bot.core.reply import Reply
from bot.core.turn import Call, Turn
from bot.wiring import App


class Wrapped:
    """The application's core; a test overrides what it wants otherwise."""

    def __init__(self, app: App) -> None:
        self.core = app.core
        self.hold = threading.Event()

    def dispatch(self, turn: Turn) -> Reply:
        return self.core.dispatch(turn)

    def form(self, turn: Turn) -> Form | None:
        return self.core.form(turn)

    def choices(self, turn: Turn, parameter: str) -> Sequence[Choice]:
        return self.core.choices(turn, parameter)

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
        self.core.joined(platform, space, title, place, locale)

    def remain(self, platform: str, spaces: Collection[str]) -> None:
        self.core.remain(platform, spaces)

    def left(self, platform: str, space: str) -> None:
        self.core.left(platform, space)


class Stuck(Wrapped):
    """Its turns wait until `hold` is set."""

    def dispatch(self, turn: Turn) -> Reply:
        assert self.hold.wait(20)
        return super().dispatch(turn)


@dataclass
class Scripted:
    """Notes its turns and says what was asked; it waits while `hold` is not set."""

    turns: list[Turn] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    read: list[bytes] = field(default_factory=list)

    def dispatch(self, turn: Turn) -> Reply:
        assert self.hold.wait(20)
        self.turns.append(turn)
        if isinstance(turn.did, Call):
            self.read += [upload.read() for upload in turn.did.uploads]
        return Reply(f"{turn.did}")

    def form(self, turn: Turn) -> None:
        return None

    def choices(self, turn: Turn, parameter: str) -> Sequence[Any]:
        return []

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
        pass

    def remain(self, platform: str, spaces: Collection[str]) -> None:
        pass

    def left(self, platform: str, space: str) -> None:
        pass
