"""What becomes of the steps of a ladder that passed without an answer.

A learner who was away is asked about each note once, by the latest step that was due; the steps before it
made way. If no step lies ahead then, that one answer would be all that is left of the ladder. Instead, the
answer counts for the first step that had none, and those after it are laid out again from the answer, each
after its own interval. As long as steps lie ahead, the ladder goes on with them as planned.
"""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from jobs.review.asking import steps_of
from jobs.review.ladder import parse_interval
from jobs.tables import AttemptRow, ReviewRow, StudyRow

log = logging.getLogger(__name__)

_STEPS = (
    select(ReviewRow)
    .where(ReviewRow.study_id == bindparam("study"), ReviewRow.repeat == 0, ReviewRow.step >= 0)
    .order_by(ReviewRow.step)
)
_ASIDE = -(2**30)
"""A step that no review has, while two of them change places."""


def count_again(session: Session, study: StudyRow, review: ReviewRow, day: date) -> bool:
    """Has what passed without an answer before `review` come again; whether there was any.

    `review` is answered now, on the learner's local day. In the caller's transaction, the learner locked; the
    caller lays out the study's reviews afterwards (`jobs.review.agenda`). Ladders with steps below a day are
    left alone: they are for trying things out. Reviews after the ladder have no steps to come back to.
    """
    if review.repeat or not 0 <= review.step < steps_of(study):
        return False
    steps = session.scalars(_STEPS, {"study": review.study_id}).all()
    passed = [one for one in steps if one.state == "dropped" and one.step < review.step]
    ahead = any(one.state in ("waiting", "asked") and one is not review for one in steps)
    if not passed or ahead or not all(parse_interval(one.interval).whole_days for one in steps):
        return False
    _change_places(session, passed[0], review)
    for one in passed:
        one.state, one.late = "waiting", False  # `asked_at` stays: a message of its own went out already
    study.resumed_day = day
    # Their old messages ask what was never answered: they count as practice from now on.
    ids = [one.id for one in passed]
    session.execute(update(AttemptRow).where(AttemptRow.review_id.in_(ids)).values(review_id=None))
    session.flush()
    log.info("study %s: %s steps that passed unanswered are laid out again", review.study_id, len(passed))
    return True


def _change_places(session: Session, one: ReviewRow, other: ReviewRow) -> None:
    """Each takes the other's step and interval."""
    session.flush()
    step, interval = one.step, one.interval
    taken, one.step = other.step, _ASIDE - one.id
    session.flush()
    one.interval, other.interval, other.step = other.interval, interval, step
    session.flush()
    one.step = taken
    session.flush()
