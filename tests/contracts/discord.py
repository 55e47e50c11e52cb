"""Discord: the adapter as it ships, at a loopback Discord that knows Discord's rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.core import parse
from bot.core.commands import COMMANDS
from bot.core.errors import CommandError
from bot.core.turn import Call
from bot.platforms.discord import endpoints
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.tables import ReplyRow
from tests.contracts.messenger import SOURCE, Can, Messenger, Shown, Source
from tests.contracts.world import until
from tests.doubles.discord.interactions import MODAL, Interaction
from tests.doubles.discord.world import Channel, Json, Message
from tests.doubles.discord_server import CannotDo, DiscordServer, File

BUTTON, SELECT = 2, 3
GREETING = ":welcome:"
"""Stands in the key under which a server is greeted."""


@dataclass(frozen=True)
class Parts:
    """The messages that are one reply."""

    messages: tuple[Message, ...]

    def find(self, label: str) -> tuple[Message, Json, str | None]:
        """The message with a button of that name, the button or menu, and what to pick in a menu."""
        for message in self.messages:
            for part in message.parts:
                if part["type"] == BUTTON and part.get("label") == label:
                    return message, part, None
                for option in part.get("options", ()):
                    if option["label"] == label:
                        return message, part, option["value"]
        raise AssertionError(f"no button and no choice {label!r}")


class DiscordMessenger(Messenger):
    """Ada in her direct messages with the bot; in a server's channel where others are to read along.

    Commands are those that Discord's client offers, filled in as it fills them in. What it doesn't offer is
    written as a message, as a person would who expects a command to be there.
    """

    name = "discord"
    can = frozenset[Can](["attach", "complete", "later", "open", "pictures", "repeat", "gather", "share"])
    locales = {"en": "en-GB", "bg": "bg", "zh": "zh-CN"}  # noqa: RUF012

    _server: DiscordServer | None = None

    def connect(self) -> None:
        if self._server is None:
            self._server = DiscordServer(self.world.clock)
            self._server.__enter__()
            self._me = self._server.person("Ada", locale=self.locale)
            self._guild = self._server.guild("Study", self._me, owner=self._me)
            assert self._guild.system_channel is not None
            self._channel: Channel = self._guild.system_channel
            self._dm: Channel = self._server.dm(self._me)
        options = DiscordOptions(self.server.token, self.server.api_url, self.server.gateway_url)
        app = self.world.app
        self._platform = DiscordPlatform(self.world.core, app.outbox, app.database, options, app.clock)
        self._platform.start()
        self.server.connected()
        self.server.synced()

    def _beside(self, name: str) -> DiscordMessenger:
        other = copy(self)
        other._me = self.server.person(name, locale=self.locale)
        self.server.join(self._guild, other._me)
        other._dm = self.server.dm(other._me)
        return other

    def disconnect(self) -> None:
        self._platform.stop()
        self.server.disconnected()
        endpoints.point_at()

    def close(self) -> None:
        super().close()
        self.server.stop()
        self.server.violations.check()

    @property
    def server(self) -> DiscordServer:
        assert self._server is not None
        return self._server

    # Doing

    def _say(self, text: str, shared: bool, twice: bool) -> None:
        channel = self._channel if shared else self._dm
        call = _command(text)
        if call is not None:
            if COMMANDS[call.command].admin:
                channel = self._channel
            try:
                asked = self.server.command(self._me, channel, call.command, call.arguments)
            except CannotDo:
                pass
            else:
                self._finish(asked, twice)
                return
        count = self._taken()
        mentions = [self.server.bot] if shared else []
        message = self.server.say(self._me, channel, text, mentions=mentions)
        if twice:
            self.server.redeliver(message)
        until(lambda: self._taken() > count, "the message to be taken")

    def _press(self, shown: Shown, label: str, form: Mapping[str, str], twice: bool) -> None:
        message, part, choice = shown.handle.find(label)
        if choice is None:
            pressed = self.server.press(self._me, message, part["custom_id"])
        else:
            pressed = self.server.choose(self._me, message, part["custom_id"], choice)
        if pressed.acknowledged().response == MODAL:
            pressed = self.server.submit(pressed, _filled(pressed.form(), form))
        self._finish(pressed, twice)

    def _finish(self, interaction: Interaction, twice: bool) -> None:
        interaction.acknowledged()
        if twice:
            self.server.redeliver(interaction)
            self.complete("/learn x")  # answered in order: by then the second delivery has arrived
        self.server.wait(
            lambda: any(not message.loading for message in interaction.messages), 15, str(interaction)
        )

    def _taken(self) -> int:
        with self.world.app.database.session() as session:
            return session.scalar(select(func.count()).select_from(ReplyRow)) or 0

    def complete(self, line: str) -> list[str]:
        name, space, typed = line.removeprefix("/").partition(" ")
        if not space:
            return [known for known in self.server.commands if known.startswith(name)]
        option = COMMANDS[name].parameters[0].name
        found = self.server.autocomplete(self._me, self._dm, name, option, typed).choices()
        return [choice["name"] for choice in found]

    def open(self, source: Source) -> list[str]:
        shown = next(one for one in reversed(self.shown()) if source in one.sources)
        number = shown.sources.index(source) + 1
        offered = [label for label in shown.buttons if re.search(rf"(?<!\d){number}(?!\d)", label)]
        opened = self.press(offered[0], on=shown)
        assert opened.private
        return [line[2:] for line in opened.text.splitlines() if line.startswith("> ")]

    def attach(self, text: str, name: str, content: bytes) -> Shown:
        call = parse.parse(text)
        options: dict[str, Any] = {**call.arguments, "file": File(name, content)}
        self._finish(self.server.command(self._me, self._channel, call.command, options), twice=False)
        return self.last()

    # Seeing

    def _shown(self) -> list[Shown]:
        until(self._all_told, "replies on their way")
        seen = {
            message.id: message
            for channel in (self._dm, self._channel)
            for message in self.server.messages(channel, as_=self._me)
            if message.author is self.server.bot
        }
        with self.world.app.database.session() as session:
            rows = session.scalars(select(ReplyRow).order_by(ReplyRow.id)).all()
        shown = []
        for row in rows:
            messages = [seen.pop(number) for number in row.messages if number in seen]
            # What a server is greeted with comes by itself some time, and is no part of what Ada does.
            if messages and GREETING not in row.source:
                shown.append(self._read(messages))
        assert not seen, f"messages that no reply accounts for: {[one.text for one in seen.values()]}"
        return sorted(shown, key=lambda one: int(one.handle.messages[0].id))

    def _all_told(self) -> bool:
        with self.world.app.database.session() as session:
            rows = session.scalars(
                select(ReplyRow).where((ReplyRow.state == "open") | ReplyRow.pending.is_not(None))
            ).all()
        return not rows

    def _read(self, messages: Sequence[Message]) -> Shown:
        parts = [part for message in messages for part in message.parts]
        lines = [line for message in messages for line in message.text.splitlines()]
        found = [match for line in lines if (match := SOURCE.match(line))]
        files = [file for message in messages for file in message.attachments]
        kept = {file.filename: file.data for file in files if not _is_picture(file.data)}
        texts = [data.decode("utf-8-sig") for name, data in kept.items() if not name.endswith(".apkg")]
        pictures = [file.description for file in files if _is_picture(file.data)]
        return Shown(
            text="\n".join([*(line for line in lines if not SOURCE.match(line)), *texts]),
            sources=tuple(
                Source(note, int(start), int(end or start))
                for note, start, end in (match.groups() for match in found)
            ),
            buttons=_labels(parts, lambda part: not part.get("disabled")),
            offered=_labels(parts, lambda part: True),
            picture=pictures[0] if pictures else None,
            files=kept,
            private=all(message.ephemeral or message.channel is self._dm for message in messages),
            handle=Parts(tuple(messages)),
        )


def _command(text: str) -> Call | None:
    """The command that Discord's client offers for a line; None: it offers none."""
    try:
        return parse.parse(text) if parse.is_command(text) else None
    except CommandError:
        return None


def _labels(parts: Sequence[Json], wanted: Callable[[Json], bool]) -> tuple[str, ...]:
    labels: list[str] = []
    for part in parts:
        if part["type"] == BUTTON and wanted(part):
            labels.append(part["label"])
        elif part["type"] == SELECT and wanted(part):
            labels += [option["label"] for option in part["options"]]
    return tuple(labels)


def _filled(form: Json, wanted: Mapping[str, str]) -> dict[str, Any]:
    """What is written into a form, by the ids of its fields."""
    values: dict[str, Any] = {}
    for label in form["components"]:
        if label.get("label") in wanted:
            field, value = label["component"], wanted[label["label"]]
            values[field["custom_id"]] = [value] if field["type"] == SELECT else value
    return values


def _is_picture(data: bytes) -> bool:
    return data.startswith(b"\x89PNG")
