"""A bot that says what it is told to: replies and sender on a loop, without Bolt and without the core."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.reply import Reply
from bot.platforms.slack.places import Place
from bot.platforms.slack.references import Ref
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.seam import Source
from bot.platforms.slack.sender import Sender
from knowledge.clock import Clock
from knowledge.store import Database
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Channel, Message, User
from tests.doubles.slack_server import SlackServer

T = TypeVar("T")


class OneClient:
    """Implements what replies need of `seam.Clients`."""

    def __init__(self, api_url: str, token: str) -> None:
        self._client = AsyncWebClient(token, base_url=api_url, retry_handlers=[])
        self._client.proxy = None

    async def of(self, team: str) -> AsyncWebClient:
        return self._client


class Echo:
    """The bot, running; as a context manager it stops."""

    def __init__(
        self, server: SlackServer, database: Database, clock: Clock, pauses: Sequence[float] = ()
    ) -> None:
        self.server = server
        self._clock = clock
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="slack-echo")
        clients: Any = OneClient(server.api_url, server.bot_token)
        self.replies = Replies(clients, database, clock, pauses)
        self.sender = Sender(self.replies, self.loop)

    def __enter__(self) -> Echo:
        self._thread.start()
        return self

    def __exit__(self, *error: Any) -> None:
        if not self._thread.is_alive():
            return
        self.sender.stop()
        self.do(_settle())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()
        self.replies.close()

    def do(self, work: Coroutine[Any, Any, T], timeout: float = 30) -> T:
        """Runs a coroutine on the bot's loop."""
        running: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return running.result(timeout)

    def command(self, user: User, channel: Channel, *, private: bool = False) -> tuple[Invocation, Ref]:
        """Somebody's command, taken."""
        asked = self.server.command(user, channel, "/ask", "What is a token?")
        ref = self.open(source(asked, "command", self._clock), private=private)
        assert ref is not None
        return asked, ref

    def press(self, user: User, message: Message, *, private: bool = False) -> tuple[Invocation, Ref]:
        """Somebody presses a message's first button."""
        asked = self.server.press(user, message, message.buttons()[0]["action_id"])
        ref = self.open(source(asked, "press", self._clock), private=private)
        assert ref is not None
        return asked, ref

    def mention(
        self, user: User, channel: Channel, *, thread: Message | None = None, private: bool = False
    ) -> tuple[Message, Ref]:
        """Somebody writes to the bot."""
        said = self.server.mention(user, channel, "What is a token?", thread=thread)
        where = place_of(channel, user, said.thread_ts)
        key = f"event:{channel.team.id}/{channel.id}/{said.ts}"
        asked = Source(key, where, user.id, channel.id, said.thread_ts, at=self._clock.now())
        ref = self.open(asked, private=private)
        assert ref is not None
        return said, ref

    def open(self, asked: Source, *, private: bool = False) -> Ref | None:
        return self.do(self.replies.open(asked, private=private))

    def fill(self, ref: Ref, reply: Reply) -> None:
        self.do(self.replies.fill(ref, reply))

    def edit(self, ref: Ref, reply: Reply) -> None:
        self.do(self.replies.edit(ref.id, reply))

    def said(self, channel: Channel) -> list[str]:
        """What the bot's messages there show, its files left out."""
        return [one.shown for one in self.server.by_bot(channel) if not one.files]

    def files(self, channel: Channel) -> list[Message]:
        return [one for one in self.server.by_bot(channel) if one.files]


def source(asked: Invocation, kind: str, clock: Clock) -> Source:
    """What the inbound side makes of a command or a press."""
    channel, message = asked.channel, asked.source
    assert channel is not None
    return Source(
        f"{kind}:{asked.trigger_id}",
        place_of(channel, asked.user, asked.thread_ts),
        asked.user.id,
        channel.id,
        asked.thread_ts,
        asked.response_url,
        clock.now(),
        message.ts if message else "",
        bool(message and message.ephemeral_to),
    )


def place_of(channel: Channel, user: User, thread: str = "") -> Place:
    if thread:
        return Place("thread", channel.team.id, channel.id, thread)
    if channel.kind == "im" and channel.has_bot:
        return Place("dm", channel.team.id, user.id)
    return Place("channel", channel.team.id, channel.id)


async def _settle() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
