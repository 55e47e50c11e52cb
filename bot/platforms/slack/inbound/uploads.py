"""Files that people share, fetched from the thread in which the core works."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.turn import Upload
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.seam import Clients
from knowledge.reader import LARGEST

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that fetching a file may take."""
_OWN = (".slack.com", ".slack-edge.com", ".slack-files.com")
_CHUNK = 2**16


class Files:
    """Makes Uploads of shared files. Lives on Slack's loop."""

    def __init__(self, clients: Clients, patience: float = PATIENCE) -> None:
        self._clients = clients
        self._patience = patience

    async def uploads(self, team: str, files: Sequence[Mapping[str, Any]]) -> tuple[Upload, ...]:
        """What was shared, as Slack tells it now. A file that it doesn't tell about can't be read, either."""
        return tuple([await self._upload(team, file) for file in files if file.get("id")])

    async def _upload(self, team: str, file: Mapping[str, Any]) -> Upload:
        known: Mapping[str, Any] = file
        read = _unreadable("nobody can be asked for the file")
        try:
            client = await self._clients.of(team)
            read = self._reader(client, file)
            known = {**file, **((await client.files_info(file=str(file["id"]))).get("file") or {})}
            read = self._reader(client, known)
        except AWAY as error:
            log.info("Slack doesn't tell about a file: %s", error)
        return Upload(_name(known), _size(known), read)

    def _reader(self, client: AsyncWebClient, file: Mapping[str, Any]) -> Callable[[], bytes]:
        loop = asyncio.get_running_loop()
        url = str(file.get("url_private_download") or file.get("url_private") or "")
        if file.get("is_external") or not _is_slack_s(url, client):
            return _unreadable("the file lies outside Slack")

        def read() -> bytes:
            running = asyncio.run_coroutine_threadsafe(_fetch(client, url), loop)
            try:
                return running.result(self._patience)
            except FutureTimeout as error:
                running.cancel()
                raise OSError(f"fetching the file took longer than {self._patience:.0f} s") from error
            except AWAY as error:
                raise OSError(f"the file can't be fetched: {error}") from error

        return read


async def _fetch(client: AsyncWebClient, url: str) -> bytes:
    """Without following redirects: they lead to a page for signing in."""
    headers = {"Authorization": f"Bearer {client.token}"}
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    session = client.session
    own = session is None or session.closed
    session = aiohttp.ClientSession() if session is None or session.closed else session
    try:
        async with session.get(
            url, headers=headers, timeout=timeout, allow_redirects=False, proxy=client.proxy
        ) as answer:
            if answer.status != 200:
                raise OSError(f"Slack answers HTTP {answer.status} to the request for a file")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > LARGEST:
                    break  # one byte too many is enough to refuse it
            return bytes(content)
    finally:
        if own:
            await session.close()


def _is_slack_s(url: str, client: AsyncWebClient) -> bool:
    """Whether the token may be sent there."""
    parts, api = urlsplit(url), urlsplit(client.base_url)
    if parts.netloc == api.netloc:
        return parts.scheme == api.scheme
    return parts.scheme == "https" and bool(parts.hostname) and f".{parts.hostname}".endswith(_OWN)


def _name(file: Mapping[str, Any]) -> str:
    return str(file.get("name") or file.get("title") or file.get("id"))


def _size(file: Mapping[str, Any]) -> int:
    size = file.get("size")
    return size if isinstance(size, int) else 0


def _unreadable(reason: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise OSError(reason)

    return read
