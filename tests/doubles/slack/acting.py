"""What a person does with Slack's own client, with everything that client itself would refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.doubles.slack import forms, kit, news, payloads, writing
from tests.doubles.slack.desk import Pane
from tests.doubles.slack.doing import Doing, Upload, button_of, element_of, open_view, told
from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.post import COMMANDS, INTERACTIVE
from tests.doubles.slack.world import Channel, Json, Message, User, View


class Acts(Doing):
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
            self._can_act(user, where)
            element, chosen = button_of(where, action_id, label, value)
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
            self._can_act(user, where)
            element = element_of(where, action_id)
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
            self._can_act(user, where)
            element = element_of(where, action_id)
            if element["type"] not in ("external_select", "multi_external_select"):
                raise CannotDo(f"{action_id!r} doesn't ask the app for options")
            if len(typed) < element.get("min_query_length", 3):
                raise CannotDo("too little was typed for the app to be asked")
            made = self._at("suggest", user, where)
            made.payload = payloads.suggestion(self.desk, made, element, typed)
            return self._send(made, INTERACTIVE)

    def submit(self, opened: Invocation | View, values: Mapping[str, Any] | None = None) -> Invocation:
        """Sends the modal that is open; `values` by block_id or action_id: text, or an option's value, or a
        list of these; `Upload`s for files. What is left out stays as it was filled in.
        """
        with self.world.lock:
            view = open_view(opened)
            if not view.body.get("submit"):
                raise CannotDo("the modal has no button to send it")
            filled = forms.state(view.blocks, self._with_files(view.user, values or {}))
            forms.check(view, filled)
            view.values = filled
            made = self._at("submit", view.user, view)
            made.payload = payloads.of_view(self.desk, made, "view_submission")
            return self._send(made, INTERACTIVE)

    def close(self, opened: Invocation | View, *, all_of_them: bool = False) -> Invocation | None:
        """Closes a modal unsent; the app is told if it asked to be."""
        with self.world.lock:
            view = open_view(opened)
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
                body["blocks"] = [kit.rich_text(text)]
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
            body = {"text": text, "blocks": [kit.rich_text(text)]}
            writing.rewrite(self.desk, message, body)

    def open_home(self, user: User, tab: str = "home") -> Invocation:
        """Opens the app's Home, or (`tab="messages"`) the direct messages with it."""
        with self.world.lock:
            home = self.world.homes.get(user.id)
            made = news.home_opened(self.desk, user, self.dm(user), tab, home)
            return told(made)

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
            pane.opened = told(made)
            return pane

    def move_assistant(self, pane: Pane, context: Channel) -> Invocation:
        """The person looks at another channel beside the open pane."""
        with self.world.lock:
            pane.context = {"channel_id": context.id, "team_id": context.team.id, "enterprise_id": None}
            name = "assistant_thread_context_changed"
            return told(news.assistant(self.desk, pane.user, pane.channel, pane.ts, pane.context, name))

    def redeliver(self, what: Invocation | Message) -> None:
        """The same once more: an event with the next retry number, anything else as it was."""
        with self.world.lock:
            for each in what.events if isinstance(what, Message) else [what]:
                self.desk.post.again(each)
