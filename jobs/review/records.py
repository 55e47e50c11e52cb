"""What the review loop tells: plain data for whoever puts it into sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from jobs.review.choices import Choice, several
from jobs.review.judging.verdict import RATINGS, Judged
from jobs.review.predict import Run
from knowledge.notes import Citation

ReviewState = Literal["waiting", "asked", "answered", "dropped"]
AttemptState = Literal["open", "answered", "revealed", "rated"]
Origin = Literal[
    "plan",
    "quiz",
    "definition",
    "choice",
    "cloze",
    "list",
    "table",
    "code",
    "order",
    "predict",
    "proposed",
    "recall",
    "section",
]


@dataclass(frozen=True, slots=True)
class Studied:
    """A study and when its reviews are due: one for each step of the ladder, without one the first."""

    study_id: int
    title: str
    due: tuple[datetime, ...]
    restarted: bool
    """The note had been studied before: its reviews began anew."""
    goes_on: bool = False
    """After those, FSRS goes on."""


@dataclass(frozen=True, slots=True)
class DueReview:
    """A review that is due or will be."""

    review_id: int
    title: str
    note: str
    step: int
    """0-based."""
    steps: int
    due_at: datetime
    late: bool
    state: ReviewState

    @property
    def beyond(self) -> bool:
        """After the ladder: it comes when the topic is about to be forgotten."""
        return self.step >= self.steps


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put to a learner."""

    attempt_id: int
    prompt: str
    title: str
    note: str
    step: int | None
    """0-based; None for a question outside of the schedule."""
    steps: int
    """Of the ladder; 0: there is none."""
    interval: str | None
    """Canonical: `1d`, `1w`, `1mo`, `10s`."""
    late: bool
    origin: Origin
    state: AttemptState
    again: bool = False
    """Asked once more because it was missed."""
    rating: int | None = None
    choices: tuple[Choice, ...] = ()
    """In the order in which they are shown; empty: to be answered freely."""

    @property
    def several(self) -> bool:
        """Whether more than one choice is right."""
        return several(self.choices)

    @property
    def beyond(self) -> bool:
        """After the ladder: it comes when the topic is about to be forgotten."""
        return self.step is not None and self.step >= self.steps


@dataclass(frozen=True, slots=True)
class SectionAsked:
    """A question on a section, and how its reviews stand."""

    asked: Asked
    title: str
    """Of what is reviewed: the section, or its whole note."""
    begun: bool
    """Its ladder begins now; else it was reviewed already."""
    whole_note: bool
    """The learner reviews the whole note."""
    next_due: datetime | None
    """None: every review to come was asked, and one may be open."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """The passage that answers a question, beside what the learner answered."""

    attempt_id: int
    prompt: str
    response: str | None
    """None: shown without an answer."""
    citation: Citation
    rating: int | None = None
    choices: tuple[Choice, ...] = ()
    picked: tuple[int, ...] | None = None
    """Positions in `choices`; None: answered in other words, or not at all."""
    explanation: str = ""
    """What the author says behind the choices."""
    expected: tuple[str, ...] = ()
    """What belongs in the gap, the note's own word first; empty where there is none."""
    matched: bool | None = None
    """Whether what was typed is among it; None: nothing was typed, or there is no gap."""
    self_told: bool = False
    """The citation is the question itself: beyond its explanations the notes say nothing on it."""
    judged: Judged | None = None
    """What the judge said of an answer in words; None: it wasn't judged."""
    run: Run | None = None
    """What a model does with it; None: nothing is run."""

    @property
    def proposed(self) -> int:
        """The rating that lies nearest: by the choices or the verdict, else *good*."""
        near = self.run is not None and self.judged is not None
        if self.right is not None and not near:
            return RATINGS["right" if self.right else "wrong"]
        return (self.judged and self.judged.rating) or RATINGS["right"]

    @property
    def right(self) -> bool | None:
        """Whether exactly the right choices were picked, or the gap filled; None where neither was tried."""
        if self.picked is None:
            return self.matched
        return set(self.picked) == {at for at, choice in enumerate(self.choices) if choice.correct}


@dataclass(frozen=True, slots=True)
class Rated:
    """What follows from a rating."""

    next_due: datetime | None
    """Of the next step of the ladder, or the next review after it."""
    again_due: datetime | None
    """Of the repeat that a miss brings."""
    finished: bool
    """Nothing of this study is left to review."""
    beyond: bool = False
    """What is due next comes after the ladder, when the topic is about to be forgotten."""


@dataclass(frozen=True, slots=True)
class SessionPlace:
    """Where a question stands in a session."""

    number: int
    """1-based."""
    count: int
    titles: tuple[str, ...]
    """Of all its topics, in the order of asking."""

    @property
    def first(self) -> bool:
        return self.number == 1


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """How a session went."""

    count: int
    """Topics in it."""
    rated: int
    right: int
    """Of those rated, how many better than *again*."""
    put_off: int
    again: tuple[str, ...]
    """Titles of what was missed and comes again."""
    again_at: datetime | None
    """When the first of them does."""


@dataclass(frozen=True, slots=True)
class SessionStep:
    """What comes next of what is due: a question, or the end of a session."""

    asked: Asked | None
    place: SessionPlace | None
    """None: the question stands alone."""
    summary: SessionSummary | None = None
    """At the end."""


@dataclass(frozen=True, slots=True)
class CardReport:
    """What a refresh did to the cards."""

    notes: int = 0
    added: int = 0
    """Those that came back among them."""
    kept: int = 0
    """As they were; their lines may have moved."""
    reworded: int = 0
    """The question or its passage reads otherwise and says the same."""
    paused: int = 0
    """What they ask about has changed: they wait for an admin's yes."""
    retired: int = 0
    """Their question is gone from the notes."""
    waiting: int = 0
    """Of all that were paused, now or earlier, those that still wait."""


@dataclass(frozen=True, slots=True)
class PausedCard:
    """A card that waits for an admin's yes, or was withdrawn."""

    card_id: int
    note: str
    prompt: str
    new_prompt: str
    """The same where only its answer changed."""
    before: Citation
    """The passage as the card knows it."""
    now: Citation
    """The passage as it stands in the notes."""
    right: tuple[str, ...]
    new_right: tuple[str, ...]
    """The right choices, then and now; empty for a question without choices."""
    version: str
    """Changes with what the notes say: a yes counts for what was seen."""


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """How far a learner is with a note."""

    title: str
    note: str
    step: int
    """How many steps of the ladder are answered."""
    steps: int
    """Of the ladder; 0: there is none."""
    next_due: datetime | None
    retention: float | None
    """The estimated share that is still remembered, 0.0-1.0; None before the first rating."""
    finished: bool = False
    beyond: int = 0
    """How many reviews after the ladder are answered."""
    section: str = ""
    """The id of the section that is studied; empty: the whole note."""
    gone: bool = False
    """The notes ask nothing on it any more."""


@dataclass(frozen=True, slots=True)
class Week:
    """How a week's answers were rated."""

    begins: date
    """Its Monday, in the learner's zone."""
    right: int
    """Of those rated, how many better than *again*."""
    rated: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a learner is."""

    topics: tuple[TopicProgress, ...]
    attempts: int
    """Questions answered or shown."""
    right_share: float | None
    """Of those rated, the share rated better than *again*; None before the first rating."""
    due_now: int
    forecast: tuple[int, ...]
    """Reviews due on each of fourteen days, today first, in the learner's zone; overdue ones count today."""
    weeks: tuple[Week, ...]
    """The last eight weeks, the current one last."""
