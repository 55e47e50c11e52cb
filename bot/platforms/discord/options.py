"""How Recap is on Discord: values only, read by the composition root."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

API_URL = "https://discord.com/api/v10"
GATEWAY_URL = "wss://gateway.discord.gg"


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """Settings of Discord (`discord.*`)."""

    token: str = field(repr=False)
    """The bot's token, as the developer portal gives it."""
    api_url: str = API_URL
    """Where requests go, without a slash at the end."""
    gateway_url: str = GATEWAY_URL
    """Where the gateway is reached."""
    shards: int | Literal["auto", "off"] = "off"
    """Connections that the servers are spread over; `auto`: as many as Discord recommends."""
    message_content: bool = False
    """Whether messages that neither mention the bot nor reply to it can be read."""
    admin_role: str = ""
    """Name or id of a role whose members are admins, beside those who may manage the server."""

    @property
    def sharded(self) -> bool:
        return self.shards != "off"
