"""What the web chat needs of the core, and what else its server may carry; each scripted in tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from bot.core.reply import Reply
from bot.core.turn import Person, Turn, Where
from knowledge.notes import Language

if TYPE_CHECKING:
    from bot.core.complete import Suggestion
    from bot.core.passages import PassageView
    from jobs.outbox import Delivery


_Message = MutableMapping[str, Any]


class Mounted(Protocol):
    """Something else that this server carries: an ASGI application, which guards itself."""

    async def __call__(
        self,
        scope: _Message,
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
        /,
    ) -> None: ...


class ChatCore(Protocol):
    """Plain functions, called from worker threads."""

    def dispatch(self, turn: Turn) -> Reply: ...

    def present(self, delivery: Delivery) -> Reply: ...

    def complete(self, person: Person, line: str, where: Where | None = None) -> Sequence[Suggestion]: ...

    def passage(self, note: str, start: int, end: int, course: str = "") -> PassageView: ...

    def welcome(self, person: Person, where: Where | None = None) -> Reply: ...

    def language(self, platform: str, person: Person) -> Language: ...
