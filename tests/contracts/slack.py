"""Slack: the adapter as it ships, by socket and over HTTP, at a loopback Slack that knows Slack's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bot.core import parse
from bot.core.errors import CommandError
from bot.platforms.slack.http.mounts import mounts
from bot.platforms.slack.manifest import EVENTS_PATH, manifest
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.tables import ReplyRow
from bot.platforms.web.options import WebOptions
from tests.bot.platforms.slack.render.reading import read
from tests.contracts.messenger import SOURCE, Can, Messenger, Shown, Source
from tests.contracts.world import until
from tests.doubles.slack.invocation import Invocation
from tests.doubles.slack.world import Channel, Json, Message, View, elements
from tests.doubles.slack_server import CannotDo, SlackServer, Upload
from tests.doubles.web_server import WebServer

GREETING = ":welcome:"
"""In the key under which a workspace is greeted."""
ACTING = ("actions", "context_actions")
"""Blocks of buttons."""
RESERVED = ("help",)
"""What Slack's own client takes for itself."""


@dataclass(frozen=True)
class Parts:
    """The messages that are one reply."""

    messages: tuple[Message, ...]

    def find(self, label: str) -> tuple[Message, Json, str | None]:
        """The message with a button of that name, the button or menu, and what to pick in a menu."""
        for message in self.messages:
            for element in message.elements:
                if element["type"] == "button" and element["text"]["text"] == label:
                    return message, element, None
                for option in element.get("options", ()):
                    if option["text"]["text"] == label:
                        return message, element, option["value"]
        raise AssertionError(f"no button and no choice {label!r}")


class SlackMessenger(Messenger):
    """Ada in her direct messages with the bot; in a channel where others are to read along.

    Commands are typed as Slack's client offers them. What it doesn't offer is written as a message.
    """

    name = "slack"
    can = frozenset[Can](["attach", "later", "long", "open", "pictures", "repeat", "gather", "share"])
    locales = {"en": "en-GB", "bg": "bg-BG", "zh": "zh-CN"}  # noqa: RUF012

    _server: SlackServer | None = None
    _at_fields = ""
    """What is wrong with the form that stands open before Ada."""

    def connect(self) -> None:
        if self._server is None:
            self._server = SlackServer(self.world.clock)
            self._server.__enter__()
            self._me = self._server.person("Ada", locale=self.locale, admin=True)
            self._channel: Channel = self._server.channel("study", self._me)
            self._dm: Channel = self._server.dm(self._me)
        options = self._options()
        self.server.app.configure(manifest(options))
        app = self.world.app
        self._platform = SlackPlatform(self.world.core, app.outbox, app.database, options, app.clock)
        self._platform.start()
        self._listen(options)
        if not self._channel.has_bot:
            self.server.invite(self._channel)
            self.server.said(self._channel)  # the greeting; the rest is Ada's

    def _beside(self, name: str) -> SlackMessenger:
        other = copy(self)
        other._me = self.server.person(name, locale=self.locale)
        self._channel.members.append(other._me)
        other._dm = self.server.dm(other._me)
        return other

    def _options(self) -> SlackOptions:
        return SlackOptions(self.server.bot_token, self.server.app_token, api_url=self.server.api_url)

    def _listen(self, options: SlackOptions) -> None:
        self.server.connected()

    def disconnect(self) -> None:
        self._platform.stop()
        self.server.disconnected()

    def close(self) -> None:
        super().close()
        self.server.stop()
        self.server.violations.check()

    @property
    def server(self) -> SlackServer:
        assert self._server is not None
        return self._server

    # Doing

    def _say(self, text: str, shared: bool, twice: bool) -> None:
        self._at_fields = ""
        channel = self._channel if shared else self._dm
        command, before = _command(text), self._taken()
        if command is not None:
            try:
                asked = self.server.command(self._me, channel, *command).acknowledged()
            except CannotDo:
                pass
            else:
                until(lambda: bool(asked.views) or self._taken() > before, f"{asked} to be taken")
                if not asked.views:
                    self._finish(asked, twice, before)
                    return
                # It asks for what is missing: a message doesn't.
                self.server.close(asked)
        said = self.server.mention if shared else self.server.say
        message = said(self._me, channel, text)
        if twice:
            self.server.redeliver(message)
        until(lambda: self._taken() > before, "the message to be taken")

    def _press(self, shown: Shown, label: str, form: Mapping[str, str], twice: bool) -> None:
        message, element, choice = shown.handle.find(label)
        before = self._taken()
        if choice is None:
            pressed = self.server.press(self._me, message, element["action_id"])
        else:
            pressed = self.server.choose(self._me, message, element["action_id"], choice)
        pressed.acknowledged()
        until(lambda: bool(pressed.views) or self._taken() > before, "the press to be taken")
        if pressed.views:
            pressed = self._submitted(pressed.views[-1], form)
        if not self._at_fields:
            self._finish(pressed, twice, before)

    def _submitted(self, view: View, form: Mapping[str, Any]) -> Invocation:
        labels = {block["label"]["text"]: block for block in view.blocks if block["type"] == "input"}
        sent = self.server.submit(view, {labels[label]["block_id"]: value for label, value in form.items()})
        self._at_fields = "\n".join(sent.errors().values())
        return sent

    def _finish(self, invocation: Invocation, twice: bool, before: int) -> None:
        invocation.acknowledged()
        until(lambda: self._taken() > before, f"{invocation} to be taken")
        if twice:
            self.server.redeliver(invocation)
        until(self._all_told, f"{invocation} to be answered")

    def _taken(self) -> int:
        with self.world.app.database.session() as session:
            return session.scalar(select(func.count()).select_from(ReplyRow)) or 0

    def complete(self, line: str) -> list[str]:
        raise AssertionError("Slack completes no arguments")

    def open(self, source: Source) -> list[str]:
        shown = next(one for one in reversed(self.shown()) if source in one.sources)
        number = shown.sources.index(source) + 1
        offered = [label for label in shown.buttons if re.search(rf"(?<!\d){number}(?!\d)", label)]
        opened = self.press(offered[0], on=shown)
        assert opened.private
        return list(_quoted(opened.handle.messages))

    def attach(self, text: str, name: str, content: bytes) -> Shown:
        before = self._taken()
        command = _command(text)
        assert command is not None
        asked = self.server.command(self._me, self._dm, *command).acknowledged()
        view = asked.opened()
        (files,) = (block for block in view.blocks if block.get("element", {}).get("type") == "file_input")
        try:
            sent = self.server.submit(view, {files["block_id"]: [Upload(name, content)]})
        except CannotDo:  # the form takes notes only; a message takes anything
            self.server.close(view)
            self.server.say(self._me, self._dm, text, files=[Upload(name, content)])
            until(lambda: self._taken() > before, "the message to be taken")
        else:
            self._finish(sent, twice=False, before=before)
        return self.last()

    # Seeing

    def _shown(self) -> list[Shown]:
        until(self._all_told, "replies on their way")
        seen = {
            message.ts: message
            for channel in (self._dm, self._channel)
            for message in self.server.messages(channel, viewer=self._me)
            if message.user.bot and not message.subtype.startswith("channel_")
        }
        with self.world.app.database.session() as session:
            rows = session.scalars(select(ReplyRow).order_by(ReplyRow.id)).all()
        shown = []
        for row in rows:
            files = {one["id"] for one in row.files}
            parts = [seen.pop(ts) for ts in row.messages if ts in seen]
            shared = [one for one in seen.values() if any(file.id in files for file in one.files)]
            parts += [seen.pop(one.ts) for one in shared]
            # What a workspace is greeted with comes by itself some time, and is no part of what Ada does.
            if parts and GREETING not in row.source:
                shown.append(self._read(parts))
        # What is said to one person alone carries no name that we could keep.
        shown += [self._read([one]) for one in seen.values() if one.ephemeral_to or one.by_url]
        shown.sort(key=lambda one: float(one.handle.messages[0].ts))
        return [*shown, Shown(self._at_fields)] if self._at_fields else shown

    def _all_told(self) -> bool:
        with self.world.app.database.session() as session:
            rows = session.scalars(select(ReplyRow)).all()
        messages = [*self.server.messages(self._dm), *self.server.messages(self._channel)]
        there = {file.id for message in messages for file in message.files}
        return all(
            row.state != "open" and row.pending is None and {one["id"] for one in row.files} <= there
            for row in rows
        )

    def _read(self, messages: Sequence[Message]) -> Shown:
        blocks = [block for message in messages for block in message.blocks if block["type"] not in ACTING]
        lines = list(_lines(blocks))
        found = [match for line in lines if (match := SOURCE.match(line))]
        files = [file for message in messages for file in message.files]
        kept = {file.name: file.data for file in files if not _is_picture(file.data)}
        texts = [data.decode("utf-8-sig") for name, data in kept.items() if not name.endswith(".apkg")]
        pictures = [file.alt_text for file in files if _is_picture(file.data)]
        labels = list(_labels([message.blocks for message in messages]))
        once = _labels([blocks for message in messages for _, blocks in message.edits])
        return Shown(
            text="\n".join([*(line for line in lines if not SOURCE.match(line)), *texts]),
            sources=tuple(
                Source(note, int(start), int(end or start))
                for note, start, end in (match.groups() for match in found)
            ),
            buttons=tuple(labels),
            offered=tuple(dict.fromkeys((*labels, *once))),
            picture=pictures[0] if pictures else None,
            files=kept,
            private=all(one.ephemeral_to is self._me or one.channel is self._dm for one in messages),
            handle=Parts(tuple(messages)),
        )


class SlackOverHttp(SlackMessenger):
    """The same, where Slack calls the web server."""

    def _options(self) -> SlackOptions:
        return SlackOptions(
            self.server.bot_token,
            signing_secret=self.server.signing_secret,
            api_url=self.server.api_url,
            public_url="https://recap.example",
        )

    def _listen(self, options: SlackOptions) -> None:
        app = self.world.app
        mounted = mounts(
            options, app.database, app.clock, taking=self._platform.bolt, joined=lambda *news: None
        )
        self._web = WebServer(
            self.world.core, app.database, app.outbox, app.clock, WebOptions(port=0), mounted
        )
        self._web.__enter__()
        self.server.http_to(self._web.url + EVENTS_PATH)
        until(lambda: self.server.verify_url().status == 200, "Slack's requests to be taken")

    def disconnect(self) -> None:
        self.server.hang_up()
        self._web.stop()
        super().disconnect()


def _command(text: str) -> tuple[str, str] | None:
    """The command that Slack's client sends for a line, and what stands behind it; None: it is none."""
    if not parse.is_command(text):
        return None
    try:
        name = parse.parse(text).command
    except CommandError:
        return None
    behind = text.strip()[1 + len(name) :].strip()
    return ("/recap", f"{name} {behind}") if name in RESERVED else (f"/{name}", behind)


def _labels(said: Sequence[list[Json]]) -> Iterator[str]:
    for element in (element for blocks in said for element in elements(blocks)):
        if element["type"] == "button":
            yield element["text"]["text"]
        yield from (option["text"]["text"] for option in element.get("options", ()))


def _lines(blocks: Sequence[Json]) -> Iterator[str]:
    """What is read, line by line; a table row by row."""
    for block in blocks:
        if block["type"] == "table":
            yield from (" ".join("".join(read(cell)) for cell in row) for row in block["rows"])
        else:
            yield from "".join(read(block)).splitlines()


def _quoted(messages: Sequence[Message]) -> Iterator[str]:
    """What stands behind a bar: quotes, and lists and code within them."""
    for message in messages:
        for block in message.blocks:
            for part in block["elements"] if block["type"] == "rich_text" else ():
                if part["type"] == "rich_text_quote" or part.get("border"):
                    yield from "".join(read(part)).splitlines()


def _is_picture(data: bytes) -> bool:
    return data.startswith(b"\x89PNG")
