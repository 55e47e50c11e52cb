"""What is said to the bot in messages, and where it is brought to."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.core import parse
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person
from bot.platforms.slack.inbound import commands, origins
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.inbound.messages import Event, Listener
from bot.platforms.slack.inbound.origins import Origin
from bot.platforms.slack.inbound.texts import readable
from bot.platforms.slack.inbound.turns import Did, Meant, Prepare, Turns
from bot.platforms.slack.inbound.uploads import Files
from bot.platforms.slack.places import PLATFORM, Place
from bot.platforms.slack.seam import Clients, SlackCore, Source
from knowledge.clock import Clock

log = logging.getLogger(__name__)

_UPLOADS = ("upload", "notes upload")

Body = Mapping[str, Any]


class Conversation:
    """Lives on Slack's loop."""

    def __init__(
        self,
        core: SlackCore,
        turns: Turns,
        listener: Listener,
        files: Files,
        clients: Clients,
        clock: Clock,
        prefix: str = "",
    ) -> None:
        self._core = core
        self._turns = turns
        self._listener = listener
        self._files = files
        self._clients = clients
        self._clock = clock
        self._prefix = prefix

    def listen(self, app: AsyncApp) -> None:
        app.event("message")(self._heard)
        app.event("app_mention")(self._heard)
        app.event("member_joined_channel")(self._joined)

    def take(
        self,
        source: Source,
        origin: Origin,
        did: Did | Prepare,
        private: bool,
        *,
        meant: Meant | None = None,
        settle: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Puts a turn in line; where all see its reply, what is said in that thread from then on is for us.

        `settle`: what is done once it has been carried out.
        """

        async def after(reply: Reply) -> None:
            if settle is not None and reply.tone != "error":
                await settle()
            if not (private or reply.private):
                self._listener.take_part(source.team, source.channel, source.thread)

        self._turns.take(source, None, origin, did, private, meant=meant, after=after)

    def uploading(self, team: str, files: Sequence[Mapping[str, Any]]) -> Prepare:
        """`/notes upload` with these files; who may not add notes is told so before they are looked at."""

        async def prepare(person: Person) -> Did:
            uploads = await self._files.uploads(team, files) if person.is_admin else ()
            return replace(commands.UPLOAD, uploads=uploads)

        return prepare

    async def _heard(self, body: Body) -> None:
        event, team = body["event"], origins.event_team(body)
        me = origins.bot_user(body) or await self._bot_user(team)
        meant = self._listener.is_meant(event, me)
        if meant is False:
            return
        line = readable(str(event.get("text") or ""), me=me)
        command = commands.read_line(line, self._prefix) if parse.is_command(line) else None
        source, origin = origins.of_message(body, self._clock.now(), threaded=command is None)
        if not origin.shared:
            self._turns.direct.heard(team, source.user, source.channel)

        async def ours() -> bool:
            return await self._listener.is_ours(team, event)

        private = command is not None and command.private
        self.take(source, origin, self._said(event, team, me), private, meant=None if meant else ours)

    def _said(self, event: Event, team: str, me: str) -> Prepare:
        async def prepare(person: Person) -> Did:
            text, files = await self._listener.text(team, event, me), tuple(event.get("files") or ())
            wanted = text.lstrip("/／ ").casefold()
            if files and (wanted in _UPLOADS or (not text and person.is_admin)):
                return await self.uploading(team, files)(person)
            if not text:
                return Call("help")
            if parse.is_command(text):
                return commands.read_line(text, self._prefix).did
            return Line(text, await self._listener.before(team, event, me))

        return prepare

    async def _joined(self, body: Body) -> None:
        """The bot was brought into a channel. The core greets in the first one, however often it is told."""
        event, team = body["event"], origins.event_team(body)
        if event.get("user") != (origins.bot_user(body) or await self._bot_user(team)):
            return
        space, place = str(Place("team", team)), str(Place("channel", team, str(event["channel"])))

        async def tell() -> None:
            title, locale = await self._title(team), ""
            if event.get("inviter"):
                locale = (await self._turns.people.person(team, str(event["inviter"]))).locale
            await self._turns.threads.work(self._core.joined, PLATFORM, space, title, place, locale)

        self._turns.beside(space, tell, "joining a channel on Slack")

    async def _bot_user(self, team: str) -> str:
        try:
            return await self._clients.bot_user(team)
        except AWAY as error:
            log.info("who we are on Slack can't be told: %s", error)
            return ""

    async def _title(self, team: str) -> str:
        try:
            return (await self._clients.identity(team)).title or team
        except AWAY as error:
            log.info("a workspace's name can't be told: %s", error)
            return team
