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

from bot.core.reply import Action, Image, Reply
from bot.platforms.slack.references import URL_LIFE, References
from jobs.outbox import LEASE, Outbox
from jobs.tables import OutboundRow
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Channel
from tests.doubles.slack_server import SlackServer
from tests.doubles.steps import Stopped

ROOT = Path(__file__).resolve().parents[4]
WORDS = 2500
STEPS = 16
"""Requests after a start among which the process is killed."""


class Killing:
    """An outbox of reviews, turns that were answered, and processes that say it all until they are killed."""

    def __init__(self, server: SlackServer, clock: FrozenClock, folder: Path, seed: int) -> None:
        self.server = server
        self.clock = clock
        self.random = random.Random(seed)
        self.url = f"sqlite:///{folder / 'outbox.db'}"
        self.database = Database(self.url)
        Base.metadata.create_all(self.database.engine)
        self.outbox = Outbox(self.database, clock, "queue")
        self.references = References(self.database, clock)
        team = server.team.id
        people = [server.person(name) for name in ("Ada", "Bob", "Cyd")]
        study = server.channel("study", *people, bot=True)
        root = server.say(people[0], study, "Let's learn in this thread.")
        self.places: dict[str, Channel] = {f"dm:{team}/{one.id}": server.dm(one) for one in people}
        self.places[f"channel:{team}/{study.id}"] = study
        self.places[f"thread:{team}/{study.id}/{root.ts}"] = study
        self.wanted: dict[int, tuple[str, int, bool]] = {}
        """Per review its place, in how many messages it comes, and whether with a picture."""
        self.killed = 0

    def queue(self) -> None:
        """One more review or reply, now and then one in two messages or with a picture."""
        number = len(self.wanted) + 1
        place = self.random.choice(sorted(self.places))
        parts = self.random.choice((1, 1, 2))
        pictured = self.random.random() < 0.25
        self.wanted[number] = place, parts, pictured
        reply = Reply(
            f"Review {number}." + f"\n\n{'word ' * WORDS}" * (parts - 1),
            "question",
            actions=(Action(f"show?attempt={number}", "Show"),),
            image=Image(b"\x89PNG", f"Picture {number}", f"{number}.png") if pictured else None,
        )
        if self.random.random() < 0.3:
            self._answered(number, place, reply)
            return
        with self.database.session() as session:
            self.outbox.put(
                session,
                key=f"review:{number}",
                platform="slack",
                place=place,
                kind="review",
                payload=reply.to_json(),
            )

    def _answered(self, number: int, place: str, reply: Reply) -> None:
        """A turn whose process ended before its reply was said."""
        channel = self.places[place]
        ref = self.references.reserve(
            f"event:{number}",
            place,
            channel=channel.id,
            thread=place.partition("/")[2].partition("/")[2],
            user_id=channel.members[-1].id,
            expires_at=self.clock.now() + URL_LIFE,
        )
        assert ref is not None
        assert self.references.begin(ref.id, reply)

    def round(self, kill: bool = True) -> None:
        """A process, killed at a random point; then its claims run out."""
        command = [sys.executable, "-m", "tests.bot.platforms.slack.drainer", self.url]
        command += [self.server.api_url, self.server.bot_token, self.clock.now().isoformat()]
        process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        if kill:
            self._aim(process)
        _, errors = process.communicate(timeout=90)
        assert process.returncode in (0, -9), errors
        self.killed += process.returncode == -9
        self.clock.move(LEASE + self.random.choice((timedelta(seconds=1), timedelta(hours=1))))

    def _aim(self, process: subprocess.Popen[str]) -> None:
        number = self.server.next_number + self.random.randrange(STEPS)

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
        for number, (place, _, pictured) in self.wanted.items():
            there = self.server.by_bot(self.places[place])
            found = [one for one in there if f"Review {number}." in one.shown]
            assert len(found) == 1, number
            assert found[0].thread_ts == place.partition("/")[2].partition("/")[2]
            pictures = [one for one in there if f"{number}.png" in [file.name for file in one.files]]
            assert len(pictures) == pictured, number
        channels = {channel.id: channel for channel in self.places.values()}.values()
        said = [one for channel in channels for one in self.server.by_bot(channel) if not one.files]
        assert len(said) == sum(parts for _, parts, _ in self.wanted.values())
        long = [parts for _, parts, _ in self.wanted.values() if parts == 2]
        assert sum(one.shown.count("word") for one in said) == WORDS * len(long)


def run(server: SlackServer, clock: FrozenClock, folder: Path, seed: int, kills: int) -> None:
    killing = Killing(server, clock, folder, seed)
    rounds = 0
    while killing.killed < kills:
        for _ in range(killing.random.randrange(1, 4)):
            killing.queue()
        killing.round()
        rounds += 1
        assert rounds < 3 * kills + 10
    for _ in range(3):
        killing.round(kill=False)
    killing.check()
    killing.references.close()
    killing.database.dispose()


@pytest.mark.slow
def test_no_review_is_lost_and_none_comes_twice(
    slack_server: SlackServer, clock: FrozenClock, tmp_path: Path
) -> None:
    run(slack_server, clock, tmp_path, seed=1, kills=5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_at_hundreds_of_random_points(
    slack_server: SlackServer, clock: FrozenClock, tmp_path: Path, seed: int
) -> None:
    run(slack_server, clock, tmp_path, seed, kills=75)
