"""The table of conversations that a missed question began."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base


class OpenTopicRow(Base):
    """The question of ours whose section plain text in a place asks about; removed by the next turn."""

    __tablename__ = "open_topics"

    platform: Mapped[str] = mapped_column(String(20), primary_key=True)
    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    learner_id: Mapped[int] = mapped_column(
        ForeignKey("learners.id"), primary_key=True, info={"merge": "unite"}
    )
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
