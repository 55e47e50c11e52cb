"""What Slack says of the bot when it is asked who it is."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.scopes import SCOPES


@dataclass(frozen=True, slots=True)
class Standing:
    """The bot in one workspace."""

    name: str
    workspace: str
    missing: tuple[str, ...]
    """Scopes that the manifest asks for and the token doesn't have."""


async def standing(client: AsyncWebClient) -> Standing:
    """Asks Slack. Whatever slack_sdk and the network raise."""
    told = await client.auth_test()
    granted = {scope.strip() for scope in str(told.headers.get("x-oauth-scopes", "")).split(",")}
    # Without the header nothing is known, which is no reason to complain.
    missing = tuple(scope for scope in SCOPES if scope not in granted) if granted != {""} else ()
    return Standing(str(told.get("user", "")), str(told.get("team", "")), missing)
