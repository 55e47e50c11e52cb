"""How what a person does gets to the app, and whether he is where he does it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.doubles.slack import payloads, wire
from tests.doubles.slack.errors import CannotDo
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.places import Places
from tests.doubles.slack.post import EVENTS, INTERACTIVE
from tests.doubles.slack.world import Channel, File, Json, Message, User, View


@dataclass(frozen=True)
class Upload:
    """A file that a person puts under a message."""

    name: str
    data: bytes
    content_type: str = ""


class Doing(Places):
    """A part of `SlackServer`."""

    def _act(
        self, user: User, where: Message | View, action: Json, values: Mapping[str, Any] | None = None
    ) -> Invocation:
        made = self._at("press", user, where)
        made.payload = payloads.action(self.desk, made, action, values or {})
        return self._send(made, INTERACTIVE)

    def _at(self, kind: str, user: User, where: Message | View) -> Invocation:
        """An invocation on a message or view."""
        self._can_act(user, where)
        if isinstance(where, View):
            return self._invocation(kind, user, None, view=where)
        made = self._invocation(kind, user, where.channel, source=where)
        made.thread_ts = where.thread_ts
        return made

    def _can_act(self, user: User, where: Message | View) -> None:
        """Whether he sees it, and it is the app's."""
        if isinstance(where, Message):
            self._see(user, where)
            if not where.user.bot:
                raise CannotDo("that is no message of the app's")
        elif where.user is not user:
            raise CannotDo(f"{user.name} doesn't see that view")
        elif not where.open:
            raise CannotDo("the modal is closed")

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

    def _with_files(self, user: User, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values of a form, with what is uploaded in it as the files that this makes of it."""
        made = dict(values)
        for name, given in values.items():
            if isinstance(given, list) and any(isinstance(each, Upload) for each in given):
                files = [self._uploaded(user, each) for each in given]
                for file in files:
                    file.handed_in = True
                made[name] = [wire.file(file, self.desk.base, self.world.channels) for file in files]
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


def told(made: Invocation | None) -> Invocation:
    if made is None:
        raise CannotDo("the app isn't installed, or didn't subscribe to that event")
    return made


def open_view(opened: Invocation | View) -> View:
    view = opened if isinstance(opened, View) else (opened.views[-1] if opened.views else None)
    if view is None or not view.open or view.body["type"] != "modal":
        raise CannotDo("no modal is open")
    return view


def element_of(where: Message | View, action_id: str) -> Json:
    for element in where.elements:
        if element["action_id"] == action_id:
            return element
    raise CannotDo(f"no {action_id!r} among {[each['action_id'] for each in where.elements]}")


def button_of(
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
