"""Forgetting where replies to somebody stand on Slack."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_
from sqlalchemy.orm import Session

from bot.platforms.slack.places import PLATFORM, Place, user_of
from bot.platforms.slack.tables import ReplyRow
from jobs.tables import AccountRow


def forget_replies(session: Session, account: AccountRow) -> None:
    """Deletes the records of what was said to them, but for the turn that asks for it.

    The messages themselves belong to the conversation on Slack and stay there.
    """
    if account.platform != PLATFORM:
        return
    team, user = user_of(account.external_id)
    there = or_(
        ReplyRow.place == str(Place("team", team)),
        *(
            ReplyRow.place.startswith(f"{kind}:{team}/", autoescape=True)
            for kind in ("dm", "channel", "thread")
        ),
    )
    theirs = or_(and_(ReplyRow.user_id == user, there), ReplyRow.place == str(Place("dm", team, user)))
    session.execute(delete(ReplyRow).where(theirs, ReplyRow.state != "open"))
