"""kill -9 between any two steps of a delivery: no review is lost, none comes twice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.reply import Action, Reply
from jobs.outbox import LEASE, Outbox
from jobs.tables import OutboundRow
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.world import Channel
from tests.doubles.discord_server import DiscordServer
from tests.doubles.steps import Stopped

ROOT = Path(__file__).resolve().parents[4]
WORDS = 450
STEPS = 9
"""Requests after a start among which the process is killed: two to log in, then messages."""


class Killing:
    """An outbox of reviews, and processes that drain it until they are killed."""

    def __init__(self, server: DiscordServer, clock: FrozenClock, folder: Path, seed: int) -> None:
        self.server = server
        self.clock = clock
        self.random = random.Random(seed)
        self.url = f"sqlite:///{folder / 'outbox.db'}"
        self.database = Database(self.url)
        Base.metadata.create_all(self.database.engine)
        self.outbox = Outbox(self.database, clock, "queue")
        people = [server.person(name) for name in ("Ada", "Bob", "Cyd")]
        guild = server.guild("Study", *people)
        assert guild.system_channel is not None
        self.places: dict[str, Channel] = {f"dm:{one.id}": server.dm(one) for one in people}
        self.places[f"channel:{guild.system_channel.id}"] = guild.system_channel
        self.wanted: dict[int, tuple[str, int]] = {}
        """Per review its place and in how many messages it comes."""
        self.killed = 0

    def queue(self) -> None:
        """One more review, now and then one in two messages."""
        number = len(self.wanted) + 1
        place = self.random.choice(sorted(self.places))
        parts = self.random.choice((1, 1, 2))
        text = f"Review {number}." + f"\n\n{'word ' * WORDS}" * (parts - 1)
        self.wanted[number] = place, parts
        reply = Reply(text, "question", actions=(Action(f"show?attempt={number}", "Show"),))
        with self.database.session() as session:
            self.outbox.put(
                session,
                key=f"review:{number}",
                platform="discord",
                place=place,
                kind="review",
                payload=reply.to_json(),
            )

    def round(self, kill: bool = True) -> None:
        """A process, killed at a random point; then its claims run out, now and then after the nonces."""
        command = [sys.executable, "-m", "tests.bot.platforms.discord.drainer", self.url]
        command += [self.server.api_url, self.server.token, self.clock.now().isoformat()]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        if kill:
            self._aim(process)
        _, errors = process.communicate(timeout=90)
        assert process.returncode in (0, -9), errors
        self.killed += process.returncode == -9
        self.clock.move(LEASE + self.random.choice((timedelta(seconds=1), timedelta(hours=1))))

    def _aim(self, process: subprocess.Popen[str]) -> None:
        number = self.server.next_number + self.random.randrange(2, STEPS)

        def kill() -> None:
            if process.poll() is None:
                process.kill()
                raise Stopped

        match self.random.choice(("before", "after", "behind")):
            case "before":
                self.server.steps.before(number, kill)
            case "after":
                self.server.steps.after(number, kill)
            case _:
                # The answer is on its way: somewhere in what the process does with it.
                pause = self.random.uniform(0.0, 0.03)
                self.server.steps.after(number, threading.Timer(pause, process.kill).start)

    def check(self) -> None:
        """Every review stands in its place, whole, once."""
        with self.database.session() as session:
            unsent = session.scalars(select(OutboundRow).where(OutboundRow.state != "sent")).all()
            assert [(row.key, row.state, row.attempts, row.error) for row in unsent] == []
        for number, (place, _) in self.wanted.items():
            said = [one.content for one in self.server.by_bot(self.places[place])]
            assert sum(f"Review {number}." in one for one in said) == 1, number
        said = [one.content for place in self.places.values() for one in self.server.by_bot(place)]
        parts = [count for _, count in self.wanted.values()]
        assert len(said) == sum(parts)
        assert sum(one.count("word") for one in said) == WORDS * parts.count(2)


def run(server: DiscordServer, clock: FrozenClock, folder: Path, seed: int, kills: int) -> None:
    killing = Killing(server, clock, folder, seed)
    rounds = 0
    while killing.killed < kills:
        for _ in range(killing.random.randrange(1, 5)):
            killing.queue()
        killing.round()
        rounds += 1
        assert rounds < 3 * kills + 10
    for _ in range(3):
        killing.round(kill=False)
    killing.check()
    killing.database.dispose()


@pytest.mark.slow
def test_no_review_is_lost_and_none_comes_twice(
    discord_server: DiscordServer, clock: FrozenClock, tmp_path: Path
) -> None:
    run(discord_server, clock, tmp_path, seed=1, kills=5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_at_hundreds_of_random_points(
    discord_server: DiscordServer, clock: FrozenClock, tmp_path: Path, seed: int
) -> None:
    run(discord_server, clock, tmp_path, seed, kills=75)
