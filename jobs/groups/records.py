"""What study groups tell: plain data for whoever puts it into sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from jobs.groups.timetable import Timetable
from jobs.review.choices import Choice, several
from knowledge.notes import Citation, Language

RoundState = Literal["open", "closed", "dropped", "failed"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a group is to be asked, and when."""

    course: str
    note: str | None
    """None: what its members study, else the course in order."""
    timetable: Timetable
    open_for: int
    """Seconds from question to reveal."""
    language: Language


@dataclass(frozen=True, slots=True)
class Group:
    """The study group of a channel."""

    group_id: int
    plan: Plan
    topic: str | None
    """The title of the plan's note."""
    active: bool
    paused: bool
    """By itself, because nobody answered; anybody there may have it go on."""
    next_at: datetime | None
    members: int
    is_member: bool
    """Whether the learner who asks belongs to it."""
    is_named: bool
    """Whether they agreed to be named where they were right."""
    round_open: bool


@dataclass(frozen=True, slots=True)
class Round:
    """One question to a group, with what may be told of its answers: numbers, and names of who agreed."""

    round_id: int
    group_id: int
    course: str
    title: str
    """Of the note."""
    prompt: str
    choices: tuple[Choice, ...]
    """In the order in which everyone sees them; empty: answered freely."""
    state: RoundState
    late: bool
    closes_at: datetime
    zone: str
    language: Language
    answers: int
    members: int
    picks: tuple[int, ...]
    """How often each choice was picked."""
    right: int
    """Answers that picked exactly the right choices."""
    named: tuple[str, ...]
    """Members who were right and agreed to be named, by their names; only once it is closed."""
    ratings: tuple[int, int, int, int]
    """How many rated their answer again, hard, good, easy."""
    verdicts: tuple[int, int, int]
    """Of the answers in words, how many were judged right, partly right, wrong; the rest couldn't be.
    Only once it is closed."""
    expected: tuple[str, ...]
    """What belongs in the gap, the note's own word first; empty where there is none."""
    common: tuple[tuple[str, int], ...]
    """What was typed into the gap by several, the commonest first, with how many they were; after the close.
    What one alone typed is never among it."""
    citation: Citation
    explanation: str
    self_told: bool
    """The citation is the question itself."""

    @property
    def several(self) -> bool:
        return several(self.choices)


@dataclass(frozen=True, slots=True)
class Taken:
    """An answer was taken."""

    round: Round
    attempt_id: int
    response: str
    picked: tuple[int, ...] | None
    changed: bool
    """It took the place of another answer of the same learner."""
    is_member: bool
    last: bool
    """Nobody is missing any more: the reveal comes at once."""
