"""Which sections a language model is asked about, what is kept, and how long: on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs.errors import LlmDenied, LlmError
from jobs.llm import Endpoint, LanguageModel
from jobs.outbox import Outbox
from jobs.people import Learner
from jobs.queue import JobQueue
from jobs.review.proposal_tables import ProposalRow
from jobs.review.proposal_watch import AFTER_FAILURE, KIND, ProposalWatch, ProposeRunner
from jobs.review.proposing import DAY, Proposing
from jobs.tables import CardRow, JobRow, OutboundRow
from knowledge.store import Database, insert
from knowledge.tables import CourseRow, SourceRow
from tests.doubles.clock import FrozenClock
from tests.doubles.language_model import MODEL, LanguageModelServer, Said, questions
from tests.doubles.review_loop import ReviewLoop
from tests.jobs.review.conftest import COURSE, Shelf
from tests.jobs.review.test_proposals import BATCHING, BULGARIAN, FREE
from tests.jobs.test_queue import until

PATH = "throughput.md"


class Model:
    """The scripted endpoint: by what stands in the section."""

    def __init__(self) -> None:
        self.answers: dict[str, Said] = {"eight texts": questions(FREE), "косинус": questions(BULGARIAN)}
        self.otherwise = questions()
        self.script = self.answer
        self.server = LanguageModelServer(lambda body: self.script(body))

    def answer(self, body: dict[str, Any]) -> Said:
        sent = body["messages"][1]["content"]
        return next((said for text, said in self.answers.items() if text in sent), self.otherwise)

    def headings(self) -> list[str]:
        return [one["heading"] for one in self.server.sections]


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()
    with model.server:
        yield model


@pytest.fixture
def proposing(
    database: Database, shelf: Shelf, reviews: ReviewLoop, model: Model, clock: FrozenClock
) -> Proposing:
    shelf.write(PATH, BATCHING)
    endpoint = Endpoint(model.server.url, MODEL, timeout=5)
    asked = LanguageModel(endpoint, lambda _: None)
    return Proposing(database, shelf.library, reviews, asked, clock, "one")


Recorded = Callable[[], None]


@pytest.fixture
def recorded(database: Database, shelf: Shelf, reviews: ReviewLoop, clock: FrozenClock) -> Recorded:
    """Records the notes as a refresh does, and brings their cards in line."""

    def recorded() -> None:
        reviews.sync_cards()
        with database.session() as session:
            if session.get(CourseRow, COURSE) is None:
                session.add(CourseRow(id=COURSE, title="C", notes_path="", created_at=clock.now()))
                session.flush()
            for note in shelf.library.notes(COURSE):
                values: dict[str, Any] = {"title": note.title, "language": note.language, "hash": note.hash}
                values |= {"lines": 1, "sections": 1, "updated_at": clock.now()}
                statement = insert(session, SourceRow).values(course_id=COURSE, path=note.path, **values)
                session.execute(
                    statement.on_conflict_do_update(index_elements=["course_id", "path"], set_=values)
                )

    return recorded


def proposed(database: Database, state: str = "active") -> list[str]:
    with database.session() as session:
        query = select(CardRow.prompt).where(CardRow.origin == "proposed", CardRow.state == state)
        return list(session.scalars(query.order_by(CardRow.position)))


BOTH = [FREE["question"], BULGARIAN["question"]]


def test_what_is_accepted_is_kept_and_asked(
    proposing: Proposing, database: Database, reviews: ReviewLoop, ana: Learner
) -> None:
    found = proposing.propose([PATH])
    assert (found.sections, found.proposed, len(found.accepted)) == (2, 2, 2)
    assert proposed(database) == BOTH
    asked = set()
    for _ in range(12):
        question = reviews.quiz(ana.id, "web", "ana-page", PATH)
        asked.add(question.prompt)
        reviews.rate(question.attempt_id, ana.id, 3)
    assert set(BOTH) <= asked


def test_a_section_is_asked_about_once(proposing: Proposing, model: Model, database: Database) -> None:
    proposing.propose([PATH])
    assert proposing.propose([PATH]).sections == 0
    assert len(model.server.requests) == 2
    assert proposed(database) == BOTH


def test_a_section_whose_author_asks_is_left_alone(proposing: Proposing, model: Model) -> None:
    proposing.propose(["attention.md", "bg/tokens.md", "padding.txt"])
    assert not set(model.headings()) & {"Quiz", "3. Кратък тест", "4. План за преговор", "Overview"}


def test_proposed_cards_stay_while_their_section_does_and_move_with_it(
    proposing: Proposing, database: Database, shelf: Shelf, reviews: ReviewLoop
) -> None:
    proposing.propose([PATH])
    shelf.write(PATH, BATCHING.replace("## Batching", "## News\nA line more, of no weight.\n\n## Batching"))
    reviews.sync_cards()
    assert proposed(database) == BOTH
    with database.session() as session:
        row = session.scalars(select(CardRow).where(CardRow.prompt == FREE["question"])).one()
        lines = shelf.library.note(COURSE, PATH).lines[row.start - 1 : row.end]
    assert "\n".join(lines) == row.answer
    assert "eight texts" in row.answer


def test_a_section_that_changes_loses_its_proposed_cards_and_is_asked_about_anew(
    proposing: Proposing, database: Database, shelf: Shelf, reviews: ReviewLoop, model: Model
) -> None:
    proposing.propose([PATH])
    shelf.write(PATH, BATCHING.replace("**eight texts**", "**nine texts**"))
    assert reviews.sync_cards().retired >= 1
    assert proposed(database) == [BULGARIAN["question"]]
    quote = str(FREE["quote"]).replace("eight", "nine")
    model.answers = {"nine texts": questions({**FREE, "answer": "nine", "quote": quote})}
    assert proposing.propose([PATH]).sections == 1
    # It is the card that learners know, with another fact under it: an admin says yes first.
    [card] = [one for one in reviews.decisions.paused(10) if one.prompt == FREE["question"]]
    assert ("eight texts" in card.before.quote, "nine texts" in card.now.quote) == (True, True)
    reviews.decisions.accept(card.card_id, card.version)
    assert proposed(database) == BOTH
    assert proposing.propose([PATH]).sections == 0


def test_a_section_that_is_as_it_was_before_has_its_cards_back(
    proposing: Proposing, database: Database, shelf: Shelf, reviews: ReviewLoop, model: Model
) -> None:
    proposing.propose([PATH])
    shelf.write(PATH, BATCHING.replace("eight", "nine"))
    reviews.sync_cards()
    shelf.write(PATH, BATCHING)
    reviews.sync_cards()
    assert proposed(database) == BOTH
    assert proposing.propose([PATH]).sections == 0


def test_a_section_that_its_author_asks_about_by_now_has_no_need_of_them(
    proposing: Proposing, database: Database, shelf: Shelf, reviews: ReviewLoop
) -> None:
    proposing.propose([PATH])
    quiz = "\n## Quiz\n1. How many texts does sending in a single pass through the network take?\n"
    shelf.write(PATH, BATCHING + quiz)
    reviews.sync_cards()
    assert proposed(database) == [BULGARIAN["question"]]


def test_a_section_that_is_too_much_for_the_model_doesn_t_stop_the_others(
    proposing: Proposing, database: Database, model: Model
) -> None:
    model.answers["eight texts"] = Said(status=413)
    assert proposing.propose([PATH]).sections == 1
    assert proposed(database) == [BULGARIAN["question"]]
    assert proposing.propose([PATH]).sections == 0


def test_a_model_that_answers_nothing_is_said_to_and_asked_again_later(
    proposing: Proposing, database: Database, model: Model
) -> None:
    good = dict(model.answers)
    model.answers, model.otherwise = {}, Said(b"<html>")
    with pytest.raises(LlmError):
        proposing.propose([PATH])
    model.answers = good
    assert proposing.propose([PATH]).sections == 2
    assert proposed(database) == BOTH


def test_what_was_kept_stays_when_the_endpoint_fails(
    proposing: Proposing, database: Database, model: Model
) -> None:
    model.answers["косинус"] = Said(status=401)
    with pytest.raises(LlmDenied):
        proposing.propose([PATH])
    assert proposed(database) == BOTH[:1]


# By itself


class Background:
    """The queue and the watch, without the scheduler."""

    def __init__(
        self, database: Database, outbox: Outbox, proposing: Proposing, clock: FrozenClock, per_day: int
    ) -> None:
        self.database = database
        courses = {COURSE: proposing}
        runners = {KIND: ProposeRunner(database, courses, clock, per_day)}
        self.queue = JobQueue(database, outbox, clock, runners, "me", poll=0.05)
        self.watch = ProposalWatch(database, courses, self.queue, clock, per_day)

    def ran(self) -> JobRow:
        """Puts a job and gives it when it has ended."""
        self.watch.run()
        assert self.watch.next_due() is None
        self.queue.start()
        try:
            until(lambda: self.queue.waiting() == 0)
        finally:
            self.queue.stop()
        with self.database.session() as session:
            return session.scalars(select(JobRow).order_by(JobRow.id.desc())).all()[0]


Built = Callable[[int], Background]


@pytest.fixture
def background(database: Database, outbox: Outbox, proposing: Proposing, clock: FrozenClock) -> Built:
    return lambda per_day: Background(database, outbox, proposing, clock, per_day)


def test_by_itself_it_goes_through_notes_that_have_cards_and_tells_nobody(
    background: Built, recorded: Recorded, database: Database, reviews: ReviewLoop, clock: FrozenClock
) -> None:
    recorded()
    one = background(10)
    assert one.watch.next_due() is None
    reviews.prepare(PATH)
    assert one.watch.next_due() == clock.now()
    job = one.ran()
    assert (job.state, job.result and job.result["accepted"]) == ("done", 2)
    assert proposed(database) == BOTH
    assert one.watch.next_due() is None
    with database.session() as session:
        assert session.scalars(select(OutboundRow)).all() == []


def test_a_refresh_that_changes_a_note_has_it_gone_through_again(
    background: Built, recorded: Recorded, shelf: Shelf, reviews: ReviewLoop, clock: FrozenClock
) -> None:
    recorded()
    reviews.prepare(PATH)
    one = background(10)
    one.ran()
    shelf.write(PATH, BATCHING.replace("eight", "nine"))
    recorded()
    assert one.watch.next_due() == clock.now()
    job = one.ran()
    assert job.result is not None
    assert job.result["sections"] == 1


def test_no_more_sections_than_the_day_s_share(
    background: Built, recorded: Recorded, reviews: ReviewLoop, clock: FrozenClock, model: Model
) -> None:
    recorded()
    reviews.prepare(PATH)
    one = background(1)
    began = clock.now()
    one.ran()
    assert len(model.server.requests) == 1
    assert one.watch.next_due() == began + DAY
    one.watch.run()
    assert one.queue.waiting() == 0
    clock.move(DAY)
    one.ran()
    assert len(model.server.requests) == 2
    assert background(0).watch.next_due() is None


def test_after_a_failure_it_waits(
    background: Built, recorded: Recorded, reviews: ReviewLoop, clock: FrozenClock, model: Model
) -> None:
    recorded()
    reviews.prepare(PATH)
    good, model.answers, model.otherwise = model.answers, {}, Said(status=503)
    one = background(10)
    job = one.ran()
    assert (job.state, job.error and job.error["key"]) == ("failed", "error.llm_busy")
    assert one.watch.next_due() == clock.now() + AFTER_FAILURE
    model.answers = good
    clock.move(AFTER_FAILURE + timedelta(seconds=1))
    assert one.ran().state == "done"


def test_once_halted_no_section_is_begun(proposing: Proposing, model: Model, database: Database) -> None:
    proposing.halt()
    assert proposing.propose([PATH]).sections == 0
    assert model.server.requests == []
    with database.session() as session:
        assert session.scalars(select(ProposalRow)).all() == []
