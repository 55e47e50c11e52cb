"""What comes after the ladder, or instead of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from jobs.review.ladder import Ladder

Mode = Literal["ladder", "ladder+fsrs", "fsrs"]


@dataclass(frozen=True, slots=True)
class Pacing:
    """How reviews go on: `ladder` ends with it, `ladder+fsrs` goes on by FSRS, `fsrs` has no ladder."""

    mode: Mode = "ladder+fsrs"
    retention: float = 0.9
    """The share (0-1) that is still remembered when a review by FSRS comes."""
    longest: int = 365
    """Days that reviews by FSRS lie apart at most."""

    def begins_with(self, ladder: Ladder) -> Ladder:
        """The ladder of a study that begins now; empty: FSRS from the start."""
        return Ladder(()) if self.mode == "fsrs" else ladder

    def goes_on_after(self, ladder: Ladder) -> bool:
        """Whether FSRS goes on where a study's ladder ends.

        It counts in days, and would flood whoever tries things out on a ladder of seconds. A study that
        was begun without a ladder has nothing else to go on by, whatever the setting is now.
        """
        if not ladder.intervals:
            return True
        return self.mode != "ladder" and ladder.intervals[-1].whole_days


USUAL: Final = Pacing()
