"""What the web chat needs of the core: `bot.core.core.Core`, or a scripted one in tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.core.reply import Reply
from bot.core.turn import Person, Turn, Where
from knowledge.notes import Language

if TYPE_CHECKING:
    from bot.core.complete import Suggestion
    from bot.core.passages import PassageView
    from jobs.outbox import Delivery


class ChatCore(Protocol):
    """Plain functions, called from worker threads."""

    def dispatch(self, turn: Turn) -> Reply: ...

    def present(self, delivery: Delivery) -> Reply: ...

    def complete(self, person: Person, line: str, where: Where | None = None) -> Sequence[Suggestion]: ...

    def passage(self, note: str, start: int, end: int, course: str = "") -> PassageView: ...

    def welcome(self, person: Person, where: Where | None = None) -> Reply: ...

    def language(self, platform: str, person: Person) -> Language: ...
