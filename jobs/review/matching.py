"""Which stored card a question of a refreshed note is: the same one, the same one reworded, or a new one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from jobs.review.facts import likeness
from jobs.review.places import Place, quoted
from jobs.review.prompts import Prompt
from knowledge.notes import content_hash

AUTHORED = ("plan", "quiz")
"""Origins whose question a person wrote: it is known by its words. A made one is known by its passage."""
REWORDED = 0.6
"""From this likeness on, an author's question is the one that stood there, told otherwise.

Of the different questions that an author asks in one note, 4 of 730 pairs are as much alike (the sample
course, the five seed notes, the Hugging Face course); of 20 that were reworded by hand 16 are, short ones
least (`tests/jobs/review/test_matching.py`). What is missed becomes a new card, and the old one is retired.
"""
_PASSAGE = 0.6
"""The same for the passage of a made question ..."""
_MADE = 0.5
"""... whose own words then need be no more alike than this."""
_OTHER_INTERVAL = 0.9
"""How alike a review plan's prompts must be for one to be the other, put off to another interval."""
_LIVING = ("active", "paused", "withdrawn")
"""Only a question's own words bring a retired card back."""


class Stored(Protocol):
    """What is known of a stored card (`jobs.tables.CardRow`)."""

    @property
    def key(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def interval(self) -> str | None: ...
    @property
    def prompt(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def expected(self) -> Sequence[str] | None: ...
    @property
    def state(self) -> str: ...
    @property
    def position(self) -> int: ...
    @property
    def pending(self) -> Mapping[str, Any] | None: ...


Row = TypeVar("Row", bound=Stored)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its note asks it now."""

    key: str
    prompt: Prompt

    @property
    def interval(self) -> str | None:
        return self.prompt.interval.key if self.prompt.interval else None


def card_key(note: str, origin: str, interval: str | None, text: str) -> str:
    """What a card is found by as long as its question stays word for word."""
    return content_hash(json.dumps([note, origin, interval, text], ensure_ascii=False))


def question(note: str, prompt: Prompt) -> Question:
    """The question with its key."""
    interval = prompt.interval.key if prompt.interval else None
    return Question(card_key(note, prompt.origin, interval, prompt.text), prompt)


def matched(questions: Sequence[Question], rows: Sequence[Row]) -> dict[str, Row]:
    """By the key of each question the row that it is; questions that are new are left out.

    One to one: first what is word for word the same, as it stands or as it waits for a yes; then, the most
    alike first, what was reworded.
    """
    free = {row.key: row for row in rows}
    waiting = {str(row.pending["key"]): row for row in rows if row.pending}
    found: dict[str, Row] = {}
    left: list[Question] = []
    for one in {one.key: one for one in questions}.values():
        if one.key in free:
            found[one.key] = free.pop(one.key)
        else:
            left.append(one)
    for one in list(left):
        row = waiting.get(one.key)
        if row is not None and row.key in free:
            found[one.key] = free.pop(row.key)
            left.remove(one)
    pairs = [
        (alike, -abs(row.position - at), one, row)
        for at, one in enumerate(left)
        for row in free.values()
        if row.state in _LIVING and (alike := _alike(one, row))
    ]
    for _, _, one, row in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if one.key not in found and row.key in free:
            found[one.key] = free.pop(row.key)
    return found


def _alike(one: Question, row: Stored) -> float:
    """How much a question is the row's, 0.0 where it is another one."""
    prompt = one.prompt
    if prompt.origin != row.origin:
        return 0.0
    words = likeness(prompt.text, row.prompt)
    if prompt.origin in AUTHORED:
        enough = REWORDED if one.interval == row.interval else _OTHER_INTERVAL
        return words if words >= enough else 0.0
    passage = likeness(quoted(Place(prompt.section, prompt.start, prompt.end)), row.answer)
    if passage == 1.0 and set(prompt.expected) != set(row.expected or ()):
        return 0.0  # another gap in the same lines
    return (words + passage) / 2 if words >= _MADE and passage >= _PASSAGE else 0.0
