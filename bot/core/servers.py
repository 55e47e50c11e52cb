"""Servers of a chat platform that Recap is added to and taken out of."""

from __future__ import annotations

from bot.core.language import locale_language
from bot.core.services import Services


def joined(services: Services, platform: str, space: str, place: str | None, locale: str) -> None:
    """Takes up what hangs on the server, and greets it once ever in its own language.

    `space` is the server, `place` the channel to greet in; None: none may be written to, or it was greeted
    long ago (the outbox remembers what it sent for a month).
    """
    if services.spaces is not None:
        services.spaces.joined(platform, space)
    if place is None:
        return
    with services.database.session() as session:
        services.outbox.put(
            session,
            key=f"{space}:welcome",
            platform=platform,
            place=place,
            kind="greeting",
            payload={"language": locale_language(locale)},
        )


def left(services: Services, platform: str, space: str) -> None:
    """Stops what was planned for the server."""
    if services.spaces is not None:
        services.spaces.left(platform, space)
