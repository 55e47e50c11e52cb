"""What every part of the double shares: the world, the application, the record, the faults."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from knowledge.clock import Clock
from tests.doubles.slack.app import Application
from tests.doubles.slack.contract import Contract
from tests.doubles.slack.errors import ApiError
from tests.doubles.slack.faults import Faults
from tests.doubles.slack.invocation import Hook, Invocation
from tests.doubles.slack.post import Post
from tests.doubles.slack.rates import Rates
from tests.doubles.slack.tokens import Token, Tokens
from tests.doubles.slack.world import Channel, File, Json, Team, User, World
from tests.doubles.steps import Steps
from tests.doubles.violations import Violations


@dataclass(eq=False)
class Request:
    """One request of the app, as recorded. `method` is that of the Web API, or `response_url`, `upload`,
    `download`; `status` None while it is served, or when none was answered.
    """

    number: int
    method: str
    args: Json
    content_type: str = ""
    authorization: str = ""
    path: str = ""
    data: bytes = b""
    at: float = field(default_factory=time.perf_counter)
    status: int | None = None
    answer: Any = None
    failed_by: str = ""
    token: Token | None = None

    @property
    def error(self) -> str:
        """Slack's word of a refusal."""
        refused = isinstance(self.answer, Mapping) and not self.answer.get("ok", True)
        return str(self.answer.get("error", "")) if refused else ""

    @property
    def team(self) -> Team:
        assert self.token is not None
        assert self.token.team is not None
        return self.token.team

    def need(self, *scopes: str) -> None:
        """Refused with `missing_scope` unless the token has one of them."""
        assert self.token is not None
        if not self.token.scopes & set(scopes):
            provided = ",".join(sorted(self.token.scopes))
            raise ApiError("missing_scope", needed=scopes[0], provided=provided)

    def __str__(self) -> str:
        return f"#{self.number} {self.method}"


@dataclass(eq=False)
class Sharing:
    """Files whose upload is complete, on their way into a channel."""

    channel: Channel
    files: list[File]
    body: Json
    thread_ts: str


@dataclass(eq=False)
class Pane:
    """An assistant thread: `ts` is its root in the direct messages with the app."""

    user: User
    channel: Channel
    ts: str
    context: Json
    opened: Invocation | None = None
    title: str = ""
    prompts: list[Json] = field(default_factory=list)
    prompts_title: str = ""

    @property
    def status(self) -> str:
        """What the app says it is doing; "" for nothing."""
        return str(self.channel.statuses.get(self.ts, {}).get("status", ""))


class Desk:
    def __init__(self, clock: Clock) -> None:
        self.world = World(clock)
        self.violations = Violations("Slack")
        self.contract = Contract.load()
        self.app = Application(self.world.app_id)
        self.tokens = Tokens(self.world)
        self.faults = Faults(self.world.lock)
        self.steps = Steps(self.world.lock)
        self.rates = Rates(clock)
        self.requests: list[Request] = []
        self.invocations: list[Invocation] = []
        self.triggers: dict[str, Invocation] = {}
        self.hooks: dict[str, Hook] = {}
        self.codes: dict[str, Any] = {}
        self.panes: dict[tuple[str, str], Pane] = {}
        self.sharings: list[Sharing] = []
        self.share_at_once = True
        """False: the messages of files appear only when a test asks for them."""
        self.new_link: Callable[[], str] = str
        """The address for a socket."""
        self.post = Post(self.world, self.violations, self.contract, self.app)
        self.world.lately = self._lately
        self.base = ""
        """`http://127.0.0.1:PORT`, known once the server listens."""

    def team(self, name: str) -> Team:
        """A workspace with the app's bot user in it, the app not installed yet."""
        world = self.world
        team = Team(world.id("T"), name, name.lower().replace(" ", "-"))
        bot = User(world.id("U"), team, self.app.name.lower(), bot_id=world.id("B"))
        team.bot = bot
        world.teams[team.id] = team
        world.users[bot.id] = bot
        return team

    def hook(self, invocation: Invocation, kind: str) -> str:
        """A new response URL."""
        key = secrets.token_hex(12)
        team = invocation.user.team.id
        hook = Hook(f"{self.base}/{kind}/{team}/{key}", invocation, self.world.clock.now())
        self.hooks[key] = hook
        invocation.hook = hook
        return hook.url

    def _lately(self) -> str:
        told = [f"{each} -> {each.status} {each.error}" for each in self.requests[-8:]]
        sent = [f"{each} acknowledged={each.acked} {each.failed}" for each in self.invocations[-6:]]
        found = list(self.violations)
        return "\n".join(["The last requests:", *told, "Sent to the app:", *sent, "Violations:", *found])
