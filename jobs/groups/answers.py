"""Taking a learner's answer in a round."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.errors import GroupError, RoundClosed
from jobs.groups.records import Taken
from jobs.groups.tables import AnswerRow, RoundRow
from jobs.groups.views import answered, members_of, round_of
from jobs.people import lock_learner
from jobs.review.asking import pick
from jobs.tables import AttemptRow

_FEWEST = 2
"""With fewer members a round isn't closed before its time: others in the channel may answer too."""


def take(
    session: Session,
    round_id: int,
    learner_id: int,
    answer: str | Collection[int],
    now: datetime,
) -> Taken:
    """Takes an answer, in words or as positions of choices; until the close it may be changed.

    Once every member has answered, the round is due to close. RoundClosed; GroupError
    `error.round_unknown`; ReviewError `error.choice_unknown`.
    """
    row = locked_round(session, round_id)
    if row.state != "open" or now >= row.closes_at:
        raise RoundClosed
    lock_learner(session, learner_id)
    known = answer_of(session, round_id, learner_id)
    if known is None:
        attempt = AttemptRow(
            learner_id=learner_id,
            card_id=row.card_id,
            options=row.options,
            revealed=False,
            asked_at=row.asked_at,
        )
        session.add(attempt)
        session.flush()
        session.add(AnswerRow(round_id=round_id, learner_id=learner_id, attempt_id=attempt.id))
        row.news += 1
    else:
        attempt = session.get_one(AttemptRow, known.attempt_id)
    before = attempt.response
    if isinstance(answer, str):
        attempt.response, attempt.picked = answer, None
    else:
        pick(attempt, answer)
    attempt.answered_at = now
    session.flush()
    members = members_of(session, row.group_id)
    last = len(members) >= _FEWEST and members <= answered(session, round_id)
    if last:
        row.closes_at = now
    return Taken(
        round=round_of(session, row),
        attempt_id=attempt.id,
        response=attempt.response or "",
        picked=None if attempt.picked is None else tuple(attempt.picked),
        changed=before not in (None, attempt.response),
        is_member=learner_id in members,
        last=last,
    )


def locked_round(session: Session, round_id: int) -> RoundRow:
    """The round, which nobody else changes until the end of the transaction."""
    row = session.get(RoundRow, round_id, with_for_update={"key_share": True})
    if row is None:
        raise GroupError("error.round_unknown")
    return row


def answer_of(session: Session, round_id: int, learner_id: int) -> AnswerRow | None:
    """What the learner answered in the round."""
    return session.scalar(
        select(AnswerRow).where(AnswerRow.round_id == round_id, AnswerRow.learner_id == learner_id)
    )
