"""Tables around learners: codes that link two of them, where their reviews go, the servers Recap is in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class LinkCodeRow(Base):
    """A one-time code that proves that two accounts are one person's."""

    __tablename__ = "link_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    """The account that it was shown to."""
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """Of the code, which itself is stored nowhere."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on it is worth nothing: ten minutes later, or when it was used or replaced."""


class LinkGuessRow(Base):
    """A code that was entered and opened nothing."""

    __tablename__ = "link_guesses"

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewPlaceRow(Base):
    """A channel that a learner chose for reviews; without a row they come as private messages."""

    __tablename__ = "review_places"
    __table_args__ = (Index("ix_review_places_platform_space", "platform", "space"),)

    learner_id: Mapped[int] = mapped_column(
        ForeignKey("learners.id"), primary_key=True, info={"merge": "unite"}
    )
    platform: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    space: Mapped[str | None] = mapped_column(String(200))
    """The server or workspace around it."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """The account that chose it, as which the learner is known there."""
    only_else: Mapped[bool] = mapped_column(default=False)
    """Only where private messages are closed."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when Recap can't write there."""
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SpaceRow(Base):
    """A server or workspace that Recap is in or was in."""

    __tablename__ = "spaces"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: it is in there now."""
