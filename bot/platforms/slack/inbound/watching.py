"""Who looks on at every turn on Slack: App Home, which follows it, and the assistant pane around it."""

from __future__ import annotations

from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press
from bot.platforms.slack.inbound.origins import Origin
from bot.platforms.slack.seam import Source


class Watcher:
    """Does nothing at any moment that it isn't interested in. What it raises is logged, and no more."""

    async def begins(
        self, source: Source, origin: Origin, person: Person, did: Line | Call | Press
    ) -> Origin:
        """A turn begins; tells where it is done, as far as the watcher knows more of that."""
        return origin

    async def answers(self, source: Source, reply: Reply) -> None:
        """Its reply is there, and is said next."""

    async def close(self) -> None:
        """Turns are taken no more."""

    async def said(self, source: Source, reply: Reply) -> None:
        """It was said, or will be as soon as Slack takes it."""
