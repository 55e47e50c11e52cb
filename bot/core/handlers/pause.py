"""The buttons that pause reviews and let them come again; typed, they are `/settings pause` and `reviews`."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.context import Context
from bot.core.handlers.settings import settings
from bot.core.reply import Reply


def pause(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Until the day that was written into the form."""
    return settings(context, {"setting": "pause", "value": arguments.get("until", "")})


def pause_for(context: Context, arguments: Mapping[str, str]) -> Reply:
    """For the span that the button names."""
    return settings(context, {"setting": "pause", "value": arguments.get("span", "")})


def reviews_off(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Nothing comes unasked any more."""
    return settings(context, {"setting": "reviews", "value": "off"})


def reviews_on(context: Context, arguments: Mapping[str, str]) -> Reply:
    """What is due comes again."""
    return settings(context, {"setting": "reviews", "value": "on"})
