"""Which messages are meant for the bot, and what was said before them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.platforms.slack.inbound.cached import AWAY, Cached
from bot.platforms.slack.inbound.people import People
from bot.platforms.slack.inbound.texts import addresses, mentioned, mentions, readable
from bot.platforms.slack.seam import Clients
from knowledge.clock import Clock

log = logging.getLogger(__name__)

MOST_BEFORE = 6
"""Earlier messages that are given along."""
LONGEST_BEFORE = 2000
FRESH = timedelta(minutes=30)
"""How old a direct message may be to belong to what is being said."""
PATIENCE = 3.0
"""Seconds that may be spent on looking up what was said before."""
PAGE = 200
MOST_PAGES = 3
"""Of a long thread: they come oldest first."""
NOT_OURS = timedelta(minutes=5)
"""After which it is looked up again whether we have said something in a thread."""
_SPOKEN_BY_PEOPLE = ("", "file_share", "thread_broadcast")

Event = Mapping[str, Any]


class Listener:
    """Tells whom a message is meant for. Which threads are ours is Slack's own knowledge, cached here."""

    def __init__(self, clients: Clients, people: People, clock: Clock, patience: float = PATIENCE) -> None:
        self._clients = clients
        self._people = people
        self._patience = patience
        self._ours: Cached[tuple[str, str, str], bool] = Cached(
            "a thread", self._is_ours, clock, NOT_OURS, patience
        )

    def is_meant(self, event: Event, me: str) -> bool | None:
        """Whether a message is a question to the bot: said directly, with a mention, or in a thread that it
        takes part in. None: it is if `is_ours` says so of its thread.
        """
        if event.get("bot_id") or not event.get("user") or event["user"] in (me, "USLACKBOT"):
            return False
        if (
            (event.get("subtype") or "") not in _SPOKEN_BY_PEOPLE
            or event.get("edited")
            or event.get("hidden")
        ):
            return False
        text = str(event.get("text") or "")
        if not text.strip() and not event.get("files"):
            return False
        if event.get("channel_type") == "im" or event.get("type") == "app_mention" or mentions(text, me):
            return True
        thread = event.get("thread_ts")
        # What goes to others isn't for us, and what has no words in a thread is no question.
        if not thread or thread == event.get("ts") or addresses(text) or not text.strip():
            return False
        return True if event.get("parent_user_id") == me else None

    async def is_ours(self, team: str, event: Event) -> bool:
        """Whether we take part in the thread of a message."""
        key = (team, str(event["channel"]), str(event["thread_ts"]))
        return self._ours.known(key) is True or await self._ours.get(key) is True

    def take_part(self, team: str, channel: str, thread: str) -> None:
        """After an answer in a thread: what is said there from now on is for us."""
        if thread:
            self._ours.put((team, channel, thread), True)

    async def text(self, team: str, event: Event, me: str) -> str:
        """What a message says; the names of those who are mentioned are looked up."""
        said = str(event.get("text") or "")
        await asyncio.gather(*(self._people.name(team, user) for user in set(mentioned(said)) if user != me))
        return self._readable(team, said, me)

    async def before(self, team: str, event: Event, me: str) -> tuple[str, ...]:
        """What was said before a message in its thread or directly, oldest first. Never raises."""
        try:
            async with asyncio.timeout(self._patience):
                said = await self._said_before(team, event)
        except AWAY as error:
            log.info("what was said before can't be read on Slack: %s", error or type(error).__name__)
            return ()
        texts = (self._readable(team, str(one.get("text") or ""), me)[:LONGEST_BEFORE] for one in said)
        return tuple(text for text in texts if text)[-MOST_BEFORE:]

    def close(self) -> None:
        self._ours.close()

    def _readable(self, team: str, text: str, me: str) -> str:
        return readable(text, lambda user: self._people.known_name(team, user), me)

    async def _said_before(self, team: str, event: Event) -> list[Event]:
        ts, thread, channel = str(event["ts"]), str(event.get("thread_ts") or ""), str(event["channel"])
        if thread and thread != ts:
            said = await self._thread(team, channel, thread, ts)
            return [one for one in said if float(one.get("ts") or 0) < float(ts)]
        if event.get("channel_type") != "im":
            return []
        client = await self._clients.of(team)
        since = f"{float(ts) - FRESH.total_seconds():.6f}"
        answer = await client.conversations_history(
            channel=channel, latest=ts, oldest=since, inclusive=False, limit=MOST_BEFORE
        )
        return [*reversed(answer.get("messages") or ())]

    async def _thread(self, team: str, channel: str, thread: str, latest: str = "") -> Sequence[Event]:
        """The messages of a thread, oldest first, as far as it is read."""
        client = await self._clients.of(team)
        said: list[Event] = []
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await client.conversations_replies(
                channel=channel, ts=thread, latest=latest or None, limit=PAGE, cursor=cursor or None
            )
            said += answer.get("messages") or ()
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return said

    async def _is_ours(self, key: tuple[str, str, str]) -> bool:
        team, channel, thread = key
        me = await self._clients.bot_user(team)
        return any(one.get("user") == me for one in await self._thread(team, channel, thread))
