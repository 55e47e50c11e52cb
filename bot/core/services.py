"""What the handlers work with: values and objects from the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.engine.protocol import EngineStatus
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from jobs.engine.catalog import TaskInfo
    from jobs.groups.service import Groups
    from jobs.people import People
    from jobs.queue import JobQueue
    from jobs.review.ladder import Ladder
    from jobs.review.service import Reviews
    from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person may ask for."""

    text: int = 8_000
    """Characters of one input."""
    waiting_jobs: int = 3
    """Jobs of one person not yet finished."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may use."""

    database: Database
    library: Library
    people: People
    reviews: Reviews
    groups: Groups
    queue: JobQueue
    ladder: Ladder
    clock: Clock
    course: str
    notes_path: Callable[[], Path]
    """The folder that the course is indexed from."""
    refresh_request: Callable[[], dict[str, Any]]
    """What a refresh job is to do."""
    rollback: Callable[[], str]
    """Makes the generation before the current one, with its sources and cards; tells its id."""
    tasks: Mapping[str, TaskInfo]
    models: Callable[[], Sequence[str]]
    """Names that complete `model:`."""
    engine_status: Callable[[], EngineStatus]
    planned: Callable[[], None]
    """Tells the schedule that a review was planned or moved."""
    limits: Limits = field(default=Limits())
