"""Log what schedules follow from: ladders, local days; and the rules that zones had.

What was studied and answered before gets the days that the reviews which still wait tell of; where none
does, the local day in the zone that the learner has now.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op
from dateutil.relativedelta import relativedelta

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_DAYS = {"d": "days", "w": "weeks", "mo": "months"}
_BATCH = 500


def upgrade() -> None:
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ladder", sa.String(length=500), server_default="", nullable=False))
        batch_op.add_column(sa.Column("resumed_day", sa.Date(), nullable=True))
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.add_column(sa.Column("day", sa.Date(), nullable=True))
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_day", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("rated_day", sa.Date(), nullable=True))
    op.create_table(
        "zones",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_zones")),
    )
    _fill(op.get_bind())
    with op.batch_alter_table("studies", schema=None) as batch_op:
        batch_op.alter_column("day", existing_type=sa.Date(), nullable=False)
        batch_op.alter_column("ladder", existing_type=sa.String(length=500), server_default=None)


def downgrade() -> None:
    op.drop_table("zones")
    for table, columns in (
        ("attempts", ("rated_day", "answered_day")),
        ("reviews", ("day",)),
        ("studies", ("resumed_day", "ladder", "day")),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)


def _fill(connection: sa.Connection) -> None:
    moment = sa.DateTime(timezone=True)
    learners = sa.table(
        "learners", *(sa.column(name) for name in ("id", "zone", "review_hour", "quiet_start", "quiet_end"))
    )
    studies = sa.table(
        "studies",
        *(sa.column(name) for name in ("id", "learner_id", "ladder")),
        sa.column("day", sa.Date()),
        sa.column("studied_at", moment),
    )
    reviews = sa.table(
        "reviews",
        *(sa.column(name) for name in ("id", "study_id", "step", "repeat", "interval", "state")),
        sa.column("day", sa.Date()),
        sa.column("due_at", moment),
    )
    attempts = sa.table(
        "attempts",
        *(sa.column(name) for name in ("id", "learner_id", "review_id")),
        *(sa.column(name, moment) for name in ("answered_at", "rated_at")),
        *(sa.column(name, sa.Date()) for name in ("answered_day", "rated_day")),
    )
    rhythms = {row.id: row for row in connection.execute(sa.select(learners))}
    last = -1
    while rows := connection.execute(
        sa.select(studies).where(studies.c.id > last).order_by(studies.c.id).limit(_BATCH)
    ).all():
        last = rows[-1].id
        for study in rows:
            rhythm = rhythms[study.learner_id]
            mine = connection.execute(
                sa.select(reviews).where(reviews.c.study_id == study.id).order_by(reviews.c.step)
            ).all()
            planned = {one.id: _planned(one, rhythm) for one in mine if _span(one.interval)}
            for one in mine:
                if one.id in planned:
                    _set(connection, reviews, one.id, day=planned[one.id])
            steps = [one for one in mine if one.repeat == 0 and one.step >= 0]
            ladder = ",".join(one.interval for one in steps)
            _set(connection, studies, study.id, day=_studied(study, steps, planned, rhythm), ladder=ladder)
            _log_days(connection, attempts, mine, planned, rhythm)


def _log_days(
    connection: sa.Connection, attempts: Any, mine: Any, planned: dict[int, date], rhythm: Any
) -> None:
    repeats = {(one.step, one.repeat): planned.get(one.id) for one in mine if one.state == "waiting"}
    places = {one.id: (one.step, one.repeat) for one in mine}
    for one in connection.execute(
        sa.select(attempts).where(attempts.c.review_id.in_(list(places)), attempts.c.answered_at.is_not(None))
    ).all():
        step, repeat = places[one.review_id]
        tomorrow = repeats.get((step, repeat + 1))
        rated = _local(one.rated_at, rhythm.zone) if one.rated_at else None
        if tomorrow and rated:
            rated = tomorrow - timedelta(days=1)
        _set(
            connection,
            attempts,
            one.id,
            answered_day=_local(one.answered_at, rhythm.zone),
            rated_day=rated,
        )


def _studied(study: Any, steps: Any, planned: dict[int, date], rhythm: Any) -> date:
    """The local day, or one beside it, from which most steps lie as far as they are planned."""
    told = _local(study.studied_at, rhythm.zone)
    waiting = [one for one in steps if one.state == "waiting" and one.id in planned]

    def fitting(day: date) -> int:
        return sum(day + (_span(one.interval) or relativedelta()) == planned[one.id] for one in waiting)

    beside = [told, told - timedelta(days=1), told + timedelta(days=1)]
    return max(beside, key=fitting)


def _planned(review: Any, rhythm: Any) -> date:
    """The day that a review was planned for: quiet hours over midnight may have put it off to the next."""
    local = _utc(review.due_at).astimezone(_zone(rhythm.zone))
    start, end = rhythm.quiet_start, rhythm.quiet_end
    over = start is not None and end is not None and start > end
    if over and rhythm.review_hour >= start and local.hour == end:
        return local.date() - timedelta(days=1)
    return local.date()


def _span(interval: str) -> relativedelta | None:
    """None below a day."""
    amount = interval.rstrip("smhdwo")
    unit = interval[len(amount) :]
    return relativedelta(**{_DAYS[unit]: int(amount)}) if unit in _DAYS else None  # type: ignore[arg-type]


def _local(moment: datetime, zone: str) -> date:
    return _utc(moment).astimezone(_zone(zone)).date()


def _utc(moment: datetime) -> datetime:
    """SQLite gives moments without a zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return ZoneInfo("UTC")


def _set(connection: sa.Connection, table: Any, id_: int, **values: Any) -> None:
    connection.execute(sa.update(table).where(table.c.id == id_).values(**values))
