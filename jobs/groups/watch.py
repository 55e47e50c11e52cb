"""What happens in study groups by itself: the scheduler runs it at the next due moment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from jobs.groups import rounds
from jobs.groups.picking import Picking
from jobs.groups.tables import AnswerRow, GroupRow, RoundRow
from jobs.groups.views import members_of, message_of, question_key, reveal_key, timetable
from jobs.outbox import Outbox
from jobs.review.delivery import RECOVERY
from jobs.review.schedule import LATE_DAYS
from jobs.review.service import Reviews
from knowledge.clock import Clock
from knowledge.errors import RecapError
from knowledge.store import Database

log = logging.getLogger(__name__)

ELSEWHERE = timedelta(hours=1)
"""How long a group or an answer waits whose course isn't served here, for a process that serves it."""
_AT_ONCE = 100
"""Rows of one kind that one run looks at."""


class Watch:
    """Asks, tells, closes and grades what is due. Any number of processes may run it at once."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        courses: Callable[[str], Reviews | None],
        picking: Picking,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._courses = courses
        self._picking = picking

    def run(self) -> int:
        """Does what is due now; tells how many rounds were asked or closed."""
        now = self._clock.now()
        closed = sum(self._guarded(self._close, one) for one in self._due(_closing(now)))
        asked = sum(self._guarded(self._ask, one) for one in self._due(_asking(now)))
        for one in self._due(_grading(now)):
            self._guarded(self.grade, one)
        for one, at in self._news():
            if at <= now:
                self._guarded(self._tell, one)
        return closed + asked

    def next_due(self) -> datetime | None:
        """When `run` will have something to do; in the past if it has already."""
        with self._database.session() as session:
            moments = [
                session.scalar(select(func.min(GroupRow.next_at)).where(GroupRow.held_until.is_(None))),
                session.scalar(select(func.min(GroupRow.held_until)).where(GroupRow.next_at.is_not(None))),
                session.scalar(select(func.min(RoundRow.closes_at)).where(RoundRow.state == "open")),
                session.scalar(select(func.min(AnswerRow.grade_at))),
            ]
        moments += [at for _, at in self._news()]
        return min((moment for moment in moments if moment is not None), default=None)

    def grade(self, answer_id: int) -> bool:
        """Does what an answer means for its learner's own schedule (`jobs.review.meeting`), once."""
        with self._database.session() as session:
            answer = session.get(AnswerRow, answer_id)
            if answer is None or answer.grade_at is None:
                return False
            row = session.get_one(RoundRow, answer.round_id)
            group = session.get_one(GroupRow, row.group_id)
            member = answer.learner_id in members_of(session, group.id)
            attempt_id, learner_id, course = answer.attempt_id, answer.learner_id, group.course_id
            number = row.id
        reviews = self._courses(course)
        if reviews is not None:
            reviews.met(attempt_id, learner_id, number, member)
        with self._database.session() as session:
            done = session.get(AnswerRow, answer_id)
            if done is not None:
                done.grade_at = None if reviews is not None else self._clock.now() + ELSEWHERE
        return reviews is not None

    def _ask(self, group_id: int) -> bool:
        now = self._clock.now()
        with self._database.session() as session:
            row = session.get(GroupRow, group_id)
            if row is not None and self._courses(row.course_id) is None:
                row.held_until = now + ELSEWHERE
                return False
            wanted = row is not None and rounds.planned(row, now) is not None
        card_id = self._picking.pick(group_id) if wanted else None
        with self._database.session() as session:
            group = session.scalar(
                select(GroupRow)
                .where(GroupRow.id == group_id, GroupRow.next_at <= now, GroupRow.state == "active")
                .with_for_update(key_share=True, skip_locked=True)
                .execution_options(populate_existing=True)
            )
            if group is None or group.next_at is None:  # another process was at it
                return False
            slot = rounds.planned(group, now)
            group.next_at, group.held_until = timetable(group).after(now), None
            if rounds.refused_too_often(session, group.id):
                group.state, group.next_at = "stopped", None
                log.warning("group %s stopped: its channel refuses what it is asked", group.id)
                return False
            if slot is None or card_id is None:
                log.info("group %s is not asked: %s", group.id, "missed" if slot is None else "no card")
                return False
            late = now - slot > LATE_DAYS
            return rounds.ask(session, self._outbox, group, card_id, slot.isoformat(), late, now) is not None

    def _close(self, round_id: int) -> bool:
        now = self._clock.now()
        with self._database.session() as session:
            row = _locked(session, round_id) if _locked_group(session, round_id) else None
            if row is None or row.state != "open" or row.closes_at > now:
                return False
            rounds.close(session, self._outbox, row, now)
            return True

    def _tell(self, round_id: int) -> bool:
        with self._database.session() as session:
            row = _locked(session, round_id)
            return (
                row is not None
                and row.news > row.told
                and rounds.tell(session, self._outbox, row, self._clock.now())
            )

    def _news(self) -> list[tuple[int, datetime]]:
        """Rounds whose message shows less than there is, and when it may be edited."""
        with self._database.session() as session:
            rows = session.scalars(
                select(RoundRow).where(RoundRow.news > RoundRow.told).order_by(RoundRow.id).limit(_AT_ONCE)
            ).all()
            return [
                (row.id, row.told_at + rounds.EDIT_EVERY if row.told_at else row.asked_at)
                for row in rows
                if _is_out(session, row)
            ]

    def _due(self, query: Select[int]) -> list[int]:
        with self._database.session() as session:
            return list(session.scalars(query.limit(_AT_ONCE)))

    def _guarded(self, act: Callable[[int], bool], number: int) -> bool:
        """One broken row must not keep the others waiting, nor be tried at once and for ever."""
        try:
            return act(number)
        except RecapError as error:
            log.warning("%s of %s has to wait: %s", act.__name__.strip("_"), number, error)
        except Exception:
            log.exception("%s of %s failed", act.__name__.strip("_"), number)
        self._hold(act, number)
        return False

    def _hold(self, act: Callable[[int], bool], number: int) -> None:
        later = self._clock.now() + RECOVERY
        with self._database.session() as session:
            if act == self._ask and (group := session.get(GroupRow, number)):
                group.held_until = later
            elif act == self._close and (row := session.get(RoundRow, number)):
                row.closes_at = later
            elif act == self._tell and (row := session.get(RoundRow, number)):
                row.told_at = later
            elif act == self.grade and (answer := session.get(AnswerRow, number)):
                answer.grade_at = later


def _asking(now: datetime) -> Select[int]:
    return (
        select(GroupRow.id)
        .where(
            GroupRow.state == "active",
            GroupRow.next_at <= now,
            or_(GroupRow.held_until.is_(None), GroupRow.held_until <= now),
        )
        .order_by(GroupRow.next_at, GroupRow.id)
    )


def _closing(now: datetime) -> Select[int]:
    due = select(RoundRow.id).where(RoundRow.state == "open", RoundRow.closes_at <= now)
    return due.order_by(RoundRow.closes_at, RoundRow.id)


def _grading(now: datetime) -> Select[int]:
    return select(AnswerRow.id).where(AnswerRow.grade_at <= now).order_by(AnswerRow.grade_at, AnswerRow.id)


def _locked_group(session: Session, round_id: int) -> GroupRow | None:
    of_round = select(RoundRow.group_id).where(RoundRow.id == round_id).scalar_subquery()
    return session.scalar(
        select(GroupRow)
        .where(GroupRow.id == of_round)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _locked(session: Session, round_id: int) -> RoundRow | None:
    return session.scalar(
        select(RoundRow)
        .where(RoundRow.id == round_id)
        .with_for_update(key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
    )


def _is_out(session: Session, row: RoundRow) -> bool:
    """Whether the message that shows the round can be edited, or never will be."""
    state, ref = message_of(session, question_key(row.id) if row.state == "open" else reveal_key(row.id))
    return ref is not None or state not in ("waiting", "sending")
