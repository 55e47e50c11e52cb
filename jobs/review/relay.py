"""What becomes of the steps of a ladder that passed without an answer.

A learner who was away is asked about each note once, by the latest step that was due; the steps before it
made way. If no step lies ahead then, that one answer would be all that is left of the ladder. Instead, the
answer counts for the first step that had none, and those after it are laid out again from the answer, each
after its own interval. As long as steps lie ahead, the ladder goes on with them as planned.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.review.ladder import Ladder, parse_interval
from jobs.review.schedule import Rhythm, due_moments
from jobs.tables import AttemptRow, ReviewRow

log = logging.getLogger(__name__)

_ASIDE = -(2**30)
"""A step that no review has, while two of them change places."""


def lay_out_again(session: Session, learner: Rhythm, review: ReviewRow, now: datetime) -> bool:
    """Lays out what passed without an answer before `review`, which is answered now; whether there was any.

    In the caller's transaction, the learner locked. Ladders with steps below a day are left alone: they are
    for trying things out.
    """
    if review.repeat or review.step < 0:
        return False
    steps = session.scalars(
        select(ReviewRow)
        .where(ReviewRow.study_id == review.study_id, ReviewRow.repeat == 0, ReviewRow.step >= 0)
        .order_by(ReviewRow.step)
    ).all()
    passed = [one for one in steps if one.state == "dropped" and one.step < review.step]
    ahead = any(one.state in ("waiting", "asked") and one is not review for one in steps)
    if not passed or ahead or not all(parse_interval(one.interval).whole_days for one in steps):
        return False
    _change_places(session, passed[0], review)
    for one in passed:
        (due,) = due_moments(Ladder((parse_interval(one.interval),)), now, learner)
        one.due_at, one.state, one.late = due, "waiting", False
        one.held_until = None  # `asked_at` stays: a message of its own went out already
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
