"""Asks Slack about the bot, for the commands of the shell. Plain functions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackClientError

from bot.platforms.slack.clients import web_client
from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.failures import Failure
from bot.platforms.slack.faults import fault
from bot.platforms.slack.link import LinkRefused, socket_url
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.standing import Standing
from bot.platforms.slack.standing import standing as asked

PATIENCE = 60.0
"""Seconds that one of these questions may take."""

T = TypeVar("T")


def standing(options: SlackOptions) -> Standing:
    """The bot as Slack has it in the workspace of its token. SlackError."""
    return _told(options, lambda: asked(web_client(options, options.bot_token)))


def check_socket(options: SlackOptions) -> None:
    """Asks for a connection, without opening it. SlackError: Slack gives none."""
    _told(options, lambda: socket_url(web_client(options), options.app_token))


def _told(options: SlackOptions, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    async def told() -> T:
        async with asyncio.timeout(PATIENCE):
            return await ask()

    try:
        return asyncio.run(told())
    except (Failure, LinkRefused, SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        found = fault(error)
        key = SlackError.key if found.kind == "unreachable" else f"slack.refused.{found.kind}"
        raise SlackError(key, url=options.api_url, detail=found.detail) from error
