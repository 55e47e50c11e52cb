"""What the judge says of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Verdict = Literal["right", "partly", "wrong"]
Reason = Literal["meaning", "exact", "unknown", "question", "unread", "code"]
"""What decided: meaning and key terms; the expected words; that the answer says it isn't known, or nothing
beyond the question; that it can't be read; that the reference is code, which can't be held against words."""

RATINGS: Mapping[Verdict, int] = {"right": 3, "partly": 2, "wrong": 1}
"""The rating that a verdict proposes; the learner's own has the last word."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with what it rests on."""

    verdict: Verdict | None
    """None: it can't be told."""
    reason: Reason
    named: tuple[str, ...] = ()
    """Key terms of the reference that the answer names, as the reference writes them."""
    missed: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    """What the answer says and the reference seems to say otherwise."""
    numbers: tuple[str, ...] = ()
    """Numbers of the answer that the reference doesn't have."""
    expected: str = ""
    """The very words that were expected, where there are any."""
    support: float = 0.0
    """The share of what the answer adds to the question that the reference says too."""
    coverage: float = 0.0
    """The share of the reference that the answer says."""
    cosine: float = 0.0
    """Of answer and reference, by the encoder."""

    @property
    def rating(self) -> int | None:
        """What it proposes."""
        return RATINGS[self.verdict] if self.verdict else None

    def to_json(self) -> dict[str, Any]:
        """As a table keeps it; `from_json` gives the same back."""
        return {
            name: round(value, 3) if isinstance(value, float) else value
            for name, value in asdict(self).items()
            if value not in ((), "", None)
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Judged:
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**({"verdict": None} | given))
