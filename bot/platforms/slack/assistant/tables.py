"""What is kept of the conversations in the assistant pane."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class SlackPaneRow(Base):
    """One conversation in the assistant pane: a thread of a person's direct messages."""

    __tablename__ = "slack_panes"
    __table_args__ = (Index("ix_slack_panes_team_user", "team", "user"),)

    team: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    ts: Mapped[str] = mapped_column(String(40), primary_key=True)
    user: Mapped[str] = mapped_column(String(40))
    beside: Mapped[str] = mapped_column(String(40), default="")
    """The channel that the person looked at last beside it; empty: none."""
    titled: Mapped[bool] = mapped_column(default=False)
    """Whether it has a title of its own."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
