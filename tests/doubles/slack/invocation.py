"""Something the app was told of, and everything that came of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.doubles.slack import limits
from tests.doubles.slack.world import Channel, Json, Message, Team, User, View, World, wait_for


@dataclass(eq=False)
class Hook:
    """A response URL: `uses` counts what was said through it, `refused` what came too often or too late."""

    url: str
    invocation: Invocation
    at: datetime
    uses: int = 0
    refused: int = 0

    def used_up(self, now: datetime) -> bool:
        return self.uses >= limits.URL_USES or now - self.at > limits.URL_LIFE


@dataclass(eq=False)
class Invocation:
    """`kind` is command, press, suggest, submit, close, shortcut or event. `acked`: acknowledged, if late
    (after 3 s of the clock) or not; `took` real seconds until then; `ack` what stood in it, None for nothing;
    `status` the HTTP status, where Slack called; `failed` why the app never had it (nobody connected).
    """

    world: World
    kind: str
    user: User
    team: Team
    payload: Json
    at: datetime
    started: float
    channel: Channel | None = None
    thread_ts: str = ""
    source: Message | None = None
    view: View | None = None
    trigger_id: str = field(default_factory=lambda: secrets.token_hex(12))
    hook: Hook | None = None
    acked: bool = False
    ack: Json | str | None = None
    took: float | None = None
    late: bool = False
    status: int | None = None
    failed: str = ""
    deliveries: int = 0
    acks: int = 0
    views: list[View] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    """What was said in answer through the ack or the response URL."""
    trigger_used: bool = False
    edits_before: int = 0

    @property
    def response_url(self) -> str:
        return self.hook.url if self.hook else ""

    @property
    def event_id(self) -> str:
        return str(self.payload.get("event_id", ""))

    # What a test waits for; `timeout` in real seconds, an AssertionError when it is over.

    def acknowledged(self, timeout: float = 10) -> Invocation:
        self._wait(lambda: self.acked or self.failed, timeout, f"{self} to be acknowledged")
        assert not self.failed, f"{self}: {self.failed}"
        return self

    def answered(self, timeout: float = 10) -> Message:
        """The first message in answer: in the ack or through the response URL, or else the first that the
        app has said since to this person, or where he is.
        """
        self._wait(self._answers, timeout, f"a message in answer to {self}")
        return self._answers()[0]

    def followed_up(self, count: int = 2, timeout: float = 10) -> list[Message]:
        """Waits for so many messages in answer, the first one counted, and gives them all."""
        self._wait(lambda: len(self._answers()) >= count, timeout, f"{count} messages in answer to {self}")
        return self._answers()

    def updated(self, timeout: float = 10) -> Message:
        """Waits until the message that a button belongs to was edited since, and gives it."""
        source = self.source
        assert source is not None, "this belongs to no message"
        self._wait(lambda: len(source.edits) > self.edits_before, timeout, f"an edit after {self}")
        return source

    def opened(self, timeout: float = 10) -> View:
        """Waits for a modal to open (or to be put on top, or changed by the ack) and gives it."""
        self._wait(lambda: self.views, timeout, f"a modal after {self}")
        return self.views[-1]

    def errors(self, timeout: float = 10) -> dict[str, str]:
        """What a form shows at its fields (by block_id) after it was sent; {} where it was taken."""
        self.acknowledged(timeout)
        if isinstance(self.ack, dict) and self.ack.get("response_action") == "errors":
            return dict(self.ack["errors"])
        return {}

    def options(self, timeout: float = 10) -> list[Json]:
        """What a menu offers for what was typed."""
        self.acknowledged(timeout)
        assert isinstance(self.ack, dict), "the menu was given nothing"
        groups = self.ack.get("option_groups") or [self.ack]
        return [option for group in groups for option in group.get("options", [])]

    def _answers(self) -> list[Message]:
        exact = [each for each in self.messages if not each.deleted]
        return exact or sorted(self._said_since(), key=lambda each: float(each.ts))

    def _said_since(self) -> list[Message]:
        places = [self.channel] if self.channel else []
        home = [
            each for each in self.world.channels.values() if each.kind == "im" and self.user in each.members
        ]
        found: list[Message] = []
        for place in dict.fromkeys([*places, *home]):
            found += [each for each in place.messages.values() if self._is_answer(each, place)]
        return found

    def _is_answer(self, message: Message, place: Channel) -> bool:
        mine = message.user is self.team.bot and not message.deleted and not message.streaming
        fits = not self.thread_ts or place is not self.channel or message.thread_ts == self.thread_ts
        return mine and fits and message.ts > self.mark and message.ephemeral_to in (None, self.user)

    @property
    def mark(self) -> str:
        """Everything later than this `ts` came afterwards."""
        return self._mark

    def begin(self) -> None:
        self._mark = self.world.ts()

    _mark: str = ""

    def _wait(self, true: Callable[[], object], timeout: float, what: str) -> None:
        wait_for(self.world, true, timeout, what)

    def __str__(self) -> str:
        payload = self.payload
        about = payload.get("command") or payload.get("callback_id") or payload.get("event", {}).get("type")
        if payload.get("actions"):
            about = payload["actions"][0].get("action_id")
        return f"{self.kind} {about or ''} of {self.user.name}"
