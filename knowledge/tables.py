"""Tables of what is known: courses, their sources, index generations, questions asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class CourseRow(Base):
    """A course: a folder of notes with an index of its own."""

    __tablename__ = "courses"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    notes_path: Mapped[str] = mapped_column(Text)
    generation_id: Mapped[str | None] = mapped_column(String(64))
    """The index generation that the sources and cards were last brought in line with."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SourceRow(Base):
    """A note of a course, as the active generation has it."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("course_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    path: Mapped[str] = mapped_column(String(500))
    title: Mapped[str] = mapped_column(String(500))
    language: Mapped[str] = mapped_column(String(2))
    hash: Mapped[str] = mapped_column(String(64))
    lines: Mapped[int]
    sections: Mapped[int]
    restored: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GenerationRow(Base):
    """An index generation that was made active at some time."""

    __tablename__ = "generations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report: Mapped[dict[str, Any]] = mapped_column(JSON)


class QuestionRow(Base):
    """A question that was asked, with what it was answered from; unanswered ones are the gaps."""

    __tablename__ = "questions"
    __table_args__ = (Index("ix_questions_course_id_asked_at", "course_id", "asked_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"))
    asked_by: Mapped[int | None]
    """The learner's id; no foreign key, since learners are declared above this package."""
    place: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where others saw it asked; empty: nobody did."""
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    answered: Mapped[bool]
    generation_id: Mapped[str | None] = mapped_column(String(64))
    citations: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
