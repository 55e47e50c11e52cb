"""Gateway sessions: who hears of what, in which order, and what he missed while he was away."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.doubles.discord.contract import Contract
from tests.doubles.discord.world import Guild, Json, World
from tests.doubles.violations import Violations

GUILDS = 1 << 0
GUILD_MEMBERS = 1 << 1
GUILD_PRESENCES = 1 << 8
GUILD_MESSAGES = 1 << 9
GUILD_TYPING = 1 << 11
DIRECT_MESSAGES = 1 << 12
DIRECT_TYPING = 1 << 14
MESSAGE_CONTENT = 1 << 15


class Wire(Protocol):
    """A connection that frames are put on; callable from any thread."""

    def put(self, frame: Json) -> None: ...


@dataclass(eq=False)
class Session:
    """What an IDENTIFY began. `wire` None while nobody is connected; events are kept for a RESUME."""

    intents: int
    shard: tuple[int, int]
    wire: Wire | None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    log: list[Json] = field(default_factory=list)
    resumed: int = 0

    def push(self, event: str, data: Json) -> None:
        self.sequence += 1
        frame = {"op": 0, "s": self.sequence, "t": event, "d": data}
        self.log.append(frame)
        if self.wire is not None:
            self.wire.put(frame)

    def replay(self, after: int) -> None:
        """Puts what came behind that sequence number on the wire again."""
        assert self.wire is not None
        for frame in self.log:
            if frame["s"] > after:
                self.wire.put(frame)

    def hears_of(self, guild: Guild | None) -> bool:
        """Servers are dealt out to shards by id; conversations belong to the first."""
        shard, count = self.shard
        return shard == (0 if guild is None else (guild.id >> 22) % count)


class Hub:
    """All sessions. Used under the world's lock."""

    def __init__(self, world: World, violations: Violations, contract: Contract | None) -> None:
        self._world = world
        self._violations = violations
        self.contract = contract
        self.sessions: dict[str, Session] = {}
        self.events: list[tuple[str, Json]] = []
        """Every event ever sent, once per session."""

    def dispatch(
        self,
        event: str,
        data: Json | Callable[[Session], Json],
        *,
        guild: Guild | None = None,
        intents: int = 0,
    ) -> int:
        """Tells every session of that shard with one of the `intents` (0: none needed); how many."""
        told = 0
        with self._world.lock:
            for session in list(self.sessions.values()):
                if session.hears_of(guild) and (not intents or session.intents & intents):
                    self.send(session, event, data(session) if callable(data) else data)
                    told += 1
            self._world.lock.notify_all()
        return told

    def send(self, session: Session, event: str, data: Json) -> None:
        if self.contract is not None:
            for problem in self.contract.of_event(event, data):
                self._violations.add(f"the double's {event}: {problem}")
        self.events.append((event, data))
        session.push(event, data)
