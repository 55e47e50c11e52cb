"""The table of questions that stand open in places where people talk."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base


class OpenPromptRow(Base):
    """The attempt that plain text in a place answers: set as it is asked there, removed by the next turn."""

    __tablename__ = "open_prompts"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    learner_id: Mapped[int] = mapped_column(
        ForeignKey("learners.id"), primary_key=True, index=True, info={"merge": "unite"}
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
