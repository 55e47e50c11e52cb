"""Tables of study groups: the group of a channel, its members, its rounds, who answered what in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class GroupRow(Base):
    """The study group of one channel, and when it is asked."""

    __tablename__ = "groups"
    __table_args__ = (
        UniqueConstraint("platform", "place"),
        Index("ix_groups_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    place: Mapped[str] = mapped_column(String(200))
    """The channel."""
    space: Mapped[str] = mapped_column(String(200), index=True)
    """The server that the channel belongs to; empty where there is none."""
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    note: Mapped[str | None] = mapped_column(String(500))
    """The note that is asked about; None: what its members study, else the course in order."""
    language: Mapped[str] = mapped_column(String(2))
    """In which the channel is spoken to."""
    at: Mapped[int]
    """Minutes after midnight, local."""
    zone: Mapped[str] = mapped_column(String(64))
    """IANA time zone."""
    days: Mapped[str] = mapped_column(String(7))
    """ISO weekdays as digits: `12345`."""
    open_for: Mapped[int]
    """Seconds from question to reveal."""
    state: Mapped[str] = mapped_column(String(10), default="active")
    """active | paused (nobody answered for a while) | stopped"""
    unanswered: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rounds in a row that nobody answered."""
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the next round is due; None: paused or stopped."""
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not tried before: the last attempt to ask failed."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MemberRow(Base):
    """A learner belongs to a group."""

    __tablename__ = "group_members"
    __table_args__ = (UniqueConstraint("group_id", "learner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True, info={"merge": "unite"})
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    named: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Agreed to be named in the reveal of a question that they answered right."""


class RoundRow(Base):
    """One question to a group."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("group_id", "slot"),
        Index("ix_rounds_state_closes_at", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"))
    slot: Mapped[str] = mapped_column(String(40))
    """What makes it this round, so that none is asked twice: the planned moment, or `now:` and a moment."""
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    options: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """The choices in the order in which everyone is shown them; None: answered freely."""
    late: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open | closed | dropped (its question went out too late) | failed (it was refused)"""
    news: Mapped[int] = mapped_column(default=0)
    """Counts what changed of what its message shows: answers, then ratings."""
    told: Mapped[int] = mapped_column(default=0)
    """`news` as of the last edit that was queued."""
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerRow(Base):
    """A learner's answer in a round: one attempt, which their own schedule is graded by."""

    __tablename__ = "round_answers"
    __table_args__ = (
        UniqueConstraint("round_id", "learner_id"),
        Index("ix_round_answers_grade_at", "grade_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"))
    learner_id: Mapped[int] = mapped_column(ForeignKey("learners.id"), index=True, info={"merge": "unite"})
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    grade_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """From when on it is to be graded; None: the round is open, or it is graded."""
