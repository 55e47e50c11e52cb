"""Which function serves which request; paths as in Discord's description, literals before placeholders."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.doubles.discord.desk import Desk, Request

Answer = tuple[int, Any]
Handler = Callable[[Desk, Request], Answer]


class Routes:
    def __init__(self) -> None:
        self._routes: list[tuple[int, str, re.Pattern[str], Handler, bool]] = []

    def add(self, method: str, template: str, handler: Handler, open_to_all: bool) -> None:
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)))
        self._routes.append((template.count("{"), method, pattern, handler, open_to_all))
        self._routes.sort(key=lambda each: each[0])

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str], bool] | None:
        """Handler, path parameters, and whether it is served without the bot's token."""
        for _, each, pattern, handler, open_to_all in self._routes:
            match = pattern.fullmatch(path)
            if match and each == method:
                return handler, match.groupdict(), open_to_all
        return None


ROUTES = Routes()


def route(method: str, template: str, *, open_to_all: bool = False) -> Callable[[Handler], Handler]:
    def keep(handler: Handler) -> Handler:
        ROUTES.add(method, template, handler, open_to_all)
        return handler

    return keep
