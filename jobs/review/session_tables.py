"""Tables of review sessions: several due topics, asked one after the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class ReviewSessionRow(Base):
    """Topics that a learner is asked one after the other, announced in one message or begun by `/review`."""

    __tablename__ = "review_sessions"
    __table_args__ = (
        Index("ix_review_sessions_learner_id_begun_at", "learner_id", "begun_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"))
    unasked: Mapped[bool]
    """Whether it came by itself; else the learner began it."""
    ignored: Mapped[int] = mapped_column(default=0)
    """How many sessions before it came by themselves, in a row, and had no answer at all."""
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its last topic was through, or a later session took over what was left; None: it goes on."""


class SessionItemRow(Base):
    """A topic of a session: the review that asks it."""

    __tablename__ = "review_session_items"

    session_id: Mapped[int] = mapped_column(ForeignKey("review_sessions.id"), primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), primary_key=True, index=True)
    position: Mapped[int]
    """0-based; topics that join later come last."""
