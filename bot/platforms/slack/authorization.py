"""Who Bolt takes the bot for, in the workspace that an event comes from."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.authorization import AuthorizeResult

from bot.platforms.slack.failures import Failure
from bot.platforms.slack.seam import Clients

log = logging.getLogger(__name__)


def authorization(clients: Clients) -> Callable[..., Awaitable[AuthorizeResult | None]]:
    """For `AsyncApp(authorize=...)`: from the clients, so that Bolt asks neither Slack nor the database.

    It gives no token, which may have to be renewed first: listeners take the client of `Clients`, not Bolt's,
    after they have acknowledged.
    """

    async def authorize(
        team_id: str | None, enterprise_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        if team_id is None:
            return None
        try:
            known = await clients.identity(team_id)
        except Failure as refused:
            log.warning("Slack: nothing can be done in workspace %s now (%s)", team_id, refused)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            team=known.title,
            bot_user_id=known.bot_user,
            bot_id=known.bot,
            user_id=user_id,
        )

    return authorize
