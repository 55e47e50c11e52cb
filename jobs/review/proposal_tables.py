"""Which sections a language model was asked about, and is being asked about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class ProposalRow(Base):
    """A section, as it was worded then, about which a model was asked; or a note gone through as a whole.

    Its cards are rows of origin `proposed`.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index("ix_proposals_course_id_asked_at", "course_id", "asked_at"),)

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    note: Mapped[str] = mapped_column(String(500), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Empty: the whole note, none of whose sections is left to be asked about."""
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the section's text; of the note's file for the whole note."""
    proposed: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalClaimRow(Base):
    """A process is asking a model about a section, worded like that (`jobs.review.proposal_claims`)."""

    __tablename__ = "proposal_claims"

    course_id: Mapped[str] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    note: Mapped[str] = mapped_column(String(500), primary_key=True)
    section_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Of the section's text."""
    owner: Mapped[str] = mapped_column(String(64))
    """The process, as `jobs.owner` names it."""
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on another one may take it up."""
