"""Which hosts discord.py speaks to: the one place that sets them.

| what                | where discord.py takes it from                                               |
|---------------------|------------------------------------------------------------------------------|
| REST                | `Route.BASE`, read as each request is made; webhooks and interactions too    |
| gateway             | `DiscordWebSocket.DEFAULT_GATEWAY`, read when a session is begun             |
| gateway, resuming   | `resume_gateway_url` of the gateway's own READY                              |
| gateway, `auto`     | `GET /gateway/bot`; only its number of shards is used, see `client`          |
| attachments         | the `url` that the message or command carries                                |

The first two are attributes of classes, so they hold for the whole process: one process speaks to one
Discord. The others follow the host that answered.
"""

from __future__ import annotations

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.platforms.discord.options import API_URL, GATEWAY_URL


def point_at(api_url: str = API_URL, gateway_url: str = GATEWAY_URL) -> None:
    """From now on discord.py speaks to these hosts; without arguments to the public ones."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)
