"""Tables of the web chat: its conversations and their messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class PlaceRow(Base):
    """A conversation in the web chat."""

    __tablename__ = "web_places"

    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    change: Mapped[int] = mapped_column(default=0)
    """Number of the last change to its messages."""
    seen: Mapped[int] = mapped_column(default=0)
    """Id of the last message that the person has had before their eyes."""


class MessageRow(Base):
    """A message of a learner or of Recap."""

    __tablename__ = "web_messages"
    __table_args__ = (
        UniqueConstraint("place", "client_id"),
        Index("ix_web_messages_place_id", "place", "id"),
        Index("ix_web_messages_place_change", "place", "change"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(String(200))
    change: Mapped[int]
    author: Mapped[str] = mapped_column(String(10))
    """learner | recap"""
    client_id: Mapped[str | None] = mapped_column(String(64))
    """Of a learner's message: the page's own id for it, which makes a repeated request harmless."""
    answers: Mapped[int | None] = mapped_column(unique=True)
    """Of a reply: the learner's message."""
    outbound: Mapped[str | None] = mapped_column(String(100), unique=True)
    """Of a message that came unasked: its key in the outbox."""
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text, default="")
    """What the learner said."""
    via: Mapped[str | None] = mapped_column(Text)
    """Label of the button that was pressed to say it."""
    state: Mapped[str] = mapped_column(String(12))
    """pending (is being worked on) | told | interrupted (the server stopped meanwhile)"""
    reply: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    pressed: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Actions of this message that have been carried out."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
