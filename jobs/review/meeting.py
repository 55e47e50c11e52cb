"""What a group's round does to the schedule of someone who answered in it.

| the learner                                    | what the answer does                                      |
|------------------------------------------------|-----------------------------------------------------------|
| studies the note, or is through with it        | counts as practice: the ladder stays as it was; a miss    |
|                                                | brings the card again tomorrow, beside the ladder. A      |
|                                                | review by FSRS that waits moves as by any answer          |
| is a member and never studied it               | this was the first meeting: a ladder begins with it       |
| stopped its reviews, or is no member           | counts as practice and brings nothing: nobody gets        |
|                                                | reviews who asked for none, or asked for them to end      |

The attempt hangs on a review of its own, outside of the ladder and answered from the start: rating it, and
correcting the rating, then do what they do for any review.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.people import Learner
from jobs.review import agenda, asking
from jobs.review.ladder import Ladder
from jobs.review.pacing import Pacing
from jobs.review.schedule import local_day
from jobs.review.studies import begin
from jobs.tables import AttemptRow, CardRow, ReviewRow, StudyRow


def met(
    session: Session,
    ladder: Ladder,
    pacing: Pacing,
    learner: Learner,
    attempt: AttemptRow,
    number: int,
    member: bool,
    now: datetime,
) -> None:
    """Ties an attempt of the round `number` to the learner's own schedule; once, however often called.

    In the caller's transaction, the learner locked.
    """
    if attempt.review_id is not None:
        return
    card = session.get_one(CardRow, attempt.card_id)
    studies = session.scalars(
        select(StudyRow)
        .where(
            StudyRow.learner_id == learner.id,
            StudyRow.course_id == card.course_id,
            StudyRow.note == card.note,
        )
        .order_by(StudyRow.id)
    ).all()
    running = [study for study in studies if study.state != "stopped"]
    running.sort(key=lambda study: study.section_id == "")  # its section's, if the whole note is not studied
    study = next((one for one in reversed(running) if one.section_id in ("", card.section_id)), None)
    if study is None and member and not any(one.section_id == "" for one in studies):
        title = asking.title_of(session, card)
        study, _ = begin(session, ladder, pacing, learner, card.course_id, (card.note, title), now)
    if study is None:
        return
    review = ReviewRow(
        study_id=study.id,
        learner_id=learner.id,
        step=-number,
        repeat=0,
        interval=next(iter(asking.ladder_of(study)), "1d"),
        due_at=attempt.asked_at,
        state="answered",
        late=False,
    )
    session.add(review)
    session.flush()
    attempt.review_id = review.id
    attempt.answered_day = local_day(attempt.answered_at or now, learner.tz)
    session.flush()
    agenda.lay_out(session, study, learner, pacing)
