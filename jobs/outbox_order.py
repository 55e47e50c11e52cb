"""Which outbound rows may go out now, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from jobs.destinations import FOLLOWS, follows
from jobs.tables import OutboundRow
from knowledge.store import UtcDateTime

_NOW = bindparam("now", type_=UtcDateTime)


def due_rows(
    session: Session, platform: str, now: datetime, limit: int, without: Collection[str] = ()
) -> list[OutboundRow]:
    """Up to `limit` rows that are due and that nobody holds, locked; by due moment, then as queued.

    None for the places `without`. Reviews wait for earlier ones of their learner that are being sent or are
    tried again. Rows that edit one message go one at a time: none while another is being sent, and of several
    only the last, the ones before it are dropped.
    """
    of = {"platform": platform, "now": now, "limit": limit, "without": list(without)}
    found = [row for query in (_WAITING, _LEFT) for row in session.scalars(query, of)]
    rows = sorted(found, key=lambda row: (row.due_at, row.id))[:limit]
    return _one_per_message(session, platform, _in_turn(session, rows, now), now)


def _behind() -> ColumnElement[bool]:
    """The condition of a review that an earlier one of its learner holds up."""
    earlier = aliased(OutboundRow)
    ahead = exists().where(
        earlier.learner_id == OutboundRow.learner_id,
        earlier.id < OutboundRow.id,
        earlier.kind.in_(FOLLOWS),
        earlier.edit_ref.is_(None),
        or_(
            and_(earlier.state == "waiting", earlier.holds_up),
            and_(earlier.state == "sending", earlier.claimed_until > _NOW),
        ),
    )
    return and_(OutboundRow.kind.in_(FOLLOWS), OutboundRow.edit_ref.is_(None), ahead)


def _query(*conditions: ColumnElement[bool]) -> Select[OutboundRow]:
    return (
        select(OutboundRow)
        .where(OutboundRow.platform == bindparam("platform"), *conditions)
        .where(OutboundRow.place.not_in(bindparam("without", expanding=True)), not_(_behind()))
        .order_by(OutboundRow.due_at, OutboundRow.id)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True)
    )


# Two steps into the index rather than one over both, which would sort all that waits. Built once: every drain
# looks once a second, and building them takes longer than running them.
_WAITING = _query(OutboundRow.state == "waiting", OutboundRow.due_at <= _NOW)
_LEFT = _query(OutboundRow.state == "sending", OutboundRow.claimed_until <= _NOW)


def _in_turn(session: Session, rows: Sequence[OutboundRow], now: datetime) -> list[OutboundRow]:
    """Leaves out reviews that come after one that another process is claiming at this moment."""
    learners = {row.learner_id for row in rows if follows(row)}
    if not learners or session.get_bind().dialect.name == "sqlite":  # there, claims come one at a time
        return list(rows)
    earlier = select(OutboundRow.learner_id, OutboundRow.due_at, OutboundRow.id).where(
        OutboundRow.learner_id.in_(learners),
        OutboundRow.kind.in_(FOLLOWS),
        OutboundRow.edit_ref.is_(None),
        OutboundRow.id.not_in([row.id for row in rows]),
        or_(
            OutboundRow.state == "sending",
            and_(OutboundRow.state == "waiting", OutboundRow.due_at <= now),
        ),
    )
    first: dict[int | None, tuple[datetime, int]] = {}
    for learner, due_at, number in session.execute(earlier):
        first[learner] = min(first.get(learner, (due_at, number)), (due_at, number))
    return [
        row
        for row in rows
        if not follows(row)
        or row.holds_up  # the others wait for this one, whatever their moment
        or row.learner_id not in first
        or first[row.learner_id] > (row.due_at, row.id)
    ]


def _one_per_message(
    session: Session, platform: str, rows: Iterable[OutboundRow], now: datetime
) -> list[OutboundRow]:
    """Leaves out rows whose message is being edited already; drops all but the last edit of each."""
    rows = list(rows)
    refs = {row.edit_ref for row in rows if row.edit_ref is not None}
    if not refs:
        return rows
    unfinished = select(OutboundRow).where(
        OutboundRow.platform == platform,
        OutboundRow.edit_ref.in_(refs),
        OutboundRow.state.in_(("waiting", "sending")),
    )
    visible = set(session.scalars(unfinished.with_only_columns(OutboundRow.id)))
    locked = session.scalars(
        unfinished.order_by(OutboundRow.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    held = visible - {row.id for row in locked}
    # Another process is claiming among these messages at this moment: leave them all to it.
    busy = (
        set(session.scalars(select(OutboundRow.edit_ref).where(OutboundRow.id.in_(held)))) if held else set()
    )
    last: dict[tuple[str, str], OutboundRow] = {}
    for row in locked:
        message = (row.place, row.edit_ref or "")
        if row.state == "sending" and row.claimed_until is not None and row.claimed_until > now:
            busy.add(row.edit_ref)
        if row.due_at <= now:
            last[message] = row
    for row in locked:  # what waits for another try must not come after what replaces it
        later = last.get((row.place, row.edit_ref or ""))
        if row.due_at > now and later is not None and later.id > row.id and row.edit_ref not in busy:
            row.state, row.owner, row.claimed_until = "dropped", None, None
    kept = []
    for row in rows:
        if row.edit_ref is None:
            kept.append(row)
        elif row.edit_ref not in busy:
            if last.get((row.place, row.edit_ref), row) is row:
                kept.append(row)
            else:
                row.state = "dropped"
                row.owner = row.claimed_until = None
    return kept
