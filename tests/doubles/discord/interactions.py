"""An interaction: what a person did, and everything that the app answered to it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.doubles.discord.world import Channel, Json, Message, User, World

COMMAND, COMPONENT, AUTOCOMPLETE, FORM = 2, 3, 4, 5
PONG, ANSWER, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9


@dataclass(eq=False)
class Interaction:
    """`response` is the type of the first answer (4 message, 5 deferred, 6 deferred update, 7 update,
    8 choices, 9 form), None until it came; `took` is how long that took in real seconds.
    """

    world: World
    id: int
    kind: int
    user: User
    channel: Channel
    at: datetime
    payload: Json
    started: float
    source: Message | None = None
    user_install: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(120))
    response: int | None = None
    data: Json | None = None
    took: float | None = None
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    followup_count: int = 0
    opened_by: Interaction | None = None
    """Of a form: the interaction that it was the answer to."""
    late: bool = False
    edits_before: int = 0

    # What a test waits for; `timeout` in real seconds, an AssertionError when it is over.

    def acknowledged(self, timeout: float = 10) -> Interaction:
        """Waits for the first answer of any kind."""
        wait_for(self.world, lambda: self.response is not None, timeout, f"an answer to {self}")
        return self

    def answered(self, timeout: float = 10) -> Message:
        """Waits until the answer stands there, no longer "is thinking", and gives it."""

        def there() -> bool:
            return self.original is not None and not self.original.loading

        wait_for(self.world, there, timeout, f"a message in answer to {self}")
        assert self.original is not None
        return self.original

    def updated(self, timeout: float = 10) -> Message:
        """Waits until the message that a button or form belongs to was edited since, and gives it."""
        source = self.source
        assert source is not None, "this belongs to no message"
        wait_for(self.world, lambda: len(source.edits) > self.edits_before, timeout, f"an edit after {self}")
        return source

    def followed_up(self, count: int = 1, timeout: float = 10) -> list[Message]:
        """Waits for so many follow-ups and gives them all."""
        wait_for(self.world, lambda: len(self.followups) >= count, timeout, f"follow-ups to {self}")
        return list(self.followups)

    def form(self, timeout: float = 10) -> Json:
        """Waits for a form to open and gives its title, custom_id and components."""
        self.acknowledged(timeout)
        assert self.response == MODAL, f"no form opened, but response {self.response}: {self.data}"
        assert self.data is not None
        return self.data

    def choices(self, timeout: float = 10) -> list[Json]:
        """Waits for the completions offered: name and value each."""
        self.acknowledged(timeout)
        assert self.response == CHOICES, f"no choices, but response {self.response}"
        assert self.data is not None
        return list(self.data["choices"])

    @property
    def messages(self) -> list[Message]:
        """Everything said in answer, in order."""
        own = [self.original] if self.original and self.original is not self.source else []
        return [*own, *self.followups]

    def older_than(self, age: timedelta) -> bool:
        return self.world.clock.now() - self.at > age

    def __str__(self) -> str:
        data = self.payload.get("data", {})
        return f"interaction {self.id} of {self.user.name} ({data.get('name') or data.get('custom_id')})"


def wait_for(world: World, true: Callable[[], object], timeout: float, what: str) -> None:
    """Sleeps until `true()` holds; woken by every change, without polling."""
    with world.lock:
        assert world.lock.wait_for(true, timeout), f"waited {timeout} s in vain for {what}\n{world.lately()}"
