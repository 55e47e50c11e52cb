"""What a person does with Slack's own client, with everything that client itself would refuse."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.doubles.slack import forms, news, payloads, wire, writing
from tests.doubles.slack.desk import Pane
from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.places import Places
from tests.doubles.slack.post import COMMANDS, EVENTS, INTERACTIVE
from tests.doubles.slack.world import Channel, File, Json, Message, User, View


@dataclass(frozen=True)
class Upload:
    """A file that a person puts under a message."""

    name: str
    data: bytes
    content_type: str = ""


class Acts(Places):
    """A part of `SlackServer`. All returns at once; `CannotDo`: the client wouldn't let him."""

    def command(
        self, user: User, channel: Channel, name: str, text: str = "", *, thread: str | None = None
    ) -> Invocation:
        """`/name text`, in any channel that the person is in, the app or not. `thread`: none is offered
        there.
        """
        with self.world.lock:
            self._be_in(user, channel)
            self._installed(user)
            if thread:
                raise CannotDo(f"{name} is not supported in threads")
            self.desk.app.declares("command", name)
            made = self._invocation("command", user, channel)
            made.payload = payloads.command(self.desk, made, name, text)
            return self._send(made, COMMANDS)

    def press(
        self,
        user: User,
        where: Message | View,
        action_id: str | None = None,
        *,
        label: str | None = None,
        value: str | None = None,
    ) -> Invocation:
        """The button with this action_id, label or value. Of feedback buttons: the one with this value, or
        label.
        """
        with self.world.lock:
            element, chosen = _button(where, action_id, label, value)
            action: Json = {
                "type": element["type"],
                "action_id": element["action_id"],
                "block_id": element["block_id"],
            }
            if "text" in chosen:
                action["text"] = chosen["text"]
            action |= {key: chosen[key] for key in ("value", "style", "url") if key in chosen}
            return self._act(user, where, action)

    def choose(self, user: User, where: Message | View, action_id: str, *values: str) -> Invocation:
        """Picks from a menu, radio buttons, checkboxes or an overflow menu."""
        with self.world.lock:
            element = _element(where, action_id)
            action: Json = {key: element[key] for key in ("type", "action_id", "block_id")}
            if element["type"] in forms.MANY:
                action["selected_options"] = [forms.option(element, each) for each in values]
            elif element["type"] in forms.IDS:
                action[f"selected_{forms.IDS[element['type']]}"] = values[0]
            elif element["type"] in forms.OPTIONS:
                action["selected_option"] = forms.option(element, values[0])
            else:
                raise CannotDo(f"nothing is picked from a {element['type']}")
            return self._act(user, where, action, {action_id: list(values) if len(values) > 1 else values[0]})

    def suggest(self, user: User, where: Message | View, action_id: str, typed: str) -> Invocation:
        """Types into a menu whose options the app gives (`external_select`)."""
        with self.world.lock:
            element = _element(where, action_id)
            if element["type"] not in ("external_select", "multi_external_select"):
                raise CannotDo(f"{action_id!r} doesn't ask the app for options")
            if len(typed) < element.get("min_query_length", 3):
                raise CannotDo("too little was typed for the app to be asked")
            made = self._at("suggest", user, where)
            made.payload = payloads.suggestion(self.desk, made, element, typed)
            return self._send(made, INTERACTIVE)

    def submit(self, opened: Invocation | View, values: Mapping[str, Any] | None = None) -> Invocation:
        """Sends the modal that is open; `values` by block_id or action_id: text, or an option's value, or a
        list of these. What is left out stays as it was filled in.
        """
        with self.world.lock:
            view = _open_view(opened)
            if not view.body.get("submit"):
                raise CannotDo("the modal has no button to send it")
            filled = forms.state(view.blocks, values or {})
            forms.check(view, filled)
            view.values = filled
            made = self._at("submit", view.user, view)
            made.payload = payloads.of_view(self.desk, made, "view_submission")
            return self._send(made, INTERACTIVE)

    def close(self, opened: Invocation | View, *, all_of_them: bool = False) -> Invocation | None:
        """Closes a modal unsent; the app is told if it asked to be."""
        with self.world.lock:
            view = _open_view(opened)
            writing.close_views(view, all_of_them=all_of_them)
            self.world.changed()
            if not view.body.get("notify_on_close"):
                return None
            made = self._invocation("close", view.user, None, view=view)
            made.payload = payloads.of_view(self.desk, made, "view_closed", is_cleared=all_of_them)
            return self._send(made, INTERACTIVE)

    def shortcut(self, user: User, callback_id: str, message: Message | None = None) -> Invocation:
        """A global shortcut, or that of a message."""
        with self.world.lock:
            self._installed(user)
            if message is not None:
                self._see(user, message)
            self.desk.app.declares("shortcut", callback_id)
            made = self._invocation("shortcut", user, message.channel if message else None, source=message)
            made.payload = payloads.shortcut(self.desk, made, callback_id)
            return self._send(made, INTERACTIVE)

    def say(
        self,
        user: User,
        channel: Channel,
        text: str,
        *,
        thread: Message | str | None = None,
        files: Sequence[Upload] = (),
        broadcast: bool = False,
    ) -> Message:
        """Writes a message; its `.events` are what the app was told of it. Mentions: `user.mention`."""
        with self.world.lock:
            self._be_in(user, channel)
            if channel.archived:
                raise CannotDo("the channel is archived")
            ts = thread.ts if isinstance(thread, Message) else thread or ""
            body: Json = {"text": text, "reply_broadcast": broadcast}
            if text:
                body["blocks"] = [wire.rich_text(text, writing.fresh())]
            made = [self._uploaded(user, each) for each in files]
            for file in made:
                file.shares.append((channel.id, self.world.ts()))
            subtype = "file_share" if files else ""
            return writing.write(self.desk, channel, user, body, thread_ts=ts, files=made, subtype=subtype)

    def mention(
        self, user: User, channel: Channel, text: str, *, thread: Message | str | None = None
    ) -> Message:
        """Writes a message that begins with a mention of the app."""
        return self.say(user, channel, f"{channel.team.bot.mention} {text}".strip(), thread=thread)

    def edit(self, message: Message, text: str) -> None:
        """Its author changes what a message says."""
        with self.world.lock:
            body = {"text": text, "blocks": [wire.rich_text(text, writing.fresh())]}
            writing.rewrite(self.desk, message, body)

    def open_home(self, user: User, tab: str = "home") -> Invocation:
        """Opens the app's Home, or (`tab="messages"`) the direct messages with it."""
        with self.world.lock:
            home = self.world.homes.get(user.id)
            made = news.home_opened(self.desk, user, self.dm(user), tab, home)
            return _told(made)

    def open_assistant(self, user: User, context: Channel | None = None) -> Pane:
        """Opens the assistant pane, beside a channel; `say` with `thread=pane.ts` writes into it."""
        with self.world.lock:
            channel = self.dm(user)
            root = Message(self.world.ts(), channel, user.team.bot, "New Assistant Thread")
            root.subtype = "assistant_app_thread"
            root.thread_ts = root.ts
            channel.messages[root.ts] = root
            beside = (
                {"channel_id": context.id, "team_id": user.team.id, "enterprise_id": None} if context else {}
            )
            pane = Pane(user, channel, root.ts, beside)
            self.desk.panes[channel.id, root.ts] = pane
            made = news.assistant(self.desk, user, channel, root.ts, beside, "assistant_thread_started")
            pane.opened = _told(made)
            return pane

    def move_assistant(self, pane: Pane, context: Channel) -> Invocation:
        """The person looks at another channel beside the open pane."""
        with self.world.lock:
            pane.context = {"channel_id": context.id, "team_id": context.team.id, "enterprise_id": None}
            name = "assistant_thread_context_changed"
            return _told(news.assistant(self.desk, pane.user, pane.channel, pane.ts, pane.context, name))

    def redeliver(self, what: Invocation | Message) -> None:
        """The same once more: an event with the next retry number, anything else as it was."""
        with self.world.lock:
            for each in what.events if isinstance(what, Message) else [what]:
                self.desk.post.again(each)

    # How it gets there

    def _act(
        self, user: User, where: Message | View, action: Json, values: Mapping[str, Any] | None = None
    ) -> Invocation:
        made = self._at("press", user, where)
        made.payload = payloads.action(self.desk, made, action, values or {})
        return self._send(made, INTERACTIVE)

    def _at(self, kind: str, user: User, where: Message | View) -> Invocation:
        """An invocation on a message or view."""
        if isinstance(where, Message):
            self._see(user, where)
            if not where.user.bot:
                raise CannotDo("that is no message of the app's")
            made = self._invocation(kind, user, where.channel, source=where)
            made.thread_ts = where.thread_ts
            return made
        if where.user is not user:
            raise CannotDo(f"{user.name} doesn't see that view")
        if not where.open:
            raise CannotDo("the modal is closed")
        return self._invocation(kind, user, None, view=where)

    def _invocation(
        self,
        kind: str,
        user: User,
        channel: Channel | None,
        *,
        source: Message | None = None,
        view: View | None = None,
    ) -> Invocation:
        now = self.world.clock.now()
        made = Invocation(self.world, kind, user, user.team, {}, now, time.perf_counter(), channel)
        made.source, made.view = source, view
        made.edits_before = len(source.edits) if source else 0
        made.trigger_id = f"{self.world.id('')}.{self.world.id('')}.{made.trigger_id}"
        self.desk.triggers[made.trigger_id] = made
        made.begin()
        return made

    def _send(self, made: Invocation, kind: str) -> Invocation:
        assert kind != EVENTS
        self.desk.invocations.append(made)
        self.desk.post.send(made, kind)
        return made

    def _uploaded(self, user: User, upload: Upload) -> File:
        kind = upload.content_type or wire.content_type(upload.name)
        file = File(self.world.id("F"), user.team, user, upload.name, upload.data, upload.name, kind)
        file.created, file.uploaded, file.completed = self.world.clock.now(), True, True
        self.world.files[file.id] = file
        return file

    def _installed(self, user: User) -> None:
        if not user.team.installed:
            raise CannotDo("the app isn't in that workspace")

    def _be_in(self, user: User, channel: Channel) -> None:
        if channel.deleted or user.deleted or user not in channel.members:
            raise CannotDo(f"{user.name} isn't there")

    def _see(self, user: User, message: Message) -> None:
        hidden = message.ephemeral_to not in (None, user)
        public = message.channel.kind == "channel" and user.team is message.channel.team
        if message.deleted or hidden or (user not in message.channel.members and not public):
            raise CannotDo(f"{user.name} doesn't see that message")


def _told(made: Invocation | None) -> Invocation:
    if made is None:
        raise CannotDo("the app isn't installed, or didn't subscribe to that event")
    return made


def _open_view(opened: Invocation | View) -> View:
    view = opened if isinstance(opened, View) else (opened.views[-1] if opened.views else None)
    if view is None or not view.open or view.body["type"] != "modal":
        raise CannotDo("no modal is open")
    return view


def _element(where: Message | View, action_id: str) -> Json:
    for element in where.elements:
        if element["action_id"] == action_id:
            return element
    raise CannotDo(f"no {action_id!r} among {[each['action_id'] for each in where.elements]}")


def _button(
    where: Message | View, action_id: str | None, label: str | None, value: str | None
) -> tuple[Json, Json]:
    """The element and what was pressed of it: of feedback buttons, one of the two."""
    there: list[tuple[Json, Json]] = []
    for element in where.elements:
        if element["type"] == "feedback_buttons":
            there += [(element, element[key]) for key in ("positive_button", "negative_button")]
        elif element["type"] in ("button", "icon_button"):
            there.append((element, element))
    for element, chosen in there:
        fits = action_id in (None, element["action_id"]) and value in (None, chosen.get("value"))
        if fits and label in (None, chosen.get("text", {}).get("text")):
            return element, chosen
    offered = [
        (each["action_id"], chosen.get("text", {}).get("text"), chosen.get("value")) for each, chosen in there
    ]
    raise CannotDo(f"no button {action_id!r} {label!r} {value!r} among {offered}")
