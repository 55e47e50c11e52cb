"""Servers and workspaces that Recap is in: joining, leaving, and what stays behind.

Who keeps something for a server listens: `on_left` stops it, `on_joined` takes it up again, `on_prune`
deletes it. Listeners run in the transaction that marks the server, so that both happen or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.bindings import CoursePlaceRow
from jobs.people_tables import ReviewPlaceRow, SpaceRow
from knowledge.clock import Clock
from knowledge.store import Database, insert

KEPT = timedelta(days=30)
"""How long what belongs to a server is kept on a platform that has no setting for it."""
Listener = Callable[[Session, str, str], None]
"""Called with the session, the platform and the server's place."""


class Spaces:
    """The servers of one database. Thread-safe; any number of processes may tell the same news."""

    def __init__(
        self, database: Database, clock: Clock, keep: Mapping[str, timedelta], otherwise: timedelta = KEPT
    ) -> None:
        """`keep`: how long what belongs to a server is kept after Recap left it, by platform."""
        self._database = database
        self._clock = clock
        self._keep = keep
        self._otherwise = otherwise
        self._joined: list[Listener] = [destinations.open_space]
        self._left: list[Listener] = [self._close]
        self._pruned: list[Listener] = [_drop_review_places, _drop_course_places]

    def on_joined(self, listener: Listener) -> None:
        """Recap is in a server, for the first time or again."""
        self._joined.append(listener)

    def on_left(self, listener: Listener) -> None:
        """Recap was put out of a server: its schedule stops."""
        self._left.append(listener)

    def on_prune(self, listener: Listener) -> None:
        """What belonged to that server alone is deleted."""
        self._pruned.append(listener)

    def joined(self, platform: str, place: str, title: str, greet: Listener | None = None) -> bool:
        """Recap is in that server. True, for one caller only: the first time, or again after leaving.

        `greet` is called in that case within the transaction, to queue a greeting that a crash can't lose.
        """
        now = self._clock.now()
        values = {"platform": platform, "place": place, "title": title[:200], "joined_at": now}
        with self._database.session() as session:
            statement = insert(session, SpaceRow).values(**values)
            news = session.scalar(
                statement.on_conflict_do_update(
                    index_elements=["platform", "place"],
                    set_={"title": title[:200], "joined_at": now, "left_at": None},
                    where=SpaceRow.left_at.is_not(None),
                ).returning(SpaceRow.place)
            )
            if news is None:
                named = update(SpaceRow).where(_this(platform, place), SpaceRow.title != title[:200])
                session.execute(named.values(title=title[:200]))
                return False
            for listener in (*self._joined, *([greet] if greet else ())):
                listener(session, platform, place)
            return True

    def left(self, platform: str, place: str) -> bool:
        """Recap is in that server no more: what is scheduled there stops. True for one caller only."""
        with self._database.session() as session:
            row = session.scalar(
                select(SpaceRow).where(_this(platform, place), SpaceRow.left_at.is_(None)).with_for_update()
            )
            if row is None:
                return False
            row.left_at = self._clock.now()
            session.flush()
            for listener in self._left:
                listener(session, platform, place)
            return True

    def present(self, platform: str) -> list[str]:
        """The servers that Recap is in, as far as it was told."""
        with self._database.session() as session:
            query = select(SpaceRow.place).where(SpaceRow.platform == platform, SpaceRow.left_at.is_(None))
            return list(session.scalars(query.order_by(SpaceRow.place)))

    def prune(self) -> int:
        """Deletes what belonged to servers left longer ago than it is kept; tells how many servers."""
        now = self._clock.now()
        with self._database.session() as session:
            left = session.scalars(
                select(SpaceRow).where(SpaceRow.left_at.is_not(None)).with_for_update(skip_locked=True)
            ).all()
            over = [row for row in left if row.left_at and row.left_at < now - self._kept(row.platform)]
            for row in over:
                for listener in self._pruned:
                    listener(session, row.platform, row.place)
                session.delete(row)
            return len(over)

    def _kept(self, platform: str) -> timedelta:
        return self._keep.get(platform, self._otherwise)

    def _close(self, session: Session, platform: str, place: str) -> None:
        destinations.close_space(session, platform, place, self._clock.now())


def _this(platform: str, place: str) -> ColumnElement[bool]:
    return and_(SpaceRow.platform == platform, SpaceRow.place == place)


def _drop_review_places(session: Session, platform: str, space: str) -> None:
    session.execute(
        delete(ReviewPlaceRow).where(
            ReviewPlaceRow.platform == platform,
            or_(ReviewPlaceRow.space == space, ReviewPlaceRow.place == space),
        )
    )


def _drop_course_places(session: Session, platform: str, space: str) -> None:
    session.execute(
        delete(CoursePlaceRow).where(
            CoursePlaceRow.platform == platform,
            or_(CoursePlaceRow.space == space, CoursePlaceRow.place == space),
        )
    )
