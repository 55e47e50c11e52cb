"""Whether direct messages are ours: commands and shortcuts work in those between two people as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.platforms.slack.inbound.cached import Cached
from bot.platforms.slack.inbound.origins import Origin, origin
from bot.platforms.slack.seam import Clients, Source
from knowledge.clock import Clock

KEEP = timedelta(days=1)
PATIENCE = 2.0


class Direct:
    """Knows each person's direct messages with us. Lives on Slack's loop."""

    def __init__(self, clients: Clients, clock: Clock, patience: float = PATIENCE) -> None:
        self._clients = clients
        self._channels = Cached("direct messages", self._channel, clock, KEEP, patience)

    def heard(self, team: str, user: str, channel: str) -> None:
        """Something was said to us there: only our own are told to us."""
        self._channels.put((team, user), channel)

    async def settled(self, source: Source, where: Origin) -> tuple[Source, Origin]:
        """The same with its place as it is: in the messages of two others, they both read along. Where Slack
        doesn't tell, it is taken for such: what concerns one person is then shown to nobody else.
        """
        if where.shared or not source.channel or source.channel == self._known(source):
            return source, where
        ours = await self._channels.get((source.team, source.user))
        if ours == source.channel:
            return source, where
        there = origin(source.team, source.user, source.channel, source.thread, direct=False)
        return replace(source, place=there.place), there

    def close(self) -> None:
        self._channels.close()

    def _known(self, source: Source) -> str | None:
        return self._channels.known((source.team, source.user))

    async def _channel(self, key: tuple[str, str]) -> str:
        client = await self._clients.of(key[0])
        answer = await client.conversations_open(users=key[1], prevent_creation=True)
        return str((answer.get("channel") or {}).get("id") or "")
