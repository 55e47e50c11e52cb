"""What broke a rule of a platform's, on either side; a test that leaves one fails unless it expected it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Violations:
    """Collected from the server's thread, judged from the test's."""

    def __init__(self, of: str) -> None:
        self._of = of
        self._lock = threading.Lock()
        self._found: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def add(self, sentence: str) -> None:
        with self._lock:
            self._found.append(sentence)

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._found))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def expect(self, pattern: str) -> None:
        """At least one violation that `pattern` is found in is to come, and each such one is forgiven."""
        self._expected.append(re.compile(pattern))

    def forget(self, pattern: str) -> None:
        """Takes an expectation back."""
        self._expected = [rule for rule in self._expected if rule.pattern != pattern]

    @contextmanager
    def expected(self, pattern: str) -> Iterator[None]:
        """Within the block something must violate `pattern`."""
        before = len(self)
        yield
        self.expect(pattern)
        with self._lock:
            fresh = self._found[before:]
        assert any(re.search(pattern, each) for each in fresh), f"no violation of {pattern!r}: {fresh}"

    def unexpected(self) -> list[str]:
        """Violations that nobody expected, and expectations that nothing met."""
        found = list(self)
        wild = [each for each in found if not any(rule.search(each) for rule in self._expected)]
        missed = [
            f"expected and never seen: {rule.pattern}"
            for rule in self._expected
            if not any(rule.search(each) for each in found)
        ]
        return wild + missed

    def check(self) -> None:
        left = self.unexpected()
        assert not left, "\n".join([f"{self._of}'s rules were violated:", *left])
