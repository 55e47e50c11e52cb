"""The web chat: Recap's own page, which needs no account."""

from __future__ import annotations

from bot.platforms.web.options import WebOptions
from bot.platforms.web.platform import WebPlatform

__all__ = ["WebOptions", "WebPlatform"]
