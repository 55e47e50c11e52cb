"""The table of Discord's side: where each reply stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class ReplyRow(Base):
    """One thing that Recap says, in one message or several: the reply to a turn, or what came unasked."""

    __tablename__ = "discord_replies"
    __table_args__ = (Index("ix_discord_replies_created_at", "created_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(120), unique=True)
    """What it answers, so that nothing is said twice: `interaction:ID`, `message:ID`, `outbound:KEY`."""
    place: Mapped[str] = mapped_column(String(200))
    channel_id: Mapped[int | None] = mapped_column(BigInteger)
    """Where its messages stand; None: direct messages that are not open yet."""
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    """Who did the turn."""
    application_id: Mapped[int | None] = mapped_column(BigInteger)
    token: Mapped[str | None] = mapped_column(Text)
    """The interaction's, as long as it may work."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    private: Mapped[bool] = mapped_column(default=False)
    """Shown to that user alone, within a channel."""
    answers: Mapped[int | None] = mapped_column(BigInteger)
    """The message that it replies to."""
    messages: Mapped[list[int]] = mapped_column(JSON, default=list)
    """The ids of its parts, in order."""
    posted: Mapped[int] = mapped_column(default=0)
    """How many messages were ever posted for it; numbers the nonces."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The message that was about to be posted, until its id is known: what it looks like, and since when."""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The reply to the turn until it stands there whole."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open (the turn is in work, the message not posted whole) | told | dropped (nobody can be reached)"""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
