"""Why late reviews came late: what held each of them, from the plan, the habits and the rows.

A review that waits for its learner, for the morning, for its turn within the daily cap or for the end of a
pause breaks no promise, nor does one that became due while the server was off. Each moment between due and
arrival is held against these reasons; what none of them explains is a fault.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.review.hours import at_hour
from jobs.review.schedule import next_day
from jobs.review.session_tables import ReviewSessionRow, SessionItemRow
from jobs.simulation.loop import Person
from jobs.simulation.plan import Plan
from jobs.tables import AttemptRow, ReviewRow

Reason = Literal["downtime", "paused", "answer", "share", "quiet"]
REASONS: Final[tuple[Reason, ...]] = ("downtime", "paused", "answer", "share", "quiet")
"""Where several hold a review at one moment, the first of them counts."""
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Delay:
    """The late reviews that one reason held longer than any other did."""

    reason: Reason
    reviews: int
    longest: float
    """Hours from due to arrival, at the most."""


@dataclass(frozen=True, slots=True)
class Late:
    """A review that came late."""

    review: ReviewRow
    person: Person
    at: datetime
    """When the message came that asked it."""


class Delays:
    """What the rows tell of sessions, answers and full days; read once."""

    def __init__(self, session: Session, plan: Plan, persons: dict[int, Person]) -> None:
        self._plan = plan
        self._sessions: defaultdict[int, list[ReviewSessionRow]] = defaultdict(list)
        """By the learner, those that came by themselves, in their order."""
        self._items: defaultdict[int, set[int]] = defaultdict(set)
        self._answers: defaultdict[int, list[datetime]] = defaultdict(list)
        """By the learner, when something was answered that a session had announced."""
        self._days: defaultdict[tuple[int, date], set[int]] = defaultdict(set)
        """By the learner and their local day, the reviews that were asked or announced then."""
        self._asked: Counter[tuple[int, date]] = Counter()
        """The same, how many questions were put; some of them belong to no review any more."""
        for one in session.scalars(select(ReviewSessionRow).order_by(ReviewSessionRow.id)):
            if one.unasked:
                self._sessions[one.learner_id].append(one)
        for item in session.scalars(select(SessionItemRow)):
            self._items[item.session_id].add(item.review_id)
        for learner, mine in self._sessions.items():
            for one in mine:
                day = one.begun_at.astimezone(persons[learner].habits.tz).date()
                self._days[learner, day] |= self._items[one.id]
        asked = select(ReviewRow.id, ReviewRow.learner_id, ReviewRow.asked_at)
        for review, learner, at in session.execute(asked.where(ReviewRow.asked_at.is_not(None))):
            assert at is not None  # noqa: S101 - as the query says
            self._days[learner, at.astimezone(persons[learner].habits.tz).date()].add(review)
        announced = {review for items in self._items.values() for review in items}
        for attempt in session.scalars(select(AttemptRow).order_by(AttemptRow.answered_at)):
            learner = attempt.learner_id
            self._asked[learner, attempt.asked_at.astimezone(persons[learner].habits.tz).date()] += 1
            if attempt.answered_at is not None and attempt.review_id in announced:
                self._answers[learner].append(attempt.answered_at)

    def of(self, late: Iterable[Late], allowed: timedelta) -> tuple[tuple[Delay, ...], int]:
        """How many each reason held, and how many nothing held for more than the time `allowed`."""
        found: dict[Reason, list[timedelta]] = {reason: [] for reason in REASONS}
        unexplained = 0
        for one in late:
            held, rest = self._held(one)
            unexplained += rest > allowed
            found[max(REASONS, key=lambda reason: held[reason])].append(one.at - one.review.due_at)
        delays = tuple(
            Delay(reason, len(waits), max(waits, default=timedelta()).total_seconds() / 3600)
            for reason, waits in found.items()
        )
        return delays, unexplained

    def _held(self, late: Late) -> tuple[dict[Reason, timedelta], timedelta]:
        """How long each reason held it, and how long none did."""
        left: list[Span] = [(late.review.due_at, late.at)]
        held: dict[Reason, timedelta] = {}
        for reason in REASONS:
            before = _length(left)
            for span in self._spans(reason, late):
                left = _without(left, span)
            held[reason] = before - _length(left)
        return held, _length(left)

    def _spans(self, reason: Reason, late: Late) -> Iterable[Span]:
        if reason == "downtime":
            return [(one.begins, one.ends) for one in self._plan.downtimes]
        if reason == "paused":
            return [late.person.paused] if late.person.paused else []
        if reason == "answer":
            return self._unanswered(late)
        if reason == "share":
            return self._full_days(late)
        return _nights(late)

    def _unanswered(self, late: Late) -> Iterator[Span]:
        """From each session that announced it until the learner next answered anything of a session."""
        answers = self._answers[late.person.learner.id]
        for one in self._sessions[late.person.learner.id]:
            if late.review.id in self._items[one.id]:
                place = bisect_left(answers, one.begun_at)
                yield one.begun_at, answers[place] if place < len(answers) else late.at

    def _full_days(self, late: Late) -> Iterator[Span]:
        """Local days on which no more may be asked, until the next day's hour."""
        learner = late.person.learner
        for day in _days(late):
            most = max(len(self._days[learner.id, day]), self._asked[learner.id, day])
            if most >= self._plan.daily_cap:
                begins = at_hour(day, 0, learner.tz)
                yield begins, next_day(begins, learner)


def _nights(late: Late) -> Iterator[Span]:
    """The learner's quiet hours from the night before."""
    learner = late.person.learner
    if learner.quiet is None:
        return
    for day in _days(late):
        over_midnight = learner.quiet.start > learner.quiet.end
        morning = day + timedelta(days=1) if over_midnight else day
        yield at_hour(day, learner.quiet.start, learner.tz), at_hour(morning, learner.quiet.end, learner.tz)


def _days(late: Late) -> Iterator[date]:
    """The local days from before it was due until it came."""
    zone = late.person.learner.tz
    day = late.review.due_at.astimezone(zone).date() - timedelta(days=1)
    while day <= late.at.astimezone(zone).date():
        yield day
        day += timedelta(days=1)


def _without(spans: Iterable[Span], taken: Span) -> list[Span]:
    """The spans without what `taken` covers."""
    left = []
    for begins, ends in spans:
        parts = (begins, min(ends, taken[0])), (max(begins, taken[1]), ends)
        left += [part for part in parts if part[0] < part[1]]
    return left


def _length(spans: Iterable[Span]) -> timedelta:
    return sum((ends - begins for begins, ends in spans), timedelta())
