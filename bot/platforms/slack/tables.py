"""The table of Slack's side: where each reply stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.platforms.hosted.tables import ReplyColumns
from knowledge.store import Base, UtcDateTime


class ReplyRow(ReplyColumns, Base):
    """A source is that of `seam.Source.key` or `outbound:KEY`; messages are their `ts`."""

    __tablename__ = "slack_replies"
    __table_args__ = (Index("ix_slack_replies_created_at", "created_at"),)

    channel: Mapped[str | None] = mapped_column(String(40))
    """Where its messages stand; None: direct messages that are not open yet."""
    thread: Mapped[str] = mapped_column(String(40), default="")
    """The `ts` of the message that they hang on; empty: none."""
    user_id: Mapped[str | None] = mapped_column(String(40))
    """Who did the turn."""
    response_url: Mapped[str | None] = mapped_column(Text)
    uses: Mapped[int] = mapped_column(default=0)
    """How often something was said through the response URL, as far as we know: counted before it is."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when the response URL works."""
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What was uploaded for it: `references.Shared`."""
