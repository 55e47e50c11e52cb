"""Whether a request is Slack's own: signed, young, and not sent before.

Slack signs `v0:<timestamp>:<body>` with the app's signing secret. When it sends something again, because
there was no answer in time, it signs anew; so a signature that came before is somebody else's copy.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from knowledge.clock import Clock

WINDOW = 300
"""Seconds that a timestamp may be off."""

Reason = Literal["no signature", "old timestamp", "bad signature", "replay"]


class Unsigned(Exception):
    """It isn't."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a request says of itself."""

    timestamp: int
    signature: str


class Signatures:
    """Lives on one loop. Remembers those of the last minutes, as long as they would be young enough."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self._secret = secret.encode()
        self._clock = clock
        self._seen: dict[str, int] = {}

    def stamp(self, headers: Mapping[str, str]) -> Stamp:
        """What can be told before the body is read. Unsigned."""
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12 and signature):
            raise Unsigned("no signature")
        if abs(self._now() - int(timestamp)) > WINDOW:
            raise Unsigned("old timestamp")
        return Stamp(int(timestamp), signature)

    def check(self, stamp: Stamp, body: bytes) -> None:
        """Unsigned; else this request has been seen."""
        signed = b"v0:%d:%s" % (stamp.timestamp, body)
        expected = "v0=" + hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), stamp.signature.encode("utf-8", "replace")):
            raise Unsigned("bad signature")
        self._drop_old()
        if expected in self._seen:
            raise Unsigned("replay")
        self._seen[expected] = stamp.timestamp

    def forget(self, stamp: Stamp) -> None:
        """Nothing was done of that request: it may come again as it is."""
        self._seen.pop(stamp.signature, None)

    def _drop_old(self) -> None:
        # In the order in which they came, which is nearly that of their timestamps.
        oldest = self._now() - WINDOW
        while self._seen:
            first = next(iter(self._seen))
            if self._seen[first] >= oldest:
                return
            del self._seen[first]

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
