"""What the handlers work with: values and objects from the composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.core.courses import Courses
    from jobs.engine.catalog import TaskInfo
    from jobs.engine.encoder import EngineEncoder
    from jobs.erasure import Erasure
    from jobs.groups.service import Groups
    from jobs.linking.service import Linking
    from jobs.outbox import Outbox
    from jobs.people import People
    from jobs.portable.service import Exports
    from jobs.queue import JobQueue
    from jobs.reach import Reach
    from jobs.review.ladder import Ladder
    from jobs.review.misses import Misses
    from jobs.review.pauses import Pauses
    from jobs.review.service import Reviews
    from jobs.review.sessions import Sessions
    from jobs.spaces import Spaces
    from knowledge.encoder.bundled import BundledEncoder
    from knowledge.library import Library


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person may ask for."""

    text: int = 8_000
    """Characters of one input."""
    waiting_jobs: int = 3
    """Jobs of one person not yet finished."""
    upload_files: int = 20
    """Files of one upload."""
    upload_bytes: int = 25 * 2**20
    """Bytes of one upload."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a handler may use, in one course."""

    database: Database
    library: Library
    people: People
    linking: Linking
    reach: Reach
    erasure: Erasure
    exports: Exports
    spaces: Spaces
    reviews: Reviews
    sessions: Sessions
    misses: Misses
    pauses: Pauses
    groups: Groups
    queue: JobQueue
    outbox: Outbox
    ladder: Ladder
    clock: Clock
    course: str
    courses: Courses
    """All courses of this process, this one among them."""
    title: Callable[[], str]
    """The course's title, for people."""
    notes_path: Callable[[], Path]
    """The folder that the course is indexed from."""
    refresh_request: Callable[[Path | None], dict[str, Any]]
    """What a refresh job is to do; given a folder, that one becomes the course's."""
    upload_folder: Callable[[], tuple[Path, bool]]
    """Where notes that are uploaded go, and whether that is a new folder in the sample course's place."""
    uploads_path: Path
    """Where what uploads replaced is kept."""
    rollback: Callable[[], str]
    """Makes the generation before the current one, with its sources and cards; tells its id."""
    tasks: Mapping[str, TaskInfo]
    models: Callable[[], Sequence[str]]
    """Names that complete `model:`."""
    encoder: BundledEncoder | EngineEncoder | None
    """What reads questions for meaning, if anything does."""
    planned: Callable[[], None]
    """Tells the schedule that a review was planned or moved."""
    limits: Limits = field(default=Limits())
