"""Tables that bind to courses: which one a place belongs to, and which one a learner used last."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class CoursePlaceRow(Base):
    """A place that belongs to a course: a channel, a server, a private conversation."""

    __tablename__ = "course_places"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    space: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """The server around it; empty where there is none, or none was known."""
    course: Mapped[str] = mapped_column(String(64))
    """Its short name, as the settings have it; one that they have no more is as good as none."""
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LastCourseRow(Base):
    """The course that a learner used last: what a private place without a course of its own goes on with."""

    __tablename__ = "last_courses"

    learner_id: Mapped[int] = mapped_column(
        ForeignKey("learners.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        info={"merge": "unite"},
    )
    course: Mapped[str] = mapped_column(String(64))
