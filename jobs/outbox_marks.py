"""Marking outbound rows as sent, many at a time, and what follows from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.tables import OutboundRow

_UNMARKED = (
    select(OutboundRow)
    .where(
        OutboundRow.id.in_(bindparam("ids", expanding=True)), OutboundRow.state.not_in(("sent", "dropped"))
    )
    .order_by(OutboundRow.id)  # the order in which everyone locks several of them
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Marked:
    """What has to be done once the marks are committed."""

    renewed: set[str] = field(default_factory=set)
    """Platforms on which a row has to be sent once more."""
    reopened: list[tuple[int, str, str]] = field(default_factory=list)
    """Learners with a closed account whom something reached: id, platform and place."""


def mark_sent(session: Session, references: Mapping[int, str | None], now: datetime) -> Marked:
    """Marks rows, by their ids, as sent under those references; those that are marked already stay."""
    rows = session.scalars(_UNMARKED, {"ids": list(references)}).all()
    marked = Marked()
    came: list[tuple[int, str, str]] = []
    for row in rows:
        row.sent_ref, row.sent_at, row.error = references[row.id], now, None
        row.state = "waiting" if row.renewed else "sent"
        if row.renewed:
            row.renewed, row.attempts = False, 0
            marked.renewed.add(row.platform)
        row.owner = row.claimed_until = None
        if row.edit_ref is None and row.learner_id is not None:
            came.append((row.learner_id, row.platform, row.place))
    closed = destinations.closed_among(session, {learner_id for learner_id, _, _ in came})
    marked.reopened.extend(one for one in came if one[0] in closed)
    return marked
