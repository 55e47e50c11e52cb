"""Forgetting a conversation of the web chat."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.platforms.web.conversation import PLATFORM
from bot.platforms.web.tables import MessageRow
from jobs.tables import AccountRow


def forget_conversation(session: Session, account: AccountRow) -> None:
    """Deletes what was said, but for the turn that asks for it, whose reply is still to come."""
    if account.platform != PLATFORM:
        return
    mine = MessageRow.place == account.place
    open_turns = session.execute(
        select(MessageRow.id, MessageRow.answers).where(mine, MessageRow.state == "pending")
    )
    kept = [number for pair in open_turns for number in pair if number is not None]
    session.execute(delete(MessageRow).where(mine, MessageRow.id.not_in(kept)))
