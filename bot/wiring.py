"""The composition root: settings in, a wired application out. Nothing starts before `start`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import database as schema
from bot.config import Settings
from bot.core.core import Core
from bot.core.courses import Courses
from bot.core.services import Services
from bot.course import Course
from bot.engine import PATIENCE, encoder_of, engine_settings, partner_of, reads_index_of
from bot.forgetting import forget_conversation
from bot.partner import PartnerVectors
from bot.proposing import Proposals, proposals_of
from jobs.engine.catalog import TASKS
from jobs.engine.local import LocalEngine
from jobs.engine.models import Models
from jobs.engine.protocol import Engine, RefreshRequest
from jobs.erasure import Erasure
from jobs.groups.service import Groups
from jobs.linking.service import Linking
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.people import People
from jobs.portable.service import Exports
from jobs.queue import JobQueue, Runner
from jobs.reach import Reach
from jobs.review.delivery import TURNS, Delivery
from jobs.review.judging.judge import Judge
from jobs.review.ladder import Ladder
from jobs.review.misses import Misses
from jobs.review.pacing import Pacing
from jobs.review.pauses import Pauses
from jobs.review.predictor import LocalPredictor
from jobs.review.proposal_watch import KIND
from jobs.review.service import Reviews
from jobs.review.sessions import Sessions
from jobs.review.zones import follow_zones
from jobs.runners import PredictRunner, RefreshRunner, TryRunner
from jobs.scheduler import Scheduler
from jobs.spaces import Spaces
from knowledge.clock import Clock, SystemClock
from knowledge.encoder.bundled import BundledEncoder
from knowledge.library import Library
from knowledge.store import Database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from jobs.engine.encoder import EngineEncoder

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long messages that were sent are kept in the outbox."""


@dataclass
class App:
    """Everything of one process, wired. `prepare`, then `start`, at the end `stop`."""

    settings: Settings
    clock: Clock
    database: Database
    encoder: BundledEncoder | EngineEncoder | None
    """The index's own, as questions are heard by it."""
    partner: BundledEncoder | EngineEncoder | None
    """What is heard beside it."""
    partner_vectors: PartnerVectors
    library: Library
    engine: Engine
    models: Models
    outbox: Outbox
    people: People
    reviews: Reviews
    delivery: Delivery
    """Asks what is due, in all courses."""
    groups: Groups
    queue: JobQueue
    scheduler: Scheduler
    course: Course
    """The one that the settings name first."""
    courses: Mapping[str, Course]
    """All of them, that one first, by their short names."""
    proposals: Proposals
    services: Services
    core: Core
    _started: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _stopped: bool = field(default=False, init=False)

    def needs_upgrade(self) -> bool:
        """Whether `prepare` will migrate the database."""
        return not schema.is_current(self.database)

    def prepare(self) -> None:
        """Brings the database to this version's schema, and the course's rows in line with its index."""
        if self.needs_upgrade():
            schema.upgrade(self.database)
        for course in self.courses.values():
            course.reconcile()

    def start(self) -> None:
        """Starts the worker, the jobs and the schedule, without waiting for any. Idempotent."""
        with self._lock:
            if self._started or self._stopped:
                return
            self._started = True
            self.engine.start()
            self.queue.start()
            follow_zones(self.database, self.clock)
            self.scheduler.start()
            self.partner_vectors.start(self.courses.values())

    def stop(self) -> None:
        """Ends all of it, the last started first, and closes the database. Idempotent."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            if self._started:
                self.scheduler.stop()
                self.queue.halt()
                self.proposals.halt()
                self.partner_vectors.halt()
            # Between halt and stop: what the queue runs fails at once and is given back for the next start.
            self.engine.stop()
            if self._started:
                self.queue.stop()
                self.partner_vectors.stop()
            self.database.dispose()

    def wait_until(self, reached: Callable[[], bool], timeout: float = 60.0) -> bool:
        """Whether it is so within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not reached():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True


def pacing_of(settings: Settings) -> Pacing:
    """How reviews go on after the ladder."""
    return Pacing(settings.review.schedule, settings.review.retention, settings.review.longest_interval)


def wire(
    settings: Settings,
    clock: Clock | None = None,
    engine: Engine | None = None,
    patience: float = PATIENCE,
) -> App:
    """Puts the application together. Opens nothing but the database's pool, starts nothing.

    `patience`: seconds that an answer waits for the worker's vector of the question.
    """
    clock = clock or SystemClock()
    owner = process_owner()
    database = Database(settings.database_url)
    models = Models(engine_settings(settings))
    engine = engine or LocalEngine(engine_settings(settings), clock)
    encoder, partner = encoder_of(settings, engine, patience), partner_of(settings, engine, patience)
    partner_vectors = PartnerVectors(engine, partner)
    library = Library(settings.index_path, encoder, partner)
    outbox = Outbox(database, clock, owner)
    people = People(database, clock, settings.review.hour)
    linking = Linking(database, outbox, clock)
    keep = {"discord": settings.discord.keep_days, "slack": settings.slack.keep_days}
    spaces = Spaces(database, clock, {name: timedelta(days=days) for name, days in keep.items()})
    erasure = Erasure(database)
    erasure.on_forget(forget_conversation)
    ladder, pacing = Ladder.parse(settings.review.intervals), pacing_of(settings)
    judge = Judge(BundledEncoder().loaded)
    predictor = LocalPredictor(BundledEncoder().loaded, engine, models.on_disk)

    def course_of(name: str, title: str, folder: Path | None) -> Course:
        reviews = Reviews(database, library, outbox, clock, ladder, name, judge, pacing, predictor)
        return Course(
            database,
            library,
            reviews,
            clock,
            name=name,
            title=title,
            notes=folder,
            index=settings.index_path,
            own=settings.data_path / "notes" / name,
            reads=lambda identity: reads_index_of(encoder, identity),
        )

    notes = settings.notes
    known = {notes.course: course_of(notes.course, notes.title, notes.path)}
    known |= {name: course_of(name, one.title or name, one.path) for name, one in settings.courses.items()}
    course = known[notes.course]
    courses = Courses(database, clock)

    def refreshed(one: Course, session: Session, request: RefreshRequest, report: dict[str, Any]) -> None:
        one.refreshed(session, request, report)
        partner_vectors.add(one)

    runners: dict[str, Runner] = {
        "try": TryRunner(engine),
        "predict": PredictRunner(engine),
        "refresh": RefreshRunner(
            engine,
            lambda name: courses.get(name).reviews.sync_cards(),
            lambda session, request, report: refreshed(known[request.course], session, request, report),
        ),
    }
    proposals = proposals_of(settings, database, library, known.values(), clock, owner)
    runners[KIND] = proposals.runner()
    queue = JobQueue(database, outbox, clock, runners, owner)
    decks = {name: one.reviews.deck for name, one in known.items()}
    delivery = Delivery(database, decks, outbox, clock, settings.review.daily_cap)
    sessions = Sessions(database, decks, outbox, clock, settings.review.daily_cap)
    pauses = Pauses(database, outbox, clock)
    tidy = partial(_tidy, outbox, clock, (linking.prune, spaces.prune))
    groups = Groups(database, outbox, clock, lambda name: known[name].reviews if name in known else None)
    spaces.on_left(groups.stop_space)
    spaces.on_prune(groups.drop_space)
    others = (groups.watch, proposals.watch(queue))
    scheduler = Scheduler(partial(delivery.run, TURNS), delivery.next_due, tidy, clock, others)
    for one in known.values():
        courses.add(
            Services(
                database=database,
                library=library,
                people=people,
                linking=linking,
                reach=Reach(database, clock),
                erasure=erasure,
                exports=Exports(database, clock),
                spaces=spaces,
                reviews=one.reviews,
                sessions=sessions,
                misses=Misses(database),
                pauses=pauses,
                groups=groups,
                queue=queue,
                outbox=outbox,
                ladder=ladder,
                clock=clock,
                course=one.name,
                courses=courses,
                title=one.title,
                notes_path=one.notes_path,
                refresh_request=one.refresh_request,
                upload_folder=one.upload_folder,
                uploads_path=settings.data_path / "uploads" / one.name,
                rollback=one.rollback,
                tasks=TASKS,
                models=lambda: [each.name for each in models.listing()],
                encoder=encoder,
                planned=scheduler.wake,
            )
        )
    return App(
        settings=settings,
        clock=clock,
        database=database,
        encoder=encoder,
        partner=partner,
        partner_vectors=partner_vectors,
        library=library,
        engine=engine,
        models=models,
        outbox=outbox,
        people=people,
        reviews=course.reviews,
        delivery=delivery,
        groups=groups,
        queue=queue,
        scheduler=scheduler,
        course=course,
        courses=known,
        proposals=proposals,
        services=courses.default,
        core=Core(courses.default),
    )


def _tidy(outbox: Outbox, clock: Clock, others: Iterable[Callable[[], object]]) -> None:
    outbox.prune(clock.now() - KEPT)
    for prune in others:
        prune()
