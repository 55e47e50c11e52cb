"""Rate limits by method. None is in force unless a test asks."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from knowledge.clock import Clock
from tests.doubles.slack import limits

TIERS = Path(__file__).resolve().parents[4] / "shared/contracts/slack/java-slack-sdk/rate_limit_tiers.json"


@dataclass(eq=False)
class Rule:
    limit: int
    per: float
    used: dict[str, list[float]] = field(default_factory=dict)


class Rates:
    """Tiers count minutes of the injected clock; what a test sets with `limit` counts real time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tiers: dict[str, list[datetime]] | None = None
        self._known: dict[str, str] = {}
        self._rules: dict[str, Rule] = {}
        self.refused = 0

    def enforce(self) -> None:
        """Slack's tiers from now on, and a message a second in each channel. A method that isn't known to
        have a tier has the third.
        """
        self._tiers = {}
        if TIERS.is_file():
            self._known = json.loads(TIERS.read_text(encoding="utf-8"))

    def limit(self, method: str, requests: int, per: float) -> None:
        """So many `requests` to a method within `per` real seconds, in each workspace."""
        self._rules[method] = Rule(requests, per)

    def count(self, method: str, team: str, channel: str) -> int | None:
        """Counts one request; None if it is served, or in how many seconds to come back."""
        wait = self._by_rule(method, team)
        if wait is None and self._tiers is not None:
            wait = self._by_tier(method, team, channel)
        if wait is not None:
            self.refused += 1
        return wait

    def _by_rule(self, method: str, team: str) -> int | None:
        rule = self._rules.get(method)
        if rule is None:
            return None
        now = time.monotonic()
        used = rule.used[team] = [at for at in rule.used.get(team, []) if now - at < rule.per]
        if len(used) >= rule.limit:
            return math.ceil(rule.per - (now - used[0]))
        used.append(now)
        return None

    def _by_tier(self, method: str, team: str, channel: str) -> int | None:
        assert self._tiers is not None
        if method == "chat.postMessage":
            key, most = f"{method} {team} {channel}", limits.POSTS_OF_A_CHANNEL
        elif method == "auth.test":
            key, most = f"{method} {team}", limits.AUTH_TESTS
        else:
            key, most = f"{method} {team}", limits.TIERS.get(self._known.get(method, ""), 50)
        now = self._clock.now()
        minute = timedelta(minutes=1)
        used = self._tiers[key] = [at for at in self._tiers.get(key, []) if now - at < minute]
        if len(used) >= most:
            return math.ceil((used[0] + minute - now).total_seconds())
        used.append(now)
        return None
