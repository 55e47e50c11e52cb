"""The life of a round: asked once, its count told now and then, closed, its answers graded.

| step   | guarded by                                   | after a crash                                |
|--------|----------------------------------------------|----------------------------------------------|
| ask    | the group's row, `slot` unique within it     | not committed: asked by whoever comes next   |
| answer | the round's row, one answer a learner        | the press is answered again                  |
| tell   | the round's row; `news` against `told`       | the edit is queued by whoever comes next     |
| close  | group's and round's rows; the round's `state`| closed and revealed, or neither              |
| grade  | `grade_at` of the answer, cleared when done  | graded again, which changes nothing          |

Locks are taken in this order: group, round, learner.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from jobs.groups.tables import AnswerRow, GroupRow, RoundRow
from jobs.groups.views import answered, message_of, paused_key, question_key, reveal_key, timetable
from jobs.outbox import Outbox
from jobs.review.choices import from_json, shuffled, to_json
from jobs.review.schedule import LATE_DAYS
from jobs.tables import CardRow
from knowledge.store import insert

log = logging.getLogger(__name__)

EDIT_EVERY = timedelta(seconds=3)
"""At least so much time lies between two edits of a round's message."""
UNANSWERED = 5
"""After so many rounds in a row that nobody answered, a group pauses."""
REFUSED = 3
"""After so many questions in a row that the channel refused, its group stops."""


def planned(group: GroupRow, now: datetime) -> datetime | None:
    """The planned moment that is to be asked now; None where the last one was missed and its day is over.

    Of several that a downtime left behind, only the last counts, and only on its own local day.
    """
    if group.next_at is None:
        return None
    table = timetable(group)
    last = table.last(group.next_at, now)
    in_time = now - last <= LATE_DAYS or table.same_day(last, now)
    return last if in_time else None


def ask(
    session: Session, outbox: Outbox, group: GroupRow, card_id: int, slot: str, late: bool, now: datetime
) -> RoundRow | None:
    """Asks the group, its row locked; None if that slot was asked before, or the group is paused by now.

    A round still open is closed, which may pause the group.
    """
    for before in open_rounds(session, group.id):
        close(session, outbox, before, now)
    if group.state != "active":
        return None
    row_id = session.scalar(
        insert(session, RoundRow)
        .values(
            group_id=group.id,
            slot=slot,
            card_id=card_id,
            late=late,
            asked_at=now,
            closes_at=now + timedelta(seconds=group.open_for),
            state="open",
            news=0,
            told=0,
        )
        .on_conflict_do_nothing(index_elements=["group_id", "slot"])
        .returning(RoundRow.id)
    )
    if row_id is None:
        return None
    row = session.get_one(RoundRow, row_id)
    card = session.get_one(CardRow, card_id)
    if card.choices:
        row.options = to_json(shuffled(from_json(card.choices), f"round {row.id}"))
    outbox.put(
        session,
        key=question_key(row.id),
        platform=group.platform,
        place=group.place,
        kind="group_question",
        payload={"round": row.id, "course": group.course_id},
    )
    return row


def open_rounds(session: Session, group_id: int) -> list[RoundRow]:
    """The group's rounds that take answers, locked."""
    query = select(RoundRow).where(RoundRow.group_id == group_id, RoundRow.state == "open")
    return list(session.scalars(query.order_by(RoundRow.id).with_for_update()))


def close(session: Session, outbox: Outbox, row: RoundRow, now: datetime) -> None:
    """Takes no more answers, and reveals; the group locked, the round too and open.

    A question that reached nobody is not asked any more and has nothing to reveal. Where nobody answered,
    the question itself shows the answer and no further message comes; after `UNANSWERED` of them in a row
    the group pauses and says so.
    """
    group = session.get_one(GroupRow, row.group_id)
    state, ref = message_of(session, question_key(row.id))
    if state == "failed" or outbox.withdraw(session, question_key(row.id)):
        row.state = "failed" if state == "failed" else "dropped"
        log.info("round %s reached nobody", row.id)
        return
    row.state = "closed"
    row.told, row.told_at = row.news, now
    if ref is not None:
        _edit(session, outbox, group, row, f"{question_key(row.id)}:count", "group_question", ref)
    if answered(session, row.id):
        group.unanswered = 0
        outbox.put(
            session,
            key=reveal_key(row.id),
            platform=group.platform,
            place=group.place,
            kind="group_reveal",
            payload={"round": row.id, "course": group.course_id},
        )
    else:
        group.unanswered += 1
        if group.state == "active" and group.unanswered >= UNANSWERED:
            _pause(session, outbox, group, row)
    _to_grade(session, row.id, now)


def _pause(session: Session, outbox: Outbox, group: GroupRow, row: RoundRow) -> None:
    group.state, group.next_at, group.held_until = "paused", None, None
    log.info("group %s is paused: nobody answered its last rounds", group.id)
    outbox.put(
        session,
        key=paused_key(group.id, row.id),
        platform=group.platform,
        place=group.place,
        kind="group_paused",
        payload={"group": group.id, "count": group.unanswered, "course": group.course_id},
    )


def drop(session: Session, outbox: Outbox, row: RoundRow, now: datetime) -> None:
    """Ends a round whose channel is gone: nothing is revealed, what was answered still counts."""
    outbox.withdraw(session, question_key(row.id))
    outbox.withdraw(session, f"{question_key(row.id)}:count")
    row.state = "dropped"
    _to_grade(session, row.id, now)


def tell(session: Session, outbox: Outbox, row: RoundRow, now: datetime) -> bool:
    """Queues an edit of the message that shows the round, which is locked, if it shows less than there is.

    False where that message isn't out yet.
    """
    key = question_key(row.id) if row.state == "open" else reveal_key(row.id)
    state, ref = message_of(session, key)
    if ref is None and state in ("waiting", "sending"):
        return False
    if ref is not None and row.state in ("open", "closed"):
        group = session.get_one(GroupRow, row.group_id)
        suffix, kind = ("count", "group_question") if row.state == "open" else ("ratings", "group_reveal")
        _edit(session, outbox, group, row, f"{key}:{suffix}", kind, ref)
    row.told, row.told_at = row.news, now
    return True


def refused_too_often(session: Session, group_id: int) -> bool:
    """Whether the group's last questions were all refused by the platform."""
    query = select(RoundRow.state).where(RoundRow.group_id == group_id).order_by(RoundRow.id.desc())
    last = session.scalars(query.limit(REFUSED)).all()
    return len(last) == REFUSED and set(last) == {"failed"}


def _to_grade(session: Session, round_id: int, now: datetime) -> None:
    session.execute(update(AnswerRow).where(AnswerRow.round_id == round_id).values(grade_at=now))


def _edit(
    session: Session,
    outbox: Outbox,
    group: GroupRow,
    row: RoundRow,
    key: str,
    kind: str,
    ref: str,
) -> None:
    outbox.put_latest(
        session,
        key=key,
        platform=group.platform,
        place=group.place,
        kind=kind,
        payload={"round": row.id, "course": group.course_id},
        edit_ref=ref,
    )
