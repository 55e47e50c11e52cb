"""Takes what happens on Slack: acknowledged at once, done in order, answered."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.core.faults import faults
from bot.core.forms import blank
from bot.core.turn import Call, Person, Press
from bot.platforms.hosted.threads import Threads
from bot.platforms.slack.inbound import commands, origins
from bot.platforms.slack.inbound.conversation import Conversation
from bot.platforms.slack.inbound.messages import Listener
from bot.platforms.slack.inbound.modals import PATIENCE, Modals
from bot.platforms.slack.inbound.origins import Origin
from bot.platforms.slack.inbound.people import People
from bot.platforms.slack.inbound.settling import settle
from bot.platforms.slack.inbound.turns import Did, Prepare, Turns
from bot.platforms.slack.inbound.uploads import Files
from bot.platforms.slack.render import FORM, action_of, errors, language_of, submitted, uploaded
from bot.platforms.slack.seam import Clients, SlackCore, SlackReplies, Source
from knowledge.clock import Clock

log = logging.getLogger(__name__)

_ANYTHING = re.compile("")
"""Whatever it is called: that is the manifest's affair."""

Body = Mapping[str, Any]


class Inbound:
    """Lives on Slack's loop. `turns` is where others take turns too."""

    def __init__(
        self,
        core: SlackCore,
        replies: SlackReplies,
        clients: Clients,
        clock: Clock,
        *,
        admins: Collection[str] = (),
        trusts: Callable[[str], bool] = lambda team: True,
        prefix: str = "",
        threads: Threads | None = None,
        turns: Turns | None = None,
        form_patience: float = PATIENCE,
    ) -> None:
        """`admins`, `trusts`: see `People`; `prefix`: what stands before every command's name."""
        people = People(clients, clock, admins, trusts=trusts)
        self.turns = turns or Turns(core, replies, clients, clock, threads=threads, people=people)
        self._clients = clients
        self._clock = clock
        self._prefix = prefix
        self._files = Files(clients)
        self._modals = Modals(core, self.turns, clients, form_patience)
        self._listener = Listener(clients, self.turns.people, clock)
        self._conversation = Conversation(
            core, self.turns, self._listener, self._files, clients, clock, prefix
        )

    def listen(self, app: AsyncApp) -> None:
        """Registers what is taken here. What others take for themselves they have registered before."""
        app.command(_ANYTHING)(self._command)
        app.action(_ANYTHING)(self._pressed)
        app.view(FORM)(self._submitted)
        app.message_shortcut(_ANYTHING)(self._asked_about)
        app.global_shortcut(_ANYTHING)(self._quiz)
        self._conversation.listen(app)

    async def close(self, seconds: float = 5.0) -> None:
        """Gives what is in work that many seconds, then lets go of it."""
        await self.turns.close(seconds)
        self._listener.close()

    async def _command(self, ack: AsyncAck, body: Body) -> None:
        asked = commands.read(str(body["command"]), str(body.get("text") or ""), self._prefix)
        call, trigger = asked.incomplete, str(body.get("trigger_id") or "")
        # All who see the answer see what was asked; what opens a form hasn't been asked yet.
        silent = asked.private or call is not None
        await (ack() if silent else ack({"response_type": "in_channel"}))
        source, origin = origins.of_command(body, self._clock.now())
        if call is None and not asked.wants_files:
            self._take(source, origin, asked.did, asked.private)
            return

        async def opened() -> bool:
            if call is None:
                return await self._modals.upload(source, origin, trigger)
            return await self._modals.ask(source, origin, call, trigger)

        self._fill_in(source, origin, asked.did, asked.private, opened)

    async def _pressed(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        action, trigger = _action(body), str(body.get("trigger_id") or "")
        if not action:  # a link, or a field of a form that is being filled in
            return
        source, origin = origins.of_press(body, self._clock.now())
        private = commands.is_private(action) or source.pressed_private
        if blank(action, "en") is None:
            self._take(source, origin, Press(action), private, body.get("message"))
            return

        async def opened() -> bool:
            return await self._modals.press(source, origin, action, trigger)

        self._fill_in(source, origin, Press(action), private, opened)

    async def _submitted(self, ack: AsyncAck, body: Body) -> None:
        view = body["view"]
        try:
            action, fields, files = action_of(view), submitted(view), uploaded(view)
            wrong = faults(action, fields, language_of(view))
        except (KeyError, ValueError) as error:  # the core tells that it doesn't know such an action
            log.warning("a form of Slack is not one of ours: %r", error)
            action, fields, files, wrong = "", {}, [], {}
        await (ack(errors(view, wrong)) if wrong else ack())
        if wrong:
            return
        source, origin = origins.of_form(body, self._clock.now())
        private = commands.is_private(action) or source.pressed_private
        did = self._conversation.uploading(source.team, files) if files else Press(action, fields)
        self._take(source, origin, did, private)

    async def _asked_about(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        source, origin = origins.of_shortcut(body, self._clock.now())

        async def question(person: Person) -> Did:
            said = await self._listener.text(source.team, body.get("message") or {}, "")
            return Call("ask", {"question": said}) if said else Call("help")

        self._take(source, origin, question, True)

    async def _quiz(self, ack: AsyncAck, body: Body) -> None:
        await ack()
        source, origin = origins.of_shortcut(body, self._clock.now())
        self._take(source, origin, Call("quiz"), True)

    def _fill_in(
        self,
        source: Source,
        origin: Origin,
        did: Did,
        private: bool,
        opened: Callable[[], Awaitable[bool]],
    ) -> None:
        """Opens a form; where that can't be done, the core tells what it says to the thing itself."""
        if not self.turns.is_new(f"form of {source.key}"):
            return

        async def work() -> None:
            if not await opened():
                self._take(source, origin, did, private)

        self.turns.beside(source.key, work, "a form of Slack")

    def _take(
        self,
        source: Source,
        origin: Origin,
        did: Did | Prepare,
        private: bool,
        message: Mapping[str, Any] | None = None,
    ) -> None:
        """`message`: the one that was pressed."""
        self._conversation.take(source, origin, did, private, settle=self._settling(source, did, message))

    def _settling(
        self, source: Source, did: Did | Prepare, message: Mapping[str, Any] | None
    ) -> Callable[[], Awaitable[None]] | None:
        if not isinstance(did, Press):
            return None
        action = did.action

        async def settling() -> None:
            await settle(self._clients, source, action, message)

        return settling


def _action(body: Body) -> str:
    """What was pressed or picked: the id of an action."""
    pressed = (body.get("actions") or [{}])[0]
    chosen = pressed.get("selected_option") or {}
    return str(chosen.get("value") or pressed.get("value") or "")
