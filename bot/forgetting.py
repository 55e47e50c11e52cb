"""What the platforms keep of a person, deleted when the person is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from jobs.tables import AccountRow


def forget_conversation(session: Session, account: AccountRow) -> None:
    """Deletes what the platforms keep of an account: its page, and where replies to it stand."""
    from bot.platforms.discord.forgetting import forget_replies as forget_on_discord
    from bot.platforms.slack.assistant.panes import forget_panes
    from bot.platforms.slack.forgetting import forget_replies as forget_on_slack
    from bot.platforms.web.forgetting import (
        forget_conversation as forget_on_the_web,  # brings the web framework
    )

    forget_on_the_web(session, account)
    forget_on_discord(session, account)
    forget_on_slack(session, account)
    forget_panes(session, account)
