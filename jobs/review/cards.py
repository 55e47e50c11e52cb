"""A card as its note says it should be: before it is stored, and while it waits for a yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.review.choices import Choice
from jobs.tables import CardRow
from knowledge.notes import Section


@dataclass(frozen=True, slots=True)
class Card:
    """A question with the lines that answer it."""

    key: str
    origin: str
    interval: str | None
    prompt: str
    section: Section
    start: int
    end: int
    answer: str
    choices: tuple[Choice, ...] = ()
    explanation: str = ""
    expected: tuple[str, ...] = ()
    run: Mapping[str, Any] | None = None
    """What a card that asks about a model's output has it do (`jobs.review.predict`)."""
    was: str = ""
    """The key of the stored card that it is, where that is another one."""
    intact: bool = False
    """The stored card's passage still stands in its note."""

    @property
    def source(self) -> str:
        """The note that answers it."""
        return self.section.note


@dataclass(frozen=True, slots=True)
class Pending:
    """Where the answer of a paused card stands in the note as it is now."""

    section_id: str
    section_hash: str
    source: str
    answer: str

    @classmethod
    def of(cls, row: CardRow) -> Pending:
        """Of a row with something pending."""
        values = row.pending or {}
        return cls(
            str(values["section_id"]),
            str(values["section_hash"]),
            str(values["source"]),
            str(values["answer"]),
        )
