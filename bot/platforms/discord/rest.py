"""Discord's REST calls that messages need, over the client's own connection and its rate limits.

They take and give plain JSON instead of the library's views: a view would be kept in memory until its
buttons are pressed, and ours work by their ids alone, after any restart.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import discord
from discord.http import Route
from discord.utils import time_snowflake
from discord.webhook.async_ import async_context

from bot.platforms.discord.failures import translated
from bot.platforms.discord.render import Rendered

Message = Mapping[str, Any]

EPHEMERAL = 1 << 6
PAGE = 100
"""Messages of one look into a channel's history, Discord's most."""
ORIGINAL = "@original"
MOST_KNOWN = 10_000
"""Channels of direct messages that are remembered: without them every message would take two requests."""


class Rest:
    """All raise the `Failure`s of `bot.platforms.discord.failures`. Lives on the client's loop."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._direct: dict[int, int] = {}

    @property
    def user_id(self) -> int:
        """The bot's own."""
        user = self._client.user
        return user.id if user is not None else 0

    async def open_dm(self, user_id: int) -> int:
        """The channel of the direct messages with somebody; there may have been none yet."""
        known = self._direct.get(user_id)
        if known is not None:
            return known
        with translated():
            told = await self._client.http.start_private_message(user_id)
        if len(self._direct) >= MOST_KNOWN:
            self._direct.clear()
        channel = self._direct[user_id] = int(told["id"])
        return channel

    async def post(
        self, channel_id: int, message: Rendered, nonce: str, answers: int | None = None
    ) -> Message:
        """Posts a message, or gives the one that was posted with this nonce in the last few minutes."""
        body = {**message.payload(), "nonce": nonce, "enforce_nonce": True}
        if answers is not None:
            body["message_reference"] = {"message_id": str(answers), "fail_if_not_exists": False}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel_id)
        return await self._channel_call(route, message, body)

    async def edit(self, channel_id: int, message_id: int, message: Rendered) -> Message:
        """Replaces all that a message of ours shows."""
        route = Route(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=channel_id,
            message_id=message_id,
        )
        return await self._channel_call(route, message, message.payload())

    async def delete(self, channel_id: int, message_id: int) -> None:
        with translated():
            await self._client.http.delete_message(channel_id, message_id)

    async def history(self, channel_id: int, since: datetime, most: int) -> AsyncIterator[Message]:
        """Up to `most` messages of a channel from a moment on, oldest first."""
        after = time_snowflake(since)
        while most > 0:
            with translated():
                page = await self._client.http.logs_from(channel_id, min(PAGE, most), after=after)
            ordered = sorted(page, key=lambda message: int(message["id"]))
            for message in ordered:
                yield message
            if len(ordered) < PAGE:
                return
            most -= len(ordered)
            after = int(ordered[-1]["id"])

    async def follow(self, application_id: int, token: str, message: Rendered, private: bool) -> Message:
        """A further message under an interaction."""
        body = message.payload() | ({"flags": EPHEMERAL} if private else {})
        route = Route(
            "POST", "/webhooks/{webhook_id}/{webhook_token}", webhook_id=application_id, webhook_token=token
        )
        return await self._webhook_call(route, message, body, {"wait": 1})

    async def rewrite(
        self, application_id: int, token: str, message_id: int | None, message: Rendered
    ) -> Message:
        """Replaces a message under an interaction; None: the first one, which may still be loading."""
        route = Route(
            "PATCH",
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            webhook_id=application_id,
            webhook_token=token,
            message_id=message_id or ORIGINAL,
        )
        return await self._webhook_call(route, message, message.payload())

    async def retract(self, application_id: int, token: str, message_id: int | None) -> None:
        """Deletes a message under an interaction; None: the first one."""
        route = Route(
            "DELETE",
            "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
            webhook_id=application_id,
            webhook_token=token,
            message_id=message_id or ORIGINAL,
        )
        with translated():
            await async_context.get().request(route, self._hook(application_id, token).session)

    def _hook(self, application_id: int, token: str) -> discord.Webhook:
        return discord.Webhook.partial(application_id, token, client=self._client)

    async def _channel_call(self, route: Route, message: Rendered, body: dict[str, Any]) -> Message:
        with translated():
            if not message.files:
                return await self._client.http.request(route, json=body)  # type: ignore[no-any-return]
            form, files = _form(message, body)
            return await self._client.http.request(route, files=files, form=form)  # type: ignore[no-any-return]

    async def _webhook_call(
        self, route: Route, message: Rendered, body: dict[str, Any], query: dict[str, Any] | None = None
    ) -> Message:
        hook = self._hook(int(route.webhook_id or 0), str(route.webhook_token))
        adapter = async_context.get()
        with translated():
            if not message.files:
                return await adapter.request(route, hook.session, payload=body, params=query)  # type: ignore[no-any-return]
            form, files = _form(message, body)
            return await adapter.request(  # type: ignore[no-any-return]
                route, hook.session, multipart=form, files=files, params=query
            )


def _form(message: Rendered, body: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[discord.File]]:
    """A body with files as the parts of a form."""
    files = [discord.File(io.BytesIO(file.data), file.name) for file in message.files]
    form: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(body, ensure_ascii=False)}]
    form += [
        {
            "name": f"files[{number}]",
            "value": file.fp,
            "filename": file.filename,
            "content_type": "application/octet-stream",
        }
        for number, file in enumerate(files)
    ]
    return form, files
