"""Forgetting where replies to somebody stand on Discord."""

from __future__ import annotations

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.platforms.discord.places import PLATFORM, Place
from bot.platforms.discord.tables import ReplyRow
from jobs.tables import AccountRow


def forget_replies(session: Session, account: AccountRow) -> None:
    """Deletes the records of what was said to them, but for the turn that asks for it.

    The messages themselves belong to the conversation on Discord and stay there.
    """
    if account.platform != PLATFORM:
        return
    user = int(account.external_id)
    theirs = or_(ReplyRow.user_id == user, ReplyRow.place == str(Place("dm", user)))
    session.execute(delete(ReplyRow).where(theirs, ReplyRow.state != "open"))
