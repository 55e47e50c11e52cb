"""What every part of the double shares: the world, the application, the record, the faults."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knowledge.clock import Clock
from tests.doubles.discord.contract import Contract
from tests.doubles.discord.faults import Faults
from tests.doubles.discord.gateway_sessions import Hub
from tests.doubles.discord.interactions import Interaction
from tests.doubles.discord.rates import Rates
from tests.doubles.discord.world import DM, Json, Message, User, World
from tests.doubles.steps import Steps
from tests.doubles.violations import Violations


@dataclass(eq=False)
class Application:
    """The app as its owner set it up. `message_content`, `members`, `presences`: the privileged intents."""

    bot: User
    owner: User
    token: str = field(default_factory=lambda: f"dG9rZW4.{secrets.token_hex(3)}.{secrets.token_hex(14)}")
    name: str = "Recap"
    message_content: bool = True
    members: bool = False
    presences: bool = False
    shards: int = 1
    identifies_left: int = 1000
    commands: dict[int | None, dict[int, Json]] = field(default_factory=dict)
    commands_made: list[datetime] = field(default_factory=list)

    @property
    def flags(self) -> int:
        """Intents of an app in fewer than 100 servers."""
        return self.message_content << 19 | self.members << 15 | self.presences << 13

    def reads(self, message: Message, content_intent: bool = True) -> bool:
        """Its own messages, those to it and those that mention it are read without the intent."""
        if self.message_content and content_intent:
            return True
        own = message.author is self.bot or message.channel.kind == DM
        return own or self.bot in message.mentions


@dataclass(eq=False)
class Upload:
    """A file in a request."""

    field: str
    filename: str
    content_type: str
    data: bytes


@dataclass(eq=False)
class Request:
    """One request of the app, as recorded; `status` None while it is served, or when none was answered."""

    number: int
    method: str
    path: str
    query: dict[str, str]
    content_type: str
    body: Any
    authorization: str | None
    files: list[Upload] = field(default_factory=list)
    at: float = field(default_factory=time.perf_counter)
    status: int | None = None
    answer: Any = None
    parameters: dict[str, str] = field(default_factory=dict)
    failed_by: str | None = None

    @property
    def code(self) -> int | None:
        """Discord's error code of a refusal."""
        return self.answer.get("code") if isinstance(self.answer, dict) and (self.status or 0) > 399 else None

    def __str__(self) -> str:
        return f"#{self.number} {self.method} {self.path[:90]}"


class Desk:
    def __init__(self, clock: Clock) -> None:
        self.world = World(clock)
        self.violations = Violations("Discord")
        self.contract = Contract.load()
        self.hub = Hub(self.world, self.violations, self.contract)
        self.faults = Faults(self.world.lock)
        self.steps = Steps(self.world.lock)
        self.rates = Rates()
        self.requests: list[Request] = []
        self.interactions: dict[int, Interaction] = {}
        self.world.lately = self._lately
        self.base = ""
        """`http://127.0.0.1:PORT`, known once the server listens."""
        bot = User(self.world.snowflake(), "Recap", bot=True)
        owner = User(self.world.snowflake(), "Owner")
        self.app = Application(bot, owner)
        self.world.users |= {bot.id: bot, owner.id: owner}

    def _lately(self) -> str:
        told = [f"{each} -> {each.status} {each.code or ''}" for each in self.requests[-8:]]
        return "\n".join(["The last requests:", *told, "Violations:", *self.violations])

    @property
    def bot(self) -> User:
        return self.app.bot
