"""What exists on the loopback Discord: people, servers, channels, messages. One lock guards all of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from knowledge.clock import Clock

Json = dict[str, Any]

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2
COMPONENTS_V2 = 1 << 15

TEXT, DM, PUBLIC_THREAD, PRIVATE_THREAD = 0, 1, 11, 12


@dataclass(eq=False)
class User:
    """A person or a bot. `dms_open` False: nobody but friends may write to him."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    dms_open: bool = True

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(eq=False)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 1


@dataclass(eq=False)
class Member:
    user: User
    joined: datetime
    roles: list[Role] = field(default_factory=list)


@dataclass(eq=False)
class Overwrite:
    """What a channel grants or takes from a role (kind 0) or a member (kind 1)."""

    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Guild:
    """A server. `bot_in` False: the bot isn't a member any more (or not yet)."""

    id: int
    name: str
    owner: User
    locale: str = "en-US"
    roles: list[Role] = field(default_factory=list)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    system_channel: Channel | None = None
    bot_in: bool = False

    @property
    def everyone(self) -> Role:
        return self.roles[0]


@dataclass(eq=False)
class Attachment:
    id: int
    filename: str
    data: bytes
    content_type: str
    channel: int
    description: str | None = None
    ephemeral: bool = False
    in_embed: bool = False


@dataclass(eq=False)
class Channel:
    """A channel, thread or direct conversation, with its messages in order."""

    id: int
    kind: int
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    owner: User | None = None
    created: datetime = EPOCH
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    recipients: list[User] = field(default_factory=list)
    members: list[User] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    typing: list[datetime] = field(default_factory=list)
    archived: bool = False
    deleted: bool = False

    @property
    def is_thread(self) -> bool:
        return self.kind in (PUBLIC_THREAD, PRIVATE_THREAD)


@dataclass(eq=False)
class Message:
    """A message as it stands now; `edits` holds the contents that it had before."""

    id: int
    channel: Channel
    author: User
    content: str
    created: datetime
    edited: datetime | None = None
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    kind: int = 0
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[Role] = field(default_factory=list)
    mention_everyone: bool = False
    reply_to: Message | None = None
    nonce: str | int | None = None
    only_for: User | None = None
    deleted: bool = False
    interaction: Json | None = None
    webhook: bool = False
    edits: list[str] = field(default_factory=list)
    thread: Channel | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Shown as "is thinking" still."""
        return bool(self.flags & LOADING)

    @property
    def pings(self) -> set[str]:
        """Whom the message calls: ids of people and roles as mentions, and `@everyone`."""
        people = {user.mention for user in self.mentions}
        roles = {f"<@&{role.id}>" for role in self.mention_roles}
        return people | roles | ({"@everyone"} if self.mention_everyone else set())

    @property
    def parts(self) -> list[Json]:
        """Every component in it, however deep, in reading order."""
        return flat(self.components)

    @property
    def buttons(self) -> list[Json]:
        return [part for part in self.parts if part["type"] == 2]

    @property
    def text(self) -> str:
        """All that can be read in it: content, text components, then the embeds' parts, a line each."""
        lines = [self.content, *(part["content"] for part in self.parts if part["type"] == 10)]
        for embed in self.embeds:
            lines += [embed.get("author", {}).get("name", ""), embed.get("title", "")]
            lines.append(embed.get("description", ""))
            for each in embed.get("fields", []):
                lines += [each["name"], each["value"]]
            lines.append(embed.get("footer", {}).get("text", ""))
        return "\n".join(line for line in lines if line)


def flat(components: list[Json]) -> list[Json]:
    found: list[Json] = []
    for part in components:
        found.append(part)
        found += flat(part.get("components", []))
        inner = [part[key] for key in ("accessory", "component") if key in part]
        found += flat(inner)
    return found


class World:
    """Everything there is, under `lock`. Nothing awaits while it holds the lock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.Condition(threading.RLock())
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.lately: Callable[[], str] = str
        """What happened last, for whoever waited in vain."""
        self._last = 0

    def snowflake(self) -> int:
        """An id of the clock's moment, larger than every one before it."""
        moment = int((self.clock.now() - EPOCH) / timedelta(milliseconds=1)) << 22
        self._last = max(self._last + 1, moment)
        return self._last

    def changed(self) -> None:
        with self.lock:
            self.lock.notify_all()

    def message(self, channel: int, message: int) -> Message | None:
        found = self.channels[channel].messages.get(message) if channel in self.channels else None
        return None if found is None or found.deleted else found

    def dm(self, first: User, second: User) -> Channel:
        """Their conversation; made when there is none."""
        for channel in self.channels.values():
            if channel.kind == DM and {first, second} == set(channel.recipients):
                return channel
        channel = Channel(self.snowflake(), DM, recipients=[first, second], created=self.clock.now())
        self.channels[channel.id] = channel
        return channel

    def share_a_guild(self, first: User, second: User) -> bool:
        return any(first.id in guild.members and second.id in guild.members for guild in self.guilds.values())
