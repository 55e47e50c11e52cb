"""The table of Discord's side: where each reply stands."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.platforms.hosted.tables import ReplyColumns
from knowledge.store import Base, UtcDateTime


class ReplyRow(ReplyColumns, Base):
    """A source is `interaction:ID`, `press:ID`, `message:ID` or `outbound:KEY`; messages are ids."""

    __tablename__ = "discord_replies"
    __table_args__ = (Index("ix_discord_replies_created_at", "created_at"),)

    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    """Where its messages stand; None: direct messages that are not open yet."""
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who did the turn."""
    application_id: Mapped[int | None] = mapped_column(BigInteger)
    token: Mapped[str | None] = mapped_column(Text)
    """The interaction's, as long as it may work."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answers: Mapped[int | None] = mapped_column(BigInteger)
    """The message that it replies to."""
