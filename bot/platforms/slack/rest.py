"""Slack's requests that messages need, through the clients of the workspaces.

A request is made once: whether one whose answer was lost has been carried out is for the caller to find
out. A limit that the client does not wait out is remembered, so that nothing of that kind is asked before
its time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platforms.slack.failures import Limited, NotAllowed, Refused, failure, of_url, translated
from bot.platforms.slack.rates import Rates
from bot.platforms.slack.render import Attached, Rendered
from bot.platforms.slack.render.rich import Block
from bot.platforms.slack.seam import Clients
from knowledge.clock import Clock

Message = Mapping[str, Any]

PAGE = 100
"""Messages of one look into a conversation's history."""
EVENT = "recap_reply"
"""The `event_type` of our messages' metadata."""
MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message stands: a channel of a workspace, and the thread there, if any."""

    team: str
    channel: str
    thread: str = ""


class Rest:
    """All raise the `Failure`s of `bot.platforms.slack.failures`. Lives on Slack's loop."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._rates = Rates(clock)
        self._direct: dict[tuple[str, str], str] = {}

    async def open_dm(self, team: str, user: str) -> str:
        """The channel of the direct messages with somebody; there may have been none yet."""
        known = self._direct.get((team, user))
        if known is not None:
            return known
        told = await self._call(
            team, "conversations.open", lambda client: client.conversations_open(users=user)
        )
        if len(self._direct) >= MOST_KNOWN:
            self._direct.clear()
        channel = self._direct[team, user] = str(told["channel"]["id"])
        return channel

    async def post(self, spot: Spot, message: Rendered, payload: Mapping[str, Any]) -> str:
        """Posts a message that carries `payload` as metadata; its `ts`."""
        arguments = {**message.payload(), "metadata": {"event_type": EVENT, "event_payload": dict(payload)}}
        if spot.thread:
            arguments["thread_ts"] = spot.thread
        told = await self._call(
            spot.team,
            "chat.postMessage",
            lambda client: client.chat_postMessage(channel=spot.channel, **arguments),
            spot.channel,
        )
        return str(told["ts"])

    async def start_stream(self, spot: Spot, blocks: Sequence[Block], user: str | None) -> str:
        """Begins a message that grows, in a thread, for the one who asked; its `ts`."""
        told = await self._call(
            spot.team,
            "chat.startStream",
            lambda client: client.chat_startStream(
                channel=spot.channel,
                thread_ts=spot.thread,
                recipient_team_id=spot.team if user else None,
                recipient_user_id=user,
                chunks=_chunks(blocks),
            ),
        )
        return str(told["ts"])

    async def append_stream(self, spot: Spot, ts: str, blocks: Sequence[Block]) -> None:
        await self._call(
            spot.team,
            "chat.appendStream",
            lambda client: client.chat_appendStream(channel=spot.channel, ts=ts, chunks=_chunks(blocks)),
        )

    async def stop_stream(
        self, spot: Spot, ts: str, blocks: Sequence[Block], payload: Mapping[str, Any] | None
    ) -> None:
        """Ends it, with the last blocks and with `payload` as metadata."""
        more: dict[str, Any] = {"blocks": list(blocks)} if blocks else {}
        if payload is not None:
            more["metadata"] = {"event_type": EVENT, "event_payload": dict(payload)}
        await self._call(
            spot.team,
            "chat.stopStream",
            lambda client: client.chat_stopStream(channel=spot.channel, ts=ts, **more),
        )

    async def edit(self, spot: Spot, ts: str, message: Rendered) -> None:
        """Replaces all that a message of ours shows; its metadata stays."""
        arguments = message.payload(update=True)
        await self._call(
            spot.team,
            "chat.update",
            lambda client: client.chat_update(channel=spot.channel, ts=ts, **arguments),
        )

    async def delete(self, spot: Spot, ts: str) -> None:
        await self._call(
            spot.team, "chat.delete", lambda client: client.chat_delete(channel=spot.channel, ts=ts)
        )

    async def whisper(self, spot: Spot, user: str, message: Rendered) -> None:
        """Shows a message to one person in a channel, if he is there to see it."""
        arguments = message.payload(update=True)
        if spot.thread:
            arguments["thread_ts"] = spot.thread
        await self._call(
            spot.team,
            "chat.postEphemeral",
            lambda client: client.chat_postEphemeral(channel=spot.channel, user=user, **arguments),
            spot.channel,
        )

    async def history(self, spot: Spot, since: datetime, most: int) -> AsyncIterator[Message]:
        """Up to `most` messages from a moment on, with their metadata."""
        oldest = f"{since.timestamp():.6f}"
        cursor: str | None = None
        while most > 0:
            told = await self._page(spot, oldest, min(PAGE, most), cursor)
            messages = told.get("messages") or ()
            for message in messages:
                yield message
            most -= len(messages)
            cursor = (told.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def respond(self, team: str, url: str, message: Rendered, more: Mapping[str, Any]) -> None:
        """Says a message through a response URL. `UrlUsedUp`: it takes no more."""
        body = {"text": message.text, "blocks": list(message.blocks), **more}
        kind = (team, "response_url", url)
        self._rates.check(kind)
        client = await self._clients.of(team)
        hook = AsyncWebhookClient(url, client.timeout, client.ssl, session=client.session, retry_handlers=[])
        hook.proxy = client.proxy
        with translated():
            answer = await hook.send_dict(body)
        refused = of_url(answer.status_code, answer.body, answer.headers)
        if isinstance(refused, Limited):
            self._rates.shut(kind, refused.retry_in)
        if refused is not None:
            raise refused

    async def begin_file(self, team: str, file: Attached) -> tuple[str, str]:
        """Announces a file: its id, and where its content goes."""
        more = {"alt_txt": file.description} if file.description else {}
        told = await self._call(
            team,
            "files.getUploadURLExternal",
            lambda client: client.files_getUploadURLExternal(
                filename=file.name, length=len(file.data), **more
            ),
        )
        return str(told["file_id"]), str(told["upload_url"])

    async def upload(self, team: str, url: str, data: bytes) -> None:
        """Sends a file's content."""
        client = await self._clients.of(team)
        session = client.session
        with translated():
            if session is not None and not session.closed:
                await _upload(session, client, url, data)
            else:
                async with aiohttp.ClientSession() as own:
                    await _upload(own, client, url, data)

    async def complete_file(self, spot: Spot, file_id: str, title: str) -> None:
        """Shows an uploaded file in a channel or thread, as a message of its own."""
        await self._call(
            spot.team,
            "files.completeUploadExternal",
            lambda client: client.files_completeUploadExternal(
                files=[{"id": file_id, "title": title}],
                channel_id=spot.channel,
                thread_ts=spot.thread or None,
            ),
        )

    async def channels_of(self, team: str, file_id: str) -> frozenset[str] | None:
        """Where a file stands; None for one that Slack doesn't know, or whose upload isn't complete."""
        try:
            told = await self._call(team, "files.info", lambda client: client.files_info(file=file_id))
        except NotAllowed:
            return frozenset()  # without files:read nothing can be known
        except Refused:
            return None
        file = told["file"]
        there = [channel for kind in ("channels", "groups", "ims") for channel in file.get(kind) or ()]
        shares = [channel for kind in (file.get("shares") or {}).values() for channel in kind]
        return frozenset((*there, *shares))

    async def delete_file(self, team: str, file_id: str) -> None:
        await self._call(team, "files.delete", lambda client: client.files_delete(file=file_id))

    async def _page(self, spot: Spot, oldest: str, most: int, cursor: str | None) -> Message:
        arguments: dict[str, Any] = {
            "channel": spot.channel,
            "oldest": oldest,
            "limit": most,
            "include_all_metadata": True,
            **({"cursor": cursor} if cursor else {}),
        }
        if spot.thread:
            return await self._call(
                spot.team,
                "conversations.replies",
                lambda client: client.conversations_replies(ts=spot.thread, **arguments),
            )
        return await self._call(
            spot.team, "conversations.history", lambda client: client.conversations_history(**arguments)
        )

    async def _call(
        self,
        team: str,
        method: str,
        request: Callable[[AsyncWebClient], Awaitable[Any]],
        channel: str = "",
    ) -> Message:
        """`channel` where Slack counts the method's requests by channel."""
        kind = (team, method, channel)
        self._rates.check(kind)
        client = await self._clients.of(team)
        try:
            with translated():
                answer = await request(client)
        except Limited as limited:
            self._rates.shut(kind, limited.retry_in)
            raise
        data: Message = answer.data
        return data


def _chunks(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    return [{"type": "blocks", "blocks": list(blocks)}]


async def _upload(session: aiohttp.ClientSession, client: AsyncWebClient, url: str, data: bytes) -> None:
    async with session.post(url, data=data, proxy=client.proxy, ssl=client.ssl or True) as answer:
        body = await answer.text()
        if answer.status != 200:
            raise failure(answer.status, body.strip()[:100], answer.headers)
