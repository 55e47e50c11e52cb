"""Pictures on a page: files of the app that stand in no channel."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.reply import Image
from bot.platforms.slack.inbound.cached import AWAY

log = logging.getLogger(__name__)

PAUSES = (0.3, 0.7, 1.5, 3.0)
"""Seconds between looks whether Slack has read a file: until then no view may show it."""

Pause = Callable[[float], Awaitable[object]]


async def upload(client: AsyncWebClient, image: Image, pause: Pause) -> str:
    """The id of the picture once a view may show it; empty where it can't be had."""
    try:
        answer = await client.files_upload_v2(
            content=image.png, filename=image.name, title=image.name, alt_txt=image.alt[:1000]
        )
        file = str((answer.get("files") or [{}])[0].get("id") or "")
        for seconds in (*PAUSES, None):
            told = await client.files_info(file=file)
            if (told.get("file") or {}).get("mimetype"):
                return file
            if seconds is not None:
                await pause(seconds)
    except AWAY as error:
        log.warning("the picture of a page could not be uploaded: %s", error)
        return ""
    log.warning("Slack has not read the picture of a page in time")
    return ""


async def delete(client: AsyncWebClient, file: str) -> None:
    """Takes away a picture that no page shows any more."""
    try:
        await client.files_delete(file=file)
    except AWAY as error:
        log.info("a picture of a page could not be deleted: %s", error)


def error_code(error: SlackApiError) -> str:
    """Slack's word for what is wrong; empty where something before Slack answered."""
    data = error.response.data
    return str(data.get("error") or "") if isinstance(data, dict) else ""
