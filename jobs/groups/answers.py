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
from jobs.review.judging.verdict import Judged
from jobs.tables import AttemptRow

_FEWEST = 2
"""With fewer members a round isn't closed before its time: others in the channel may answer too."""


def take(
    session: Session,
    round_id: int,
    learner_id: int,
    answer: str | Collection[int],
    now: datetime,
    judged: Judged | None = None,
) -> Taken:
    """Takes an answer, in words or as positions of choices; until the close it may be changed.

    `judged`: what the judge says of one in words; None: it wasn't judged.
    Once every member has answered, the round is due to close. The same answer given again was taken, also
    after the close. RoundClosed; GroupError `error.round_unknown`; ReviewError `error.choice_unknown`.
    """
    row = locked_round(session, round_id)
    lock_learner(session, learner_id)
    known = answer_of(session, round_id, learner_id)
    if row.state != "open" or now >= row.closes_at:
        if known is None or not _same(session.get_one(AttemptRow, known.attempt_id), answer):
            raise RoundClosed
        return _taken(session, row, session.get_one(AttemptRow, known.attempt_id), changed=False)
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
        attempt.verdict = judged.verdict if judged else None
        attempt.judged = judged.to_json() if judged else None
    else:
        pick(attempt, answer)
        attempt.verdict = attempt.judged = None
    attempt.answered_at = now
    session.flush()
    changed = before not in (None, attempt.response)
    taken = _taken(session, row, attempt, changed)
    if taken.last:
        row.closes_at = now
    return taken


def _same(attempt: AttemptRow, answer: str | Collection[int]) -> bool:
    if isinstance(answer, str):
        return attempt.picked is None and attempt.response == answer
    return attempt.picked == sorted(set(answer))


def _taken(session: Session, row: RoundRow, attempt: AttemptRow, changed: bool) -> Taken:
    members = members_of(session, row.group_id)
    return Taken(
        round=round_of(session, row),
        attempt_id=attempt.id,
        response=attempt.response or "",
        picked=None if attempt.picked is None else tuple(attempt.picked),
        changed=changed,
        is_member=attempt.learner_id in members,
        last=len(members) >= _FEWEST and members <= answered(session, row.id),
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
