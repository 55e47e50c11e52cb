"""Rate limits in real time: a client waits for them by its own clock. None is in force unless a test asks."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from tests.doubles.discord import limits


@dataclass(eq=False)
class Rule:
    method: str
    path: re.Pattern[str]
    limit: int
    per: float
    is_global: bool = False
    used: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """What the headers of an answer tell; `wait` > 0: refused, come back after so many seconds."""

    limit: int
    remaining: int
    reset_after: float
    wait: float = 0.0
    is_global: bool = False


class Rates:
    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._invalid: list[float] = []
        self.refused = 0
        self.invalid_limit = limits.INVALID_REQUESTS
        """So many answers 401, 403 and 429 within ten minutes, then nothing is answered but a web page."""

    def limit(self, method: str, path: str, requests: int, per: float) -> None:
        """So many `requests` within `per` real seconds, for each path that `path` is found in by itself."""
        self._rules.append(Rule(method, re.compile(path), requests, per))

    def limit_all(self, requests: int = limits.GLOBAL_PER_SECOND, per: float = 1.0) -> None:
        """Over all routes but interactions' own, which Discord exempts."""
        self._rules.append(Rule("*", re.compile(r"^/(?!interactions/|webhooks/)"), requests, per, True))

    @property
    def banned(self) -> bool:
        self._invalid = [at for at in self._invalid if time.monotonic() - at < 600]
        return len(self._invalid) >= self.invalid_limit

    def answered(self, status: int) -> None:
        if status in (401, 403, 429):
            self._invalid.append(time.monotonic())

    def count(self, method: str, path: str) -> Standing:
        """Counts one request against every rule that is its own."""
        standing = Standing(1000, 999, 1.0)
        for rule in self._rules:
            if rule.method not in ("*", method) or not rule.path.search(path):
                continue
            now = time.monotonic()
            key = "" if rule.is_global else path
            used = [at for at in rule.used.get(key, []) if now - at < rule.per]
            rule.used[key] = used
            left = rule.per - (now - used[0]) if used else rule.per
            if len(used) >= rule.limit:
                self.refused += 1
                return Standing(rule.limit, 0, left, max(0.001, left), rule.is_global)
            used.append(now)
            if not rule.is_global:
                standing = Standing(rule.limit, rule.limit - len(used), left)
        return standing
