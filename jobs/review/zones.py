"""A zone's rules change: reviews keep their local hour.

Due moments are computed when reviews are planned, by the rules that the zone had then. A newer time zone
database (of the system, or of the package tzdata) is only read by a process that starts with it; at the
start, therefore, the offsets of every zone that a learner lives in are compared with those that the due
moments were computed with, and where they differ the reviews of these learners move.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from jobs.errors import LearnerError
from jobs.people import lock_learner, zone_info
from jobs.review.schedule import move_reviews
from jobs.tables import LearnerRow
from knowledge.clock import Clock
from knowledge.store import Base, Database, insert

log = logging.getLogger(__name__)

AHEAD: Final = 11 * 366
"""Days from `since` on that are compared: no interval is longer than ten years, and one may pass till the
next look."""
_RENEWED: Final = timedelta(days=365)
_STEP: Final = timedelta(days=7)
"""The clocks of no zone are changed and changed back within a week."""


class ZoneRow(Base):
    """The rules of a zone by which due moments were computed last."""

    __tablename__ = "zones"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[date]
    """The first of the days that `rules` tells of."""
    rules: Mapped[str] = mapped_column(String(64))
    """What `rules_of` tells from that day on."""


def rules_of(zone: ZoneInfo, since: date, days: int = AHEAD) -> str:
    """A hash of the zone's offsets and of the moments at which they change, in the days from `since` on."""
    told = [f"{moment.isoformat()} {offset}" for moment, offset in _offsets(zone, since, days)]
    return sha256("\n".join(told).encode()).hexdigest()


def follow_zones(database: Database, clock: Clock) -> int:
    """Moves the reviews of learners whose zone has other rules than it had; tells how many moved.

    One short transaction for each learner concerned; any number of processes may do it at once, and one
    that is cut off is made good by the next start. A zone that is met for the first time is noted only.
    """
    today = clock.now().date()
    with database.session() as session:
        names = set(session.scalars(select(LearnerRow.zone).distinct()))
        known = {row.name: (row.since, row.rules) for row in session.scalars(select(ZoneRow))}
    moved = 0
    for name in sorted(names):
        try:
            zone = zone_info(name)
        except LearnerError:
            continue  # told where its reviews can't be delivered
        since, rules = known.get(name, (today, ""))
        now = rules_of(zone, since)
        if rules and rules != now:
            count = _move(database, name)
            moved += count
            log.warning("the zone %s has new rules: %d reviews moved", name, count)
        if rules != now or today - since > _RENEWED:
            _note(database, name, today, rules_of(zone, today))
    return moved


def _move(database: Database, zone: str) -> int:
    with database.session() as session:
        learners = session.scalars(select(LearnerRow.id).where(LearnerRow.zone == zone)).all()
    moved = 0
    for learner_id in learners:
        with database.session() as session:
            try:
                learner = lock_learner(session, learner_id)
            except LearnerError:
                continue  # forgotten or linked to another one meanwhile
            moved += move_reviews(session, learner_id, learner)
    return moved


def _note(database: Database, name: str, since: date, rules: str) -> None:
    values = {"since": since, "rules": rules}
    with database.session() as session:
        session.execute(
            insert(session, ZoneRow)
            .values(name=name, **values)
            .on_conflict_do_update(index_elements=["name"], set_=values)
        )


def _offsets(zone: ZoneInfo, since: date, days: int) -> Iterator[tuple[datetime, timedelta | None]]:
    moment = datetime.combine(since, time(), UTC)
    end = moment + timedelta(days=days)
    offset = moment.astimezone(zone).utcoffset()
    yield moment, offset
    while moment < end:
        later = moment + _STEP
        if later.astimezone(zone).utcoffset() != offset:
            moment = _change(zone, moment, later)
            offset = moment.astimezone(zone).utcoffset()
            yield moment, offset
        else:
            moment = later


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first moment after `low`, to the second, that has not its offset; `high` is one."""
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high
