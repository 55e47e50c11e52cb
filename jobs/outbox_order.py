"""Which outbound rows may go out now, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.tables import OutboundRow


def due_rows(
    session: Session, platform: str, now: datetime, limit: int, without: Collection[str] = ()
) -> list[OutboundRow]:
    """Up to `limit` rows that are due and that nobody holds, locked; by due moment, then as queued.

    None for the places `without`. Rows that edit one message go one at a time: none while another is being
    sent, and of several only the last, the ones before it are dropped.
    """
    # Two steps into the index rather than one over both, which would sort all that waits.
    waiting = (OutboundRow.state == "waiting", OutboundRow.due_at <= now)
    left = (OutboundRow.state == "sending", OutboundRow.claimed_until <= now)
    found = [
        row
        for conditions in (waiting, left)
        for row in session.scalars(
            select(OutboundRow)
            .where(OutboundRow.platform == platform, *conditions, OutboundRow.place.not_in(without))
            .order_by(OutboundRow.due_at, OutboundRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ]
    rows = sorted(found, key=lambda row: (row.due_at, row.id))[:limit]
    return _one_per_message(session, platform, rows, now)


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
