"""Several bots on one database ask a language model about each section once, on both databases."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jobs.errors import LlmError
from jobs.llm import Endpoint, LanguageModel
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.review.proposal_claims import Claims, lease_of
from jobs.review.proposal_tables import ProposalClaimRow, ProposalRow
from jobs.review.proposing import Proposing
from knowledge.notes import Section
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.language_model import MODEL, Said
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Shelf
from tests.jobs.review.test_proposals import BATCHING
from tests.jobs.review.test_proposing import (
    BOTH,
    PATH,
    Background,
    Model,
    Recorded,
    model,
    proposed,
    recorded,
)

__all__ = ["model", "recorded"]

ROOT = Path(__file__).parents[3]
SET_UP = """
import sys
from datetime import datetime
from pathlib import Path
from jobs.llm import Endpoint, LanguageModel
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.review.ladder import Ladder
from jobs.review.proposal_claims import Claims, lease_of
from jobs.review.proposing import Proposing
from knowledge.library import Library
from knowledge.store import Database
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop

url, index, now, model = sys.argv[1:]
database, clock, library = Database(url), FrozenClock(datetime.fromisoformat(now)), Library(Path(index))
endpoint = Endpoint(model, "scripted", timeout=30)
"""
PROPOSER = f"""{SET_UP}
reviews = ReviewLoop(database, library, Outbox(database, clock, "p"), clock, Ladder.parse("1d"), "course")
one = Proposing(database, library, reviews, LanguageModel(endpoint), clock, process_owner())
print("up", flush=True)
sys.stdin.readline()
print(one.propose(["{PATH}"]).sections)
"""
HOLDER = f"""{SET_UP}
section = next(one for one in library.note("course", "{PATH}").sections if "eight texts" in one.text)
claims = Claims(database, clock, "course", process_owner(), lease_of(endpoint))
print(claims.take("{PATH}", section), flush=True)
sys.stdin.readline()
"""

Bot = Callable[[str], Proposing]


@pytest.fixture
def bot(database: Database, shelf: Shelf, reviews: ReviewLoop, model: Model, clock: FrozenClock) -> Bot:
    """A bot on the database, by its name."""
    shelf.write(PATH, BATCHING)

    def bot(owner: str) -> Proposing:
        asked = LanguageModel(Endpoint(model.server.url, MODEL, timeout=30), lambda _: None)
        return Proposing(database, shelf.library, reviews, asked, clock, owner)

    return bot


def section(shelf: Shelf) -> Section:
    return next(one for one in shelf.library.note(COURSE, PATH).sections if "eight texts" in one.text)


def gone_through(database: Database) -> bool:
    with database.session() as session:
        return session.scalar(select(ProposalRow.note).where(ProposalRow.section_id == "")) is not None


def claims(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(ProposalClaimRow.owner)))


def test_while_one_asks_about_a_section_another_passes_on_to_the_next(
    bot: Bot, model: Model, database: Database
) -> None:
    asking, go_on = threading.Event(), threading.Event()

    def slowly(body: dict[str, Any]) -> Said:
        if "eight texts" in body["messages"][1]["content"]:
            asking.set()
            assert go_on.wait(30)
        return model.answer(body)

    model.script = slowly
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(bot("one").propose, [PATH])
        assert asking.wait(30)
        other = bot("two").propose([PATH])
        assert (other.sections, other.held) == (1, 1)
        assert not gone_through(database), "a section of it may yet be left behind"
        go_on.set()
        found = first.result(30)
    assert (found.sections, found.held) == (1, 0), "the other section was asked about meanwhile"
    assert len(model.server.requests) == 2
    assert sorted(proposed(database)) == sorted(BOTH)
    assert gone_through(database)
    assert claims(database) == []


def test_processes_that_propose_at_once_ask_about_each_section_once(
    bot: Bot, model: Model, database: Database, database_url: str, shelf: Shelf, clock: FrozenClock
) -> None:
    processes = [process(PROPOSER, database_url, shelf, clock, model) for _ in range(2)]
    for one in processes:
        assert one.stdout is not None
        assert one.stdout.readline().strip() == "up"
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    counts = [int(one.communicate(timeout=60)[0]) for one in processes]
    assert sum(counts) == 2
    assert len(model.server.requests) == 2
    assert sorted(proposed(database)) == sorted(BOTH)
    assert claims(database) == []


def test_the_claim_of_a_process_that_was_killed_here_is_taken_up_at_once(
    bot: Bot, model: Model, database: Database, database_url: str, shelf: Shelf, clock: FrozenClock
) -> None:
    mine = bot(process_owner())  # creates the note's cards, and the course with them, in its first run
    mine.propose(["attention.md"])
    before = len(model.server.requests)
    holder = process(HOLDER, database_url, shelf, clock, model)
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "ours"
    held = mine.propose([PATH])
    assert (held.sections, held.held) == (1, 1)
    holder.kill()
    holder.communicate(timeout=30)
    found = mine.propose([PATH])
    assert (found.sections, found.held) == (1, 0)
    assert len(model.server.requests) == before + 2
    assert claims(database) == []


def test_the_claim_of_a_process_elsewhere_runs_out(
    bot: Bot, database: Database, shelf: Shelf, clock: FrozenClock, model: Model
) -> None:
    mine = bot("one")
    mine.propose(["attention.md"])
    lease = lease_of(Endpoint(model.server.url, MODEL, timeout=30))
    there = Claims(database, clock, COURSE, "host-b/1/2/x", lease)
    assert there.take(PATH, section(shelf)) == "ours"
    assert there.take(PATH, section(shelf)) == "held", "one asking at a time, of one's own process too"
    assert mine.propose([PATH]).held == 1
    clock.move(lease)
    assert mine.propose([PATH]).sections == 1
    assert there.take(PATH, section(shelf)) == "done"
    assert claims(database) == []


def test_a_claim_is_given_back_where_the_model_fails(bot: Bot, model: Model, database: Database) -> None:
    model.otherwise = Said(status=413)
    model.answers = {}
    with pytest.raises(LlmError):
        bot("one").propose([PATH])
    assert claims(database) == []


def test_the_background_comes_back_when_what_another_holds_runs_out(
    bot: Bot,
    database: Database,
    outbox: Outbox,
    shelf: Shelf,
    clock: FrozenClock,
    recorded: Recorded,
    reviews: ReviewLoop,
    model: Model,
) -> None:
    mine = bot("one")
    recorded()
    reviews.prepare(PATH)
    lease = lease_of(Endpoint(model.server.url, MODEL, timeout=30))
    there = Claims(database, clock, COURSE, "host-b/1/2/x", lease)
    assert there.take(PATH, section(shelf)) == "ours"
    background = Background(database, outbox, mine, clock, 10)
    job = background.ran()
    assert (job.state, job.result and job.result["held"]) == ("done", 1)
    assert background.watch.next_due() == clock.now() + lease
    clock.move(lease)
    job = background.ran()
    assert (job.result and job.result["sections"], background.watch.next_due()) == (1, None)


def process(program: str, url: str, shelf: Shelf, clock: FrozenClock, model: Model) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, url, str(shelf.index), clock.now().isoformat(), model.server.url],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
