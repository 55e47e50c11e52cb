"""How a study group is doing: its answers added up, and never so few that one could tell whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.groups.tables import AnswerRow, GroupRow, RoundRow
from jobs.groups.views import members_of
from jobs.review.asking import title_of
from jobs.tables import AttemptRow, CardRow

LEAST = 4
"""People whose answers a figure must hold: of three, each could reckon what the other two have together,
and of two, what the other one has."""
WEAKEST = 5
_AGAIN = 1
_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Tally:
    """Rated answers of at least `LEAST` people."""

    title: str
    answers: int
    right: int
    """Of them, how many were rated better than *again*."""

    @property
    def share(self) -> float:
        return self.right / self.answers


@dataclass(frozen=True, slots=True)
class GroupWeek:
    """A week's rated answers; none where too few people answered in it."""

    begins: date
    """Its Monday, in the group's zone."""
    right: int
    answers: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group is doing."""

    members: int
    rounds: int
    """Closed questions that somebody answered, rated or not."""
    all: Tally | None
    """None: too few people answered as yet."""
    topics: tuple[Tally, ...]
    """By note, the weakest first; notes that too few people answered are left out."""
    sections: tuple[Tally, ...]
    """The weakest sections, by heading."""
    weeks: tuple[GroupWeek, ...]
    """The last eight, the current one last."""


@dataclass(frozen=True, slots=True)
class _Answer:
    learner_id: int
    note: str
    title: str
    section_id: str
    heading: str
    asked_at: datetime
    right: bool


_Key = Callable[[_Answer], str]


def standing(session: Session, group: GroupRow, now: datetime) -> Standing:
    """The group's rated answers in rounds that are closed, whoever gave them."""
    answers = _answers(session, group.id)
    return Standing(
        members=len(members_of(session, group.id)),
        rounds=_rounds(session, group.id),
        all=_tally("", answers),
        topics=_weakest(answers, lambda one: one.note, lambda one: one.title),
        sections=_weakest(answers, lambda one: one.section_id, lambda one: one.heading)[:WEAKEST],
        weeks=_weeks(answers, ZoneInfo(group.zone), now),
    )


def missed_sections(session: Session, learners: Iterable[int], course: str, note: str) -> dict[str, float]:
    """The share of their rated answers that were *again*, by the section that answers them (0.0-1.0)."""
    rows = session.execute(
        select(CardRow.section_id, AttemptRow.rating)
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .where(
            AttemptRow.learner_id.in_(list(learners)),
            AttemptRow.rating.is_not(None),
            CardRow.course_id == course,
            CardRow.note == note,
        )
    )
    ratings: dict[str, list[int]] = {}
    for section, rating in rows:
        ratings.setdefault(section, []).append(rating or 0)
    return {section: sum(one == _AGAIN for one in rated) / len(rated) for section, rated in ratings.items()}


def _rounds(session: Session, group_id: int) -> int:
    query = (
        select(func.count(RoundRow.id.distinct()))
        .join(AnswerRow, AnswerRow.round_id == RoundRow.id)
        .where(RoundRow.group_id == group_id, RoundRow.state == "closed")
    )
    return session.scalar(query) or 0


def _answers(session: Session, group_id: int) -> list[_Answer]:
    rows = session.execute(
        select(AnswerRow, AttemptRow, CardRow)
        .join(AttemptRow, AttemptRow.id == AnswerRow.attempt_id)
        .join(RoundRow, RoundRow.id == AnswerRow.round_id)
        .join(CardRow, CardRow.id == AttemptRow.card_id)
        .where(RoundRow.group_id == group_id, RoundRow.state == "closed", AttemptRow.rating.is_not(None))
        .order_by(AnswerRow.id)
    ).all()
    titles: dict[str, str] = {}
    found = []
    for answer, attempt, card in rows:
        if card.note not in titles:
            titles[card.note] = title_of(session, card)
        found.append(
            _Answer(
                answer.learner_id,
                card.note,
                titles[card.note],
                card.section_id,
                card.headings[-1] if card.headings else titles[card.note],
                attempt.asked_at,
                (attempt.rating or 0) > _AGAIN,
            )
        )
    return found


def _tally(title: str, answers: Sequence[_Answer]) -> Tally | None:
    if len({one.learner_id for one in answers}) < LEAST:
        return None
    return Tally(title, len(answers), sum(one.right for one in answers))


def _weakest(answers: Iterable[_Answer], key: _Key, name: _Key) -> tuple[Tally, ...]:
    parts: dict[str, list[_Answer]] = {}
    for one in answers:
        parts.setdefault(key(one), []).append(one)
    tallies = [tally for part in parts.values() if (tally := _tally(name(part[-1]), part))]
    return tuple(sorted(tallies, key=lambda tally: (tally.share, -tally.answers, tally.title)))


def _weeks(answers: Sequence[_Answer], zone: ZoneInfo, now: datetime) -> tuple[GroupWeek, ...]:
    today = now.astimezone(zone).date()
    first = today - timedelta(days=today.weekday(), weeks=_WEEKS - 1)
    weeks: list[list[_Answer]] = [[] for _ in range(_WEEKS)]
    for one in answers:
        week = (one.asked_at.astimezone(zone).date() - first).days // 7
        if 0 <= week < _WEEKS:
            weeks[week].append(one)
    tallies = [_tally("", part) for part in weeks]
    return tuple(
        GroupWeek(first + timedelta(weeks=n), tally.right if tally else 0, tally.answers if tally else 0)
        for n, tally in enumerate(tallies)
    )
