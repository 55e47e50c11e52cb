"""Servers of a chat platform that Recap is added to and taken out of."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from bot.core.language import locale_language
from bot.core.services import Services


def joined(services: Services, platform: str, space: str, title: str, place: str | None, locale: str) -> None:
    """Takes up what hangs on the server, and greets it once for each joining, in its own language.

    `space` is the server, `place` the channel to greet in; None: none may be written to, or Recap has been
    there for long.
    """
    moment = int(services.clock.now().timestamp())

    def greet(session: Session, platform: str, space: str) -> None:
        if place is not None:
            services.outbox.put(
                session,
                key=f"{space}:welcome:{moment}",
                platform=platform,
                place=place,
                kind="greeting",
                payload={"language": locale_language(locale)},
            )

    services.spaces.joined(platform, space, title, greet)


def left(services: Services, platform: str, space: str) -> None:
    """Stops what was planned for the server."""
    services.spaces.left(platform, space)


def remain(services: Services, platform: str, spaces: Collection[str]) -> None:
    """Stops what was planned for servers that are none of these any more."""
    for space in services.spaces.present(platform):
        if space not in spaces:
            services.spaces.left(platform, space)
