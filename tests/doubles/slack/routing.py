"""Which function serves which method of the Web API, and what a token needs for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from tests.doubles.slack.desk import Desk, Request
from tests.doubles.slack.world import Json

Handler = Callable[[Desk, Request], Json]
Holder = Literal["bot", "app", "none"]


class Route(NamedTuple):
    handler: Handler
    scopes: tuple[str, ...]
    """Any one of them does; () for none."""
    by: Holder
    """Whose token it takes."""


ROUTES: dict[str, Route] = {}


def method(name: str, *scopes: str, by: Holder = "bot") -> Callable[[Handler], Handler]:
    """Declares what serves a method."""

    def keep(handler: Handler) -> Handler:
        ROUTES[name] = Route(handler, scopes, by)
        return handler

    return keep
