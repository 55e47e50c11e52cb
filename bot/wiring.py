"""The composition root: settings in, a wired application out. Nothing starts before `start`."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot import database as schema
from bot.config import Settings
from bot.core.core import Core
from bot.core.services import Services
from bot.course import Course
from jobs.engine.catalog import TASKS
from jobs.engine.encoder import EngineEncoder
from jobs.engine.local import EngineSettings, LocalEngine
from jobs.engine.models import Models
from jobs.engine.protocol import Engine
from jobs.groups.service import Groups
from jobs.outbox import Outbox
from jobs.owner import process_owner
from jobs.people import People
from jobs.queue import JobQueue, Runner
from jobs.review.ladder import Ladder
from jobs.review.service import Reviews
from jobs.runners import RefreshRunner, TryRunner
from jobs.scheduler import Scheduler
from knowledge.clock import Clock, SystemClock
from knowledge.library import Library
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.platforms.web.options import WebOptions

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long messages that were sent are kept in the outbox."""


@dataclass
class App:
    """Everything of one process, wired. `prepare`, then `start`, at the end `stop`."""

    settings: Settings
    clock: Clock
    database: Database
    library: Library
    engine: Engine
    models: Models
    outbox: Outbox
    people: People
    reviews: Reviews
    groups: Groups
    queue: JobQueue
    scheduler: Scheduler
    course: Course
    services: Services
    core: Core
    _started: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _stopped: bool = field(default=False, init=False)

    def needs_upgrade(self) -> bool:
        """Whether `prepare` will migrate the database."""
        return not schema.is_current(self.database)

    def prepare(self) -> None:
        """Brings the database to this version's schema and the course's rows in line with its index."""
        if self.needs_upgrade():
            schema.upgrade(self.database)
        self.course.reconcile()

    def start(self) -> None:
        """Starts the worker, the jobs and the schedule, without waiting for any. Idempotent."""
        with self._lock:
            if self._started or self._stopped:
                return
            self._started = True
            self.engine.start()
            self.queue.start()
            self.scheduler.start()

    def stop(self) -> None:
        """Ends all of it, the last started first, and closes the database. Idempotent."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            if self._started:
                self.scheduler.stop()
                self.queue.halt()
            # Between halt and stop: what the queue runs fails at once and is given back for the next start.
            self.engine.stop()
            if self._started:
                self.queue.stop()
            self.database.dispose()

    def wait_ready(self, timeout: float = 60.0) -> bool:
        """Whether the worker has loaded its encoder within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while self.engine.status().state not in ("ready", "busy"):
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
        return True


def wire(settings: Settings, clock: Clock | None = None, engine: Engine | None = None) -> App:
    """Puts the application together. Opens nothing but the database's pool, starts nothing."""
    clock = clock or SystemClock()
    owner = process_owner()
    database = Database(settings.database_url)
    models = Models(engine_settings(settings))
    engine = engine or LocalEngine(engine_settings(settings), clock)
    library = Library(settings.index_path, EngineEncoder(engine))
    outbox = Outbox(database, clock, owner)
    people = People(database, clock, settings.review.hour)
    ladder = Ladder.parse(settings.review.intervals)
    reviews = Reviews(
        database, library, outbox, clock, ladder, settings.notes.course, settings.review.daily_cap
    )
    course = Course(
        database,
        library,
        reviews,
        clock,
        name=settings.notes.course,
        title=settings.notes.title,
        notes=settings.notes.path,
        index=settings.index_path,
    )
    runners: dict[str, Runner] = {
        "try": TryRunner(engine),
        "refresh": RefreshRunner(engine, reviews.sync_cards, course.refreshed),
    }
    queue = JobQueue(database, outbox, clock, runners, owner)
    groups = Groups(database, outbox, clock, {settings.notes.course: reviews}.get)
    tidy = partial(_tidy, outbox, clock)
    scheduler = Scheduler(reviews.deliver_due, reviews.next_due, tidy, clock, (groups.watch,))
    services = Services(
        database=database,
        library=library,
        people=people,
        reviews=reviews,
        groups=groups,
        queue=queue,
        ladder=ladder,
        clock=clock,
        course=settings.notes.course,
        notes_path=course.notes_path,
        refresh_request=course.refresh_request,
        rollback=course.rollback,
        tasks=TASKS,
        models=lambda: [one.name for one in models.listing()],
        engine_status=engine.status,
        planned=scheduler.wake,
    )
    return App(
        settings=settings,
        clock=clock,
        database=database,
        library=library,
        engine=engine,
        models=models,
        outbox=outbox,
        people=people,
        reviews=reviews,
        groups=groups,
        queue=queue,
        scheduler=scheduler,
        course=course,
        services=services,
        core=Core(services),
    )


def engine_settings(settings: Settings) -> EngineSettings:
    """The engine's share of the settings."""
    return EngineSettings(
        models_path=settings.models_path,
        device=settings.engine.device,
        offline=settings.engine.offline,
        allowed_models=settings.engine.allowed,
        task_timeout=settings.engine.task_timeout,
        threads=settings.engine.threads,
    )


def web_options(app: App) -> WebOptions:
    """The web chat's share of the settings."""
    from bot.platforms.web.options import WebOptions

    web = app.settings.web
    return WebOptions(
        host=web.host,
        port=web.port,
        token=web.token.get_secret_value() if web.token else None,
        admin_token=web.admin_token.get_secret_value() if web.admin_token else None,
        hosts=web.names,
        course=app.course.title(),
    )


def _tidy(outbox: Outbox, clock: Clock) -> None:
    outbox.prune(clock.now() - KEPT)
