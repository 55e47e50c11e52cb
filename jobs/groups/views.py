"""Reading groups and rounds from their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from jobs.groups.records import Group, Plan, Round, RoundState
from jobs.groups.tables import AnswerRow, GroupRow, MemberRow, RoundRow
from jobs.groups.timetable import Timetable
from jobs.review.asking import citation_of, tells_itself, title_of
from jobs.review.choices import from_json
from jobs.review.exact import levelled, same_answer
from jobs.tables import AttemptRow, CardRow, LearnerRow, OutboundRow, StudyRow
from knowledge.notes import Language
from knowledge.tables import SourceRow

_HARD = 2
_SEVERAL = 2
"""People who must have typed the same before it is told: what one typed alone could tell who it was."""
_COMMONEST = 3
_LONGEST = 60
"""Characters of what was typed into a gap, to be told."""


def timetable(row: GroupRow) -> Timetable:
    return Timetable(row.at, row.zone, row.days)


def question_key(round_id: int) -> str:
    """The outbox's key of the message that asks a round."""
    return f"round:{round_id}"


def reveal_key(round_id: int) -> str:
    """The outbox's key of the message that closes it."""
    return f"round:{round_id}:reveal"


def paused_key(group_id: int, round_id: int) -> str:
    """The outbox's key of the message that tells of a pause after a round."""
    return f"group:{group_id}:paused:{round_id}"


def message_of(session: Session, key: str) -> tuple[str, str | None]:
    """State of an outbound message, and how its platform finds it again; `gone` where it is none any more."""
    row = session.execute(
        select(OutboundRow.state, OutboundRow.sent_ref).where(OutboundRow.key == key)
    ).first()
    return (row[0], row[1]) if row else ("gone", None)


def members_of(session: Session, group_id: int) -> set[int]:
    """The learners who belong to a group."""
    return set(session.scalars(select(MemberRow.learner_id).where(MemberRow.group_id == group_id)))


def group_of(session: Session, row: GroupRow, learner_id: int) -> Group:
    """The group as one of its readers sees it."""
    members = members_of(session, row.id)
    named = select(MemberRow.named).where(MemberRow.group_id == row.id, MemberRow.learner_id == learner_id)
    open_round = select(RoundRow.id).where(RoundRow.group_id == row.id, RoundRow.state == "open").limit(1)
    return Group(
        group_id=row.id,
        plan=Plan(row.course_id, row.note, timetable(row), row.open_for, cast(Language, row.language)),
        topic=_topic(session, row),
        active=row.state == "active",
        paused=row.state == "paused",
        next_at=row.next_at,
        members=len(members),
        is_member=learner_id in members,
        is_named=bool(session.scalar(named)),
        round_open=session.scalar(open_round) is not None,
    )


def round_of(session: Session, row: RoundRow) -> Round:
    """The round as it stands."""
    group = session.get_one(GroupRow, row.group_id)
    card = session.get_one(CardRow, row.card_id)
    choices = from_json(row.options)
    attempts = attempts_of(session, row.id)
    picks = Counter(at for attempt in attempts for at in attempt.picked or ())
    ratings = Counter(attempt.rating for attempt in attempts)
    in_words = attempts if row.state == "closed" and not choices else ()
    verdicts = Counter(_verdict(card, attempt) for attempt in in_words)
    solution = [at for at, choice in enumerate(choices) if choice.correct]
    return Round(
        round_id=row.id,
        group_id=group.id,
        course=group.course_id,
        title=title_of(session, card),
        prompt=card.prompt,
        choices=choices,
        state=cast(RoundState, row.state),
        late=row.late,
        closes_at=row.closes_at,
        zone=group.zone,
        language=cast(Language, group.language),
        answers=len(attempts),
        members=len(members_of(session, group.id)),
        picks=tuple(picks[at] for at in range(len(choices))),
        right=sum(attempt.picked == solution for attempt in attempts) if choices else 0,
        named=_named(session, row, attempts, solution) if row.state == "closed" else (),
        ratings=(ratings[1], ratings[2], ratings[3], ratings[4]),
        verdicts=(verdicts["right"], verdicts["partly"], verdicts["wrong"]),
        expected=tuple(card.expected or ()) if not choices else (),
        common=_common(card, in_words),
        citation=citation_of(card),
        explanation=card.explanation if choices else "",
        self_told=tells_itself(card),
    )


def _verdict(card: CardRow, attempt: AttemptRow) -> str | None:
    """On an answer in words; what fills a gap is told from the card where the judge was not at hand."""
    if attempt.verdict is None and card.expected and attempt.response:
        language = cast(Language, card.language)
        return "right" if same_answer(attempt.response, card.expected, language) else "wrong"
    return attempt.verdict


def _common(card: CardRow, attempts: Sequence[AttemptRow]) -> tuple[tuple[str, int], ...]:
    """What several typed into the gap, alike but for what makes no difference to an answer."""
    expected, language = tuple(card.expected or ()), cast(Language, card.language)
    typed: defaultdict[str, list[str]] = defaultdict(list)
    for text in (" ".join((attempt.response or "").split()) for attempt in attempts if expected):
        right = bool(text) and same_answer(text, expected, language)
        shown = expected[0] if right else text
        if shown and (right or len(shown) <= _LONGEST):
            typed[levelled(shown, language)].append(shown)
    several = [(Counter(texts).most_common(1)[0][0], len(texts)) for texts in typed.values()]
    several = [(text, count) for text, count in several if count >= _SEVERAL]
    return tuple(sorted(several, key=lambda one: (-one[1], one[0]))[:_COMMONEST])


def attempts_of(session: Session, round_id: int) -> Sequence[AttemptRow]:
    """What was answered in a round."""
    return session.scalars(
        select(AttemptRow)
        .join(AnswerRow, AnswerRow.attempt_id == AttemptRow.id)
        .where(AnswerRow.round_id == round_id)
        .order_by(AttemptRow.id)
    ).all()


def answered(session: Session, round_id: int) -> set[int]:
    """The learners who answered in a round."""
    return set(session.scalars(select(AnswerRow.learner_id).where(AnswerRow.round_id == round_id)))


def _named(
    session: Session, row: RoundRow, attempts: Sequence[AttemptRow], solution: Sequence[int]
) -> tuple[str, ...]:
    """Who was right, of those who agreed to be named: by choice, or in words by their own rating."""
    right = [
        attempt.learner_id
        for attempt in attempts
        if (attempt.picked == solution if row.options else (attempt.rating or 0) > _HARD)
    ]
    query = (
        select(LearnerRow.name)
        .join(MemberRow, MemberRow.learner_id == LearnerRow.id)
        .where(MemberRow.group_id == row.group_id, MemberRow.named, LearnerRow.id.in_(right))
        .order_by(LearnerRow.name, LearnerRow.id)
    )
    return tuple(session.scalars(query))


def _topic(session: Session, row: GroupRow) -> str | None:
    if row.note is None:
        return None
    title = select(SourceRow.title).where(SourceRow.course_id == row.course_id, SourceRow.path == row.note)
    studied = select(func.max(StudyRow.title)).where(
        StudyRow.course_id == row.course_id, StudyRow.note == row.note
    )
    return session.scalar(title) or session.scalar(studied) or row.note
