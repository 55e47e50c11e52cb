"""What every platform keeps of each thing that it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import UtcDateTime


class ReplyColumns:
    """One thing that Recap says, in one message or several: the reply to a turn, or what came unasked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(120), unique=True)
    """What it answers, so that nothing is said twice; `outbound:KEY` where it came unasked."""
    place: Mapped[str] = mapped_column(String(200))
    private: Mapped[bool] = mapped_column(default=False)
    """Shown to that user alone, within a channel."""
    messages: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The platform's ids of its parts, in order."""
    posted: Mapped[int] = mapped_column(default=0)
    """How many messages were ever posted for it; numbers them."""
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The message that was about to be posted, until its id is known: what it looks like, and since when."""
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The reply to the turn until it stands there whole."""
    state: Mapped[str] = mapped_column(String(10), default="open")
    """open (the turn is in work, the message not posted whole) | told | dropped (nobody can be reached)"""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
