"""The assistant pane: what greets a person there, and what is shown while their question is in work.

Questions themselves are turns like any others. The channel that the person looks at is one of the places
around a conversation in the pane, so that the course of that channel answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.core import catalogue
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Where
from bot.platforms.hosted.render.measure import one_line, shortened
from bot.platforms.slack.assistant.panes import Pane, Panes
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.inbound.origins import Origin, event_team, origin
from bot.platforms.slack.inbound.turns import Turns
from bot.platforms.slack.inbound.watching import Watcher
from bot.platforms.slack.places import PLATFORM, Place
from bot.platforms.slack.seam import Clients, SlackCore, SlackReplies, Source
from knowledge.clock import Clock
from knowledge.notes import Language

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

TITLE = 80
"""Characters of a conversation's title; Slack names no limit."""
PROMPT = 60
"""Characters of a prompt's title."""
KEPT = timedelta(days=90)
"""How long a conversation in which nothing happens is known as one in the pane."""
PATIENCE = 1.5
"""Seconds that an answer waits for the status above it: one that came after it would stay."""


class Assistant(Watcher):
    """Lives on Slack's loop."""

    def __init__(
        self,
        core: SlackCore,
        replies: SlackReplies,
        clients: Clients,
        turns: Turns,
        panes: Panes,
        clock: Clock,
    ) -> None:
        self._core = core
        self._replies = replies
        self._clients = clients
        self._turns = turns
        self._panes = panes
        self._clock = clock
        self._working: dict[str, asyncio.Task[None]] = {}
        """Status requests under way, by the source of their turn."""

    def listen(self, app: AsyncApp) -> None:
        """Registers what it listens to."""
        app.event("assistant_thread_started")(self._started)
        app.event("assistant_thread_context_changed")(self._moved)

    async def begins(
        self, source: Source, origin: Origin, person: Person, did: Line | Call | Press
    ) -> Origin:
        pane = await self._pane(source, origin)
        if pane is None:
            return origin
        if isinstance(did, Line):
            task = asyncio.create_task(self._show_work(pane, person, did.text), name="slack-status")
            self._working[source.key] = task
            task.add_done_callback(lambda _: self._working.pop(source.key, None))
        return replace(origin, within=within(pane))

    async def answers(self, source: Source, reply: Reply) -> None:
        task = self._working.pop(source.key, None)
        if task is not None and not (await asyncio.wait((task,), timeout=PATIENCE))[0]:
            task.cancel()

    async def close(self) -> None:
        working = list(self._working.values())
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    async def _started(self, body: Mapping[str, Any]) -> None:
        pane = _told(body)
        if pane is not None:
            self._in_line(pane, lambda: self._greet(pane), "a greeting of Slack")

    async def _moved(self, body: Mapping[str, Any]) -> None:
        pane = _told(body)
        if pane is not None:
            self._in_line(pane, lambda: self._follow(pane), "a context of Slack")

    def _in_line(self, pane: Pane, work: Callable[[], Awaitable[None]], name: str) -> None:
        self._turns.beside(str(_place(pane)), work, name)

    async def _greet(self, told: Pane) -> None:
        pane = await self._turns.threads.work(self._panes.seen, told)
        key = f"pane:{pane.team}/{pane.channel}/{pane.ts}"
        source = Source(key, _place(pane), pane.user, pane.channel, pane.ts, at=self._clock.now())
        ref = await self._replies.open(source, private=False)
        if ref is None:
            return
        person = await self._turns.people.person(pane.team, pane.user)
        welcome = await self._turns.threads.work(self._core.welcome, person, _where(pane))
        await self._replies.fill(ref, welcome)
        await self._prompt(pane, person)
        await self._turns.threads.work(self._panes.prune, self._clock.now() - KEPT)

    async def _follow(self, told: Pane) -> None:
        """The person looks at another channel: another course may be meant."""
        pane = await self._turns.threads.work(self._panes.seen, told)
        if not pane.titled:  # once something was said Slack shows no prompts
            await self._prompt(pane, await self._turns.people.person(pane.team, pane.user))

    async def _prompt(self, pane: Pane, person: Person) -> None:
        prompts = await self._turns.threads.work(self._core.prompts, person, _where(pane))
        language = await self._language(person)

        async def offered(client: AsyncWebClient) -> None:
            await client.assistant_threads_setSuggestedPrompts(
                channel_id=pane.channel,
                thread_ts=pane.ts,
                title=catalogue.label(language, "slack.assistant.prompts"),
                prompts=[
                    {"title": shortened(one_line(one.title), PROMPT), "message": one.message}
                    for one in prompts
                ],
            )

        await self._ask(pane, "the prompts", offered)

    async def _show_work(self, pane: Pane, person: Person, said: str) -> None:
        language = await self._language(person)

        async def shown(client: AsyncWebClient) -> None:
            await client.assistant_threads_setStatus(
                channel_id=pane.channel,
                thread_ts=pane.ts,
                status=catalogue.label(language, "slack.assistant.status"),
                loading_messages=[
                    catalogue.label(language, f"slack.assistant.{step}") for step in ("reading", "quoting")
                ],
            )

        async def titled(client: AsyncWebClient) -> None:
            title = shortened(one_line(said), TITLE)
            await client.assistant_threads_setTitle(channel_id=pane.channel, thread_ts=pane.ts, title=title)

        await self._ask(pane, "the status", shown)
        if not pane.titled and said.strip() and await self._turns.threads.work(self._panes.title, pane):
            await self._ask(pane, "the title", titled)

    async def _ask(self, pane: Pane, what: str, request: Callable[[AsyncWebClient], Awaitable[None]]) -> None:
        """None of it is worth an answer: where Slack refuses, it is left out."""
        try:
            await request(await self._clients.of(pane.team))
        except AWAY as error:
            log.info("%s of a conversation in the pane can't be shown: %s", what, error)

    async def _pane(self, source: Source, where: Origin) -> Pane | None:
        place = where.place
        if place.kind != "thread" or where.shared:
            return None
        return await self._turns.threads.work(self._panes.at, place.team, place.id, place.ts)

    async def _language(self, person: Person) -> Language:
        return await self._turns.threads.work(self._core.language, PLATFORM, person)


def _told(body: Mapping[str, Any]) -> Pane | None:
    """The conversation that an event is about; None where it names none."""
    thread = (body.get("event") or {}).get("assistant_thread") or {}
    context = thread.get("context") or {}
    user, channel, ts = (str(thread.get(name) or "") for name in ("user_id", "channel_id", "thread_ts"))
    if not (user and channel and ts):
        return None
    return Pane(event_team(body), channel, ts, user, str(context.get("channel_id") or ""))


def _place(pane: Pane) -> Place:
    return Place("thread", pane.team, pane.channel, pane.ts)


def within(pane: Pane) -> tuple[str, ...]:
    """The places around it: the channel beside it comes before the person's own messages."""
    around = origin(pane.team, pane.user, pane.channel, pane.ts, direct=True).within
    beside = str(Place("channel", pane.team, pane.beside)) if pane.beside[:1] in ("C", "G") else ""
    return (beside, *around) if beside else around


def _where(pane: Pane) -> Where:
    return Where(PLATFORM, str(_place(pane)), within(pane))
