"""Statements of the outbox, built once: building one takes longer than running it."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.sql.dml import ReturningInsert

from jobs.tables import OutboundRow
from knowledge.store import insert_for

WITHDRAW: Final = (
    update(OutboundRow)
    .where(OutboundRow.key.in_(bindparam("keys", expanding=True)), OutboundRow.state.in_(("waiting", "held")))
    .values(state="dropped")
    .execution_options(synchronize_session=False)
)
"""Drops those of the rows with `keys` that are not out; rows that a session has loaded are not refreshed."""


@lru_cache(maxsize=2)
def queueing(dialect: str) -> ReturningInsert[int]:
    """Queues a row and gives its id; nothing where its key is there already, in any state."""
    table = cast(Table, OutboundRow.__table__)
    statement = insert_for(dialect, table).on_conflict_do_nothing(index_elements=["key"])
    return statement.returning(table.c.id)
