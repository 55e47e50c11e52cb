"""What is needed of the core and of the replies, both real or scripted in tests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import discord

from bot.core.reply import Reply
from bot.core.turn import Turn
from bot.platforms.discord.references import Ref

if TYPE_CHECKING:
    from bot.core.complete import Choice
    from bot.core.forms import Form

Source = discord.Interaction | discord.Message
"""What is answered."""


class DiscordCore(Protocol):
    """Plain functions, called from worker threads; `bot.core.core.Core`."""

    def dispatch(self, turn: Turn) -> Reply: ...

    def form(self, turn: Turn) -> Form | None: ...

    def choices(self, turn: Turn, parameter: str) -> Sequence[Choice]: ...

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None: ...

    def left(self, platform: str, space: str) -> None: ...

    def remain(self, platform: str, spaces: Collection[str]) -> None: ...


class Replies(Protocol):
    """The replies, remembered in the database."""

    async def open(self, source: Source, *, private: bool) -> Ref | None:
        """Remembers that a source is being answered; None: it was taken before.

        A command has been deferred as a message of its own by then, or is being so; a press and a form as a
        change of the message that carries the button: their reply is a new message.
        """
        ...

    async def unacknowledged(self, ref: Any) -> None:
        """Discord took no acknowledgement of the interaction: its token opens nothing."""
        ...

    async def fill(self, ref: Any, reply: Reply) -> None:
        """Shows the reply, by whatever way is still open; `ref` is what `open` gave."""
        ...
