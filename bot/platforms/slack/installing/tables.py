"""Tables of the workspaces that installed Recap, and of installations under way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from knowledge.store import Base, UtcDateTime


class InstallationRow(Base):
    """A workspace that installed Recap; gone when it takes Recap out again."""

    __tablename__ = "slack_installations"

    team: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    enterprise: Mapped[str | None] = mapped_column(String(32))
    app: Mapped[str] = mapped_column(String(32))
    bot_user: Mapped[str] = mapped_column(String(32))
    bot: Mapped[str] = mapped_column(String(32))
    scopes: Mapped[str] = mapped_column(Text)
    installer: Mapped[str] = mapped_column(String(32))
    tokens: Mapped[str] = mapped_column(Text)
    """Sealed by `vault.Vault`."""
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Of the access token; None: it doesn't expire."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts the tokens that there were: who renews them puts theirs in the place of those they read."""
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until then one process alone renews them."""
    refused: Mapped[str | None] = mapped_column(String(100))
    """Why Slack takes these tokens no more: the workspace has to install Recap anew."""
    installed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OAuthStateRow(Base):
    """An installation that a browser began."""

    __tablename__ = "slack_oauth_states"
    __table_args__ = (Index("ix_slack_oauth_states_expires_at", "expires_at"),)

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    """Hash of the state: who reads the database can't finish what another began."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
