"""Why a file was left out, in a few words."""

from __future__ import annotations

from bot.core import catalogue
from bot.core.voice import Voice


def reason(voice: Voice, key: str) -> str:
    """Why a file was skipped, as plain text; the key itself where the catalogue has no such sentence."""
    short = f"skipped.{key.removeprefix('error.')}"
    return voice.label(short) if catalogue.has(short) else key
