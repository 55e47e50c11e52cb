"""Asking a review's question: which card, what makes way for it, and whether it comes late."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from jobs.outbox import Outbox
from jobs.people import Learner
from jobs.review.asking import close_prompts, drop, ladder_of, put_question, withdraw
from jobs.review.deck import Deck
from jobs.review.ladder import parse_interval
from jobs.review.schedule import is_late, late_from, next_day
from jobs.review.timeline import Place
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow

log = logging.getLogger(__name__)

_AGAIN = 1
# Built once: every question that is asked needs them.
_ATTEMPT = select(AttemptRow).where(AttemptRow.review_id == bindparam("review"))
_STUDY = select(StudyRow).where(StudyRow.id == bindparam("study"))
_EARLIER = select(ReviewRow).where(
    ReviewRow.study_id == bindparam("study"),
    ReviewRow.state == "asked",
    ReviewRow.id != bindparam("review"),
    # What a group's round brought makes way for nothing of the ladder, nor the other way round.
    # A repeat makes way for what lies further on, never the other way round: no step gets lost.
    or_(
        ReviewRow.step == bindparam("step"),
        and_(ReviewRow.step >= 0, ReviewRow.step <= bindparam("step")),
    ),
)


def ask_review(
    session: Session,
    decks: Mapping[str, Deck],
    outbox: Outbox,
    learner: Learner,
    review: ReviewRow,
    now: datetime,
) -> AttemptRow | None:
    """Asks a review that waits, in the caller's transaction, the learner locked.

    The attempt; the one there was where the question had been put before and was taken back. None where
    nothing is asked on it now, because every card waits for an admin's yes or the notes are just being
    changed: the review waits until the next day then.
    """
    before = session.scalar(_ATTEMPT, {"review": review.id})
    if before is not None:
        supersede(session, outbox, review)
        review.state, review.asked_at, review.held_until = "asked", now, None
        before.snoozed_until = None
        return before
    study = session.scalars(_STUDY, {"study": review.study_id}).one()
    card = _card(session, decks[study.course_id], study, review)
    if card is None:
        review.held_until = next_day(now, learner)
        log.info("review %s waits: nothing of %s is asked now", review.id, study.note)
        return None
    supersede(session, outbox, review)
    late = is_late(parse_interval(review.interval), late_from(review.due_at, learner, now), now)
    return put_question(session, review.learner_id, card, review, late, now)


def _card(session: Session, deck: Deck, study: StudyRow, review: ReviewRow) -> CardRow | None:
    """What was missed; at a step of the ladder, what the note's own plan asks then comes first."""
    missed, ladder = missed_card(session, review), ladder_of(study)
    if missed is not None and (review.repeat or review.step >= len(ladder)):
        return missed
    chosen = deck.choose(session, review.learner_id, study.note, review.step, ladder, study.section_id)
    return chosen if missed is None or (chosen and chosen.interval) else missed


def question_of(
    session: Session,
    decks: Mapping[str, Deck],
    outbox: Outbox,
    learner: Learner,
    review: ReviewRow,
    now: datetime,
) -> AttemptRow | None:
    """The question of a review that waits or stands open: asked now, or the one that stands.

    No message that isn't out yet will ask it beside that. None as in `ask_review`.
    """
    if review.state == "waiting":
        return ask_review(session, decks, outbox, learner, review, now)
    attempt = session.scalars(_ATTEMPT, {"review": review.id}).one()
    withdraw(session, outbox, attempt)
    attempt.snoozed_until = None
    return attempt


def take_back(
    session: Session, outbox: Outbox, review: ReviewRow, attempt: AttemptRow, now: datetime
) -> None:
    """An unanswered question waits as if it had not been asked; the same one will be asked again.

    Not before the moment to which the learner put it off.
    """
    withdraw(session, outbox, attempt)
    close_prompts(session, attempt)
    if attempt.snoozed_until is not None and attempt.snoozed_until <= now:
        attempt.snoozed_until = None
    review.state, review.held_until = "waiting", attempt.snoozed_until


def missed_card(session: Session, review: ReviewRow) -> CardRow | None:
    """The card that was missed, if it is still asked: for a repeat, or a review that one made way for."""
    place = (review.step, review.repeat - 1) if review.repeat else _missed_last(session, review)
    if place is None:
        return None
    return session.scalar(
        select(CardRow)
        .join(AttemptRow, AttemptRow.card_id == CardRow.id)
        .join(ReviewRow, ReviewRow.id == AttemptRow.review_id)
        .where(
            ReviewRow.study_id == review.study_id,
            ReviewRow.step == place[0],
            ReviewRow.repeat == place[1],
            CardRow.state == "active",
        )
    )


def _missed_last(session: Session, review: ReviewRow) -> Place | None:
    """Of the study's last answer, if it was missed and its repeat made way for a review further on.

    By FSRS the next review after a miss often comes on the repeat's own day: it stands for both.
    """
    last = session.execute(
        select(ReviewRow.step, ReviewRow.repeat, AttemptRow.rating)
        .join(AttemptRow, AttemptRow.review_id == ReviewRow.id)
        .where(
            ReviewRow.study_id == review.study_id, ReviewRow.step >= 0, AttemptRow.answered_at.is_not(None)
        )
        .order_by(AttemptRow.answered_at.desc(), AttemptRow.id.desc())
        .limit(1)
    ).first()
    if review.step < 0 or last is None or last.rating != _AGAIN:
        return None
    made_way = select(ReviewRow.id).where(
        ReviewRow.study_id == review.study_id,
        ReviewRow.step == last.step,
        ReviewRow.repeat == last.repeat + 1,
        ReviewRow.state == "dropped",
    )
    return (last.step, last.repeat) if session.scalar(made_way) is not None else None


def supersede(session: Session, outbox: Outbox, review: ReviewRow) -> None:
    """Drops what a review of the same study makes void: questions asked before it and not answered."""
    of = {"study": review.study_id, "review": review.id, "step": review.step}
    for other in session.scalars(_EARLIER, of).all():
        drop(session, outbox, other)
        log.info("review %s made way for review %s", other.id, review.id)
