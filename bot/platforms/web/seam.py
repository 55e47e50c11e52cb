"""What the web chat needs of the core: `bot.core.core.Core`, or a scripted one in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.core.reply import Reply
from bot.core.turn import Person, Turn
from knowledge.notes import Language

if TYPE_CHECKING:
    from bot.core.complete import Suggestion
    from bot.core.passages import PassageView
    from jobs.outbox import Delivery


class ChatCore(Protocol):
    """Plain functions, called from worker threads."""

    def dispatch(self, turn: Turn) -> Reply: ...

    def present(self, delivery: Delivery) -> Reply: ...

    def complete(self, person: Person, line: str) -> Sequence[Suggestion]: ...

    def passage(self, note: str, start: int, end: int) -> PassageView: ...

    def welcome(self, person: Person) -> Reply: ...

    def language(self, platform: str, person: Person) -> Language: ...
