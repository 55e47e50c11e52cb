"""What exists on the loopback Slack: workspaces, people, channels, messages, views. One lock guards it."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from knowledge.clock import Clock

Json = dict[str, Any]
Kind = Literal["channel", "group", "im", "mpim"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PING = re.compile(r"<(@[UW][A-Z0-9]+|!channel|!here|!everyone|!subteam\^[A-Z0-9]+)[^>]*>")


@dataclass(eq=False, repr=False)
class Team:
    """A workspace. `installed` False: the app isn't there (any more, or not yet)."""

    id: str
    name: str
    domain: str
    bot: User = field(init=False)
    installed: bool = False
    usergroups: dict[str, list[User]] = field(default_factory=dict)


@dataclass(eq=False, repr=False)
class User:
    """A person or a bot. `dms_open` False: the app may not write to him (`cannot_dm_bot`)."""

    id: str
    team: Team
    name: str
    locale: str = "en-US"
    tz: str = "Europe/Sofia"
    admin: bool = False
    bot_id: str = ""
    deleted: bool = False
    guest: bool = False
    dms_open: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def bot(self) -> bool:
        return bool(self.bot_id)


@dataclass(eq=False, repr=False)
class Channel:
    """A public channel, a private one ("group"), direct messages of two ("im") or of several ("mpim")."""

    id: str
    kind: Kind
    team: Team
    name: str = ""
    created: datetime = EPOCH
    members: list[User] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    archived: bool = False
    deleted: bool = False
    statuses: dict[str, Json] = field(default_factory=dict)
    """By thread: what `assistant.threads.setStatus` says there now."""
    status_log: list[Json] = field(default_factory=list)
    """Every status ever set there."""

    @property
    def has_bot(self) -> bool:
        return self.team.bot in self.members


@dataclass(eq=False, repr=False)
class File:
    """A file of the workspace; `shares` are the channels and `ts` of the messages that show it."""

    id: str
    team: Team
    owner: User
    name: str
    data: bytes = b""
    title: str = ""
    content_type: str = "application/octet-stream"
    alt_text: str = ""
    created: datetime = EPOCH
    expected: int = 0
    uploaded: bool = False
    completed: bool = False
    handed_in: bool = False
    """Given to the app in a form of its own."""
    shares: list[tuple[str, str]] = field(default_factory=list)


@dataclass(eq=False, repr=False)
class Message:
    """A message as it stands now; `edits` holds the (text, blocks) that it had before."""

    ts: str
    channel: Channel
    user: User
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    metadata: Json | None = None
    files: list[File] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    ephemeral_to: User | None = None
    broadcast: bool = False
    streaming: bool = False
    edited: datetime | None = None
    deleted: bool = False
    edits: list[tuple[str, list[Json]]] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=dict)
    client_msg_id: str = ""
    by_url: bool = False
    """Said through a response URL."""
    parts: list[str] = field(default_factory=list)
    """Of a streamed message: each piece of text as it came."""
    events: list[Any] = field(default_factory=list)
    """The events (`Invocation`) that told the app of it."""

    @property
    def elements(self) -> list[Json]:
        """Everything in the blocks that a person can act on, in reading order."""
        return elements(self.blocks)

    def buttons(self) -> list[Json]:
        """Buttons, with their `text` as plain words under `label`."""
        return [
            {**each, "label": each.get("text", {}).get("text", "")}
            for each in self.elements
            if each["type"] == "button"
        ]

    @property
    def shown(self) -> str:
        """All that can be read in it: the blocks' texts, a line each; the text where there are no blocks."""
        lines = reading(self.blocks) if self.blocks else [self.text]
        return "\n".join([*lines, *(each.title for each in self.files)])

    @property
    def pings(self) -> set[str]:
        """Whom the message calls: `@U...`, `!channel`, `!here`, `!everyone`, `!subteam^S...`."""
        return set(_PING.findall("\n".join([self.text, *reading(self.blocks, marked=True)])))


@dataclass(eq=False, repr=False)
class View:
    """A modal or an App Home as it stands now."""

    id: str
    team: Team
    user: User
    body: Json
    hash: str
    root: str
    previous: View | None = None
    open: bool = True
    values: Json = field(default_factory=dict)
    edits: list[Json] = field(default_factory=list)
    """The bodies that it had before."""

    @property
    def blocks(self) -> list[Json]:
        return list(self.body["blocks"])

    @property
    def elements(self) -> list[Json]:
        return elements(self.blocks)

    def buttons(self) -> list[Json]:
        return [
            {**each, "label": each.get("text", {}).get("text", "")}
            for each in self.elements
            if each["type"] == "button"
        ]

    @property
    def title(self) -> str:
        return str(self.body.get("title", {}).get("text", ""))

    @property
    def shown(self) -> str:
        return "\n".join([self.title, *reading(self.blocks)])


def elements(blocks: list[Json]) -> list[Json]:
    """Each with the `block_id` of the block that it stands in."""
    found: list[Json] = []
    for block in blocks:
        inner = [*block.get("elements", [])] if block["type"] in ("actions", "context_actions") else []
        inner += [block[key] for key in ("accessory", "element") if key in block]
        found += [{**each, "block_id": block["block_id"]} for each in inner if "action_id" in each]
    return found


def reading(node: Any, *, marked: bool = False) -> list[str]:
    """The texts in blocks, in order; `marked`: only those in which Slack looks for mentions."""
    if isinstance(node, list):
        return [line for each in node for line in reading(each, marked=marked)]
    if not isinstance(node, dict):
        return []
    if isinstance(node.get("text"), str):
        return [node["text"]] if not marked or node.get("type") in ("mrkdwn", "markdown") else []
    if node.get("type") == "user" and marked:
        return [f"<@{node['user_id']}>"]
    if node.get("type") == "broadcast" and marked:
        return [f"<!{node['range']}>"]
    keys = ("title", "text", "label", "fields", "elements", "accessory", "element", "options", "rows", "hint")
    lines = [line for key in keys for line in reading(node.get(key), marked=marked)]
    if not marked:
        lines += [node[key] for key in ("alt_text",) if isinstance(node.get(key), str)]
    return lines


class World:
    """Everything there is, under `lock`. Nothing awaits while it holds the lock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.Condition(threading.RLock())
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.lately: Callable[[], str] = str
        """What happened last, for whoever waited in vain."""
        self._number = 0
        self.app_id = self.id("A")
        self._last = EPOCH

    def id(self, letter: str) -> str:
        """`U0000000012`: unlike every one before it."""
        self._number += 1
        return f"{letter}{self._number:010d}"

    def ts(self) -> str:
        """The clock's moment in Slack's writing, later than every one before it."""
        self._last = max(self.clock.now(), self._last + timedelta(microseconds=1))
        return stamp(self._last)

    def changed(self) -> None:
        with self.lock:
            self.lock.notify_all()

    def message(self, channel: str, ts: str) -> Message | None:
        """What stands in a channel for everybody."""
        found = self.channels[channel].messages.get(ts) if channel in self.channels else None
        return None if found is None or found.deleted or found.ephemeral_to else found

    def dm(self, *users: User) -> Channel:
        """Their conversation; made when there is none."""
        kind: Kind = "im" if len(users) == 2 else "mpim"
        for channel in self.channels.values():
            if channel.kind == kind and set(channel.members) == set(users):
                return channel
        letter = "D" if kind == "im" else "C"
        team = users[0].team
        channel = Channel(self.id(letter), kind, team, created=self.clock.now(), members=list(users))
        if kind == "mpim":
            channel.name = "mpdm-" + "--".join(user.name.lower() for user in users) + "-1"
        self.channels[channel.id] = channel
        return channel


def stamp(at: datetime) -> str:
    seconds, micro = divmod((at - EPOCH) // timedelta(microseconds=1), 1_000_000)
    return f"{seconds:010d}.{micro:06d}"


def wait_for(world: World, true: Callable[[], object], timeout: float, what: str) -> None:
    """Sleeps until `true()` holds; woken by every change, without polling."""
    with world.lock:
        assert world.lock.wait_for(true, timeout), f"waited {timeout} s in vain for {what}\n{world.lately()}"
