"""Cores for tests: the application's own with a part replaced, and one that only notes what it is told."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.complete import Choice
from bot.core.forms import Form
from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.core.turn import Call, Person, Turn, Where
from bot.wiring import App
from knowledge.notes import Language


class Wrapped:
    """The application's core; a test overrides what it wants otherwise."""

    def __init__(self, app: App) -> None:
        self.core = app.core
        self.hold = threading.Event()

    def dispatch(self, turn: Turn) -> Reply:
        return self.core.dispatch(turn)

    def form(self, turn: Turn) -> Form | None:
        return self.core.form(turn)

    def language(self, platform: str, person: Person) -> Language:
        return self.core.language(platform, person)

    def welcome(self, person: Person, where: Where | None = None) -> Reply:
        return self.core.welcome(person, where)

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
    joinings: list[tuple[str, ...]] = field(default_factory=list)
    private: bool = False

    def dispatch(self, turn: Turn) -> Reply:
        assert self.hold.wait(20)
        self.turns.append(turn)
        if isinstance(turn.did, Call):
            self.read += [upload.read() for upload in turn.did.uploads]
        return Reply(f"{turn.did}", private=self.private)

    def form(self, turn: Turn) -> None:
        return None

    def language(self, platform: str, person: Person) -> Language:
        return locale_language(person.locale)

    def welcome(self, person: Person, where: Where | None = None) -> Reply:
        return Reply("welcome")

    def choices(self, turn: Turn, parameter: str) -> Sequence[Any]:
        return []

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
        self.joinings.append((platform, space, title, str(place), locale))

    def remain(self, platform: str, spaces: Collection[str]) -> None:
        pass

    def left(self, platform: str, space: str) -> None:
        pass
