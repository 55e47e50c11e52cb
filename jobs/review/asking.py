"""Putting a question to a learner: the attempt, the open prompt, and how both are looked at again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import cast

from sqlalchemy import Insert, Table, bindparam, delete, select, update
from sqlalchemy.orm import Session

from jobs.errors import NotYours, ReviewError
from jobs.outbox import Outbox
from jobs.review.choices import from_json, shuffled, to_json, told
from jobs.review.exact import same_answer
from jobs.review.judging.verdict import Judged
from jobs.review.predict import Run
from jobs.review.prompt_tables import OpenPromptRow
from jobs.review.records import Asked, AttemptState, Origin, Revealed
from jobs.review.session_tables import SessionItemRow
from jobs.tables import AttemptRow, CardRow, OutboundRow, ReviewRow, StudyRow
from knowledge.notes import Citation, Language
from knowledge.store import dialect_of, insert_for

# Built once: what an answer needs several times, where building a statement takes longer than running it.
_CLOSE = (
    delete(OpenPromptRow)
    .where(OpenPromptRow.attempt_id == bindparam("attempt"))
    .execution_options(synchronize_session=False)
)
_WITHIN = select(SessionItemRow.session_id).where(SessionItemRow.review_id == bindparam("review"))
_LOCKED = (
    select(AttemptRow)
    .where(AttemptRow.id == bindparam("attempt"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_STANDS = (
    select(CardRow, ReviewRow, StudyRow)
    .select_from(CardRow)
    .outerjoin(ReviewRow, ReviewRow.id == bindparam("review"))
    .outerjoin(StudyRow, StudyRow.id == ReviewRow.study_id)
    .where(CardRow.id == bindparam("card"))
)
_CARD = select(CardRow).where(CardRow.id == bindparam("card"))
_REVIEW = (
    select(ReviewRow, StudyRow)
    .join(StudyRow, StudyRow.id == ReviewRow.study_id)
    .where(ReviewRow.id == bindparam("review"))
)


@lru_cache(maxsize=2)
def _opening(dialect: str) -> Insert:
    statement = insert_for(dialect, cast(Table, OpenPromptRow.__table__))
    key = ["platform", "place", "learner_id"]
    changed = {"attempt_id": statement.excluded.attempt_id}
    return statement.on_conflict_do_update(index_elements=key, set_=changed)


def put_question(
    session: Session, learner_id: int, card: CardRow, review: ReviewRow | None, late: bool, now: datetime
) -> AttemptRow:
    """A new attempt at a card; with a review, that is asked by it."""
    attempt = AttemptRow(
        learner_id=learner_id,
        card_id=card.id,
        review_id=review.id if review else None,
        revealed=False,
        asked_at=now,
    )
    session.add(attempt)
    if review:
        review.state, review.late, review.asked_at, review.held_until = "asked", late, now, None
    session.flush()
    if card.choices:
        attempt.options = to_json(shuffled(from_json(card.choices), f"attempt {attempt.id}"))
    return attempt


def open_prompt(session: Session, platform: str, place: str, attempt: AttemptRow) -> None:
    """From now on, plain text of the learner in that place answers this attempt."""
    session.flush()
    session.execute(
        _opening(dialect_of(session)),
        {
            "platform": platform,
            "place": place,
            "learner_id": attempt.learner_id,
            "attempt_id": attempt.id,
        },
    )


def close_prompts(session: Session, attempt: AttemptRow) -> None:
    """Plain text answers this attempt nowhere any more."""
    session.execute(_CLOSE, {"attempt": attempt.id})


def later_key(attempt: AttemptRow) -> str:
    """The outbox's key of the message that brings the question back after *later*."""
    back = int(attempt.snoozed_until.timestamp()) if attempt.snoozed_until else 0
    return f"attempt:{attempt.id}:later:{back}"


def withdraw(session: Session, outbox: Outbox, attempt: AttemptRow) -> None:
    """Of the messages that ask this, those not yet sent are not sent any more."""
    later = [later_key(attempt)] if attempt.snoozed_until else []
    if keys := [*_first_keys(session, attempt), *later]:
        outbox.withdraw(session, *keys)


def withdraw_first(session: Session, outbox: Outbox, attempt: AttemptRow) -> None:
    """The same, but for the message that brings it back after *later*."""
    if keys := _first_keys(session, attempt):
        outbox.withdraw(session, *keys)


def _first_keys(session: Session, attempt: AttemptRow) -> list[str]:
    """Of the messages that ask a review's question without having been put off."""
    review = attempt.review_id
    if review is None:
        return []
    within = session.scalars(_WITHIN, {"review": review})
    return [review_key(review), *(session_key(one, review) for one in within)]


def requeue(session: Session, key: str) -> None:
    """A message that was withdrawn is true again."""
    session.execute(
        update(OutboundRow)
        .where(OutboundRow.key == key, OutboundRow.state == "dropped")
        .values(state="waiting")
    )


def drop(session: Session, outbox: Outbox, review: ReviewRow) -> None:
    """The review won't be asked, or not again; if it was, its message can still be answered."""
    review.state = "dropped"
    attempt = session.scalar(select(AttemptRow).where(AttemptRow.review_id == review.id))
    if attempt is not None:
        withdraw(session, outbox, attempt)


def review_key(review_id: int) -> str:
    """The outbox's key of the message that asks a review."""
    return f"review:{review_id}"


def session_key(session_id: int, review_id: int) -> str:
    """The outbox's key of the message that announces a session, with the question that it begins with."""
    return f"session:{session_id}:{review_id}"


def attempt_of(session: Session, attempt_id: int, learner_id: int | None = None) -> AttemptRow:
    """The attempt, locked; only for the learner who was asked, if one is named."""
    attempt = session.scalar(_LOCKED, {"attempt": attempt_id})
    if attempt is None:
        raise ReviewError("error.attempt_unknown")
    if learner_id is not None and attempt.learner_id != learner_id:
        raise NotYours
    return attempt


def card_of(session: Session, card_id: int) -> CardRow:
    """The card of that id, which exists."""
    return session.scalars(_CARD, {"card": card_id}).one()


def review_of(session: Session, attempt: AttemptRow) -> tuple[ReviewRow, StudyRow] | None:
    """The review that asked it, with its study; None for a question outside of the schedule."""
    if attempt.review_id is None:
        return None
    review, study = session.execute(_REVIEW, {"review": attempt.review_id}).one()
    return review, study


def pick(attempt: AttemptRow, picked: Collection[int]) -> None:
    """Those positions are the answer; `ReviewError("error.choice_unknown")` where nothing is there."""
    options = from_json(attempt.options)
    if not picked or not all(0 <= position < len(options) for position in picked):
        raise ReviewError("error.choice_unknown")
    attempt.picked = sorted(set(picked))
    attempt.response = "\n".join(options[position].text for position in attempt.picked)


def state_of(attempt: AttemptRow) -> AttemptState:
    if attempt.rating is not None:
        return "rated"
    if attempt.response is not None:
        return "answered"
    return "revealed" if attempt.revealed else "open"


def asked(session: Session, attempt: AttemptRow) -> Asked:
    """The question as it stands."""
    of = {"card": attempt.card_id, "review": attempt.review_id}
    card, review, study = cast(
        tuple[CardRow, ReviewRow | None, StudyRow | None], session.execute(_STANDS, of).one()
    )
    return Asked(
        attempt_id=attempt.id,
        prompt=card.prompt,
        title=study.title if study else title_of(session, card),
        note=card.note,
        step=review.step if review and review.step >= 0 else None,
        steps=steps_of(study) if study else 0,
        interval=review.interval if review else None,
        late=review.late if review else False,
        origin=cast(Origin, card.origin),
        state=state_of(attempt),
        again=bool(review and review.repeat),
        rating=attempt.rating,
        choices=from_json(attempt.options),
    )


def revealed(session: Session, attempt: AttemptRow) -> Revealed:
    """The question with the passage that answers it."""
    card = card_of(session, attempt.card_id)
    choices = from_json(attempt.options)
    expected = tuple(card.expected or ())
    typed = attempt.response if expected and attempt.picked is None else None
    return Revealed(
        attempt.id,
        card.prompt,
        attempt.response,
        citation_of(card),
        attempt.rating,
        choices,
        None if attempt.picked is None else tuple(attempt.picked),
        card.explanation if choices else "",
        expected=expected,
        matched=None if typed is None else same_answer(typed, expected, cast(Language, card.language)),
        self_told=tells_itself(card),
        judged=None if attempt.judged is None else Judged.from_json(attempt.judged),
        run=Run.from_json(card.run),
    )


def citation_of(card: CardRow) -> Citation:
    """The passage that answers a card."""
    return Citation(
        note=card.source or card.note,
        headings=tuple(card.headings),
        start=card.start,
        end=card.end,
        quote=card.answer,
        section_id=card.section_id,
    )


def tells_itself(card: CardRow) -> bool:
    """Whether a card with choices is answered by its own lines alone."""
    return bool(card.choices) and card.answer == told(from_json(card.choices), card.explanation)


def steps_of(study: StudyRow) -> int:
    """How many steps the study's ladder has; 0: none, FSRS from the start."""
    return len(ladder_of(study))


def ladder_of(study: StudyRow) -> list[str]:
    """The intervals of the study's ladder."""
    return [key for key in study.ladder.split(",") if key]


def title_of(session: Session, card: CardRow) -> str:
    """The note's title as it was when last studied or read; its path where nobody studied it."""
    query = select(StudyRow.title).where(
        StudyRow.course_id == card.course_id, StudyRow.note == card.note, StudyRow.section_id == ""
    )
    title = session.scalar(query.order_by(StudyRow.id.desc()).limit(1))
    return title or (card.headings[0] if card.headings else card.note)
