"""A course with very many learners, laid into an empty database in bulk, for the benches of reviews."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text

from deploy.migrations.tables import DECLARED
from jobs.outbox import Outbox
from jobs.review.delivery import Delivery
from jobs.review.ladder import Ladder
from jobs.review.service import Reviews
from knowledge.library import Library
from knowledge.refresh import refresh
from knowledge.store import Base, Database
from tests.doubles.clock import FrozenClock

assert DECLARED
POSTGRES = os.environ.get("RECAP_TEST_POSTGRES", "postgresql+psycopg://root@127.0.0.1:5432/test")
COURSE, TOPICS = "course", 10
STUDIED, FRESH = "topic3.md", f"topic{TOPICS}.md"
"""A note that everybody has studied, and the one that nobody has."""
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
STEPS = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
_KEYS = ("1d", "3d", "1w", "1mo")
_SPREAD = 29 * 24
"""Hours before `NOW` over which people studied: each has something behind and something before them."""
_DUE = timedelta(hours=1)
"""What came due within this time before `NOW` still waits."""


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database with every table; on PostgreSQL a schema that is dropped at the end."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / 'recap.db'}"
        Base.metadata.create_all(create_engine(url))
        yield url
        return
    schema = f"recap_bench_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES)
    with admin.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        made = make_url(POSTGRES).update_query_dict({"options": f"-csearch_path={schema}"})
        url = made.render_as_string(hide_password=False)
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        engine.dispose()
        yield url
    finally:
        with admin.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        admin.dispose()


def shelve(folder: Path) -> Library:
    """A small course, indexed: ten notes that everybody studies and one that nobody has."""
    notes = folder / "notes"
    notes.mkdir()
    for number in range(TOPICS + 1):
        parts = "\n\n".join(
            f"## Part {part}\n\nPart {part} of topic {number} tells why the step {part} comes where it does, "
            f"and what would go wrong in topic {number} without it."
            for part in range(4)
        )
        asked = "\n".join(f"{part + 1}. What does part {part} of topic {number} tell?" for part in range(4))
        text = f"# Topic {number}\n\n{parts}\n\n## Quiz\n\n{asked}\n"
        (notes / f"topic{number}.md").write_text(text, encoding="utf-8")
    refresh(COURSE, notes, folder / "index", None, FrozenClock(NOW))
    return Library(folder / "index")


def loop(database: Database, library: Library) -> tuple[Reviews, Delivery, Outbox]:
    """The review loop as it is wired, with the cards of every note written."""
    clock = FrozenClock(NOW)
    outbox = Outbox(database, clock, "bench")
    reviews = Reviews(database, library, outbox, clock, Ladder.parse(",".join(_KEYS)), COURSE)
    for number in range(TOPICS):
        reviews.prepare(f"topic{number}.md")
    return reviews, Delivery(database, {COURSE: reviews.deck}, outbox, clock, daily_cap=20), outbox


def fill(database: Database, learners: int) -> int:
    """Learners with ten topics each, of which some is behind them; tells how many reviews are due."""
    early = NOW - timedelta(days=60)
    people = range(1, learners + 1)
    common = ("UTC", 18, "en", early)
    _load(database, "courses", ("id", "title", "notes_path", "created_at"), [(COURSE, "Course", "", early)])
    _load(
        database,
        "learners",
        ("id", "name", "zone", "review_hour", "locale", "created_at"),
        ((one, f"L{one}", *common) for one in people),
    )
    _load(
        database,
        "accounts",
        ("learner_id", "platform", "external_id", "place", "seen_at"),
        ((one, "web", f"e{one}", f"page{one}", early) for one in people),
    )
    _load(
        database,
        "studies",
        ("id", "learner_id", "course_id", "note", "title", "state", "ladder", "studied_at", "day"),
        (
            (
                study,
                one,
                COURSE,
                f"topic{topic}.md",
                f"Topic {topic}",
                "active",
                ",".join(_KEYS),
                begun,
                begun.date(),
            )
            for one in people
            for topic in range(TOPICS)
            for study in [(one - 1) * TOPICS + topic + 1]
            for begun in [_begun(study)]
        ),
    )
    due = 0

    def rungs() -> Iterator[tuple[Any, ...]]:
        nonlocal due
        for study in range(1, learners * TOPICS + 1):
            learner = (study - 1) // TOPICS + 1
            for step, length in enumerate(STEPS):
                moment = _begun(study) + length
                past = moment <= NOW - _DUE
                due += not past and moment <= NOW
                asked = moment if past else None
                state = "answered" if past else "waiting"
                planned = (_KEYS[step], moment.date(), moment)
                yield study, learner, step, 0, *planned, state, False, asked

    columns = ("study_id", "learner_id", "step", "repeat", "interval", "day", "due_at", "state", "late")
    _load(database, "reviews", (*columns, "asked_at"), rungs())
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("learners", "studies"):
                last = text(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608
                connection.execute(last)
            connection.commit()
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return due


def _begun(study: int) -> datetime:
    """When a study began: spread evenly, each at a minute of its own."""
    minutes = study * 7919 % (_SPREAD * 60)
    return NOW - timedelta(minutes=minutes)


def _load(database: Database, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    connection = database.engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        if database.engine.dialect.name == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.execute("BEGIN IMMEDIATE")
            places = ", ".join("?" * len(columns))
            source = map(_as_sqlite, rows)
            while chunk := list(islice(source, 50_000)):
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", chunk)  # noqa: S608
        connection.commit()
    finally:
        connection.close()


def _as_sqlite(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Moments and days as SQLAlchemy writes them there."""
    return tuple(_text_of(one) if isinstance(one, date) else one for one in row)


def _text_of(moment: date) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"
