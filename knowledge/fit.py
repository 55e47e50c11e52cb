"""How well a piece of a section answers a question, judged by its words and its form."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.lexical import Lexical
from knowledge.question import Question
from knowledge.reading import ReadSection, ReadUnit
from knowledge.terms import Clue, is_word

Words = frozenset[str]

_CODE = {
    "instruction": 0.3,
    "definition": -0.3,
    "comparison": -0.3,
    "time": -0.5,
    "number": -0.4,
    "other": 0.0,
}
"""What speaks for code as an answer, by the kind of question."""
_TITLED = 0.6
_EVENT = 0.7
"""What a line of a history counts where a definition is asked for."""
_LABEL = 20
_DATE = re.compile(r"\b(?:1\d|20)\d{2}\b|\d{4}\s*年")
_NUMBER = re.compile(r"\d")
_STEP = re.compile(r"\s*\d{1,3}[.)、]")
_AS_STEP = 0.4
"""What a label in a numbered list explains: more often what to do than what it is."""


class Judge:
    """Judges units against one question."""

    def __init__(self, lexical: Lexical, question: Question) -> None:
        self._question = question
        self._clues = [(clue.forms, lexical.worth(clue)) for clue in question.clues]
        self._total = sum(worth for _, worth in self._clues) or 1.0
        self._topic = [(clue.forms, lexical.worth(clue)) for clue in question.topic]
        self._topic_total = sum(worth for _, worth in self._topic) or 1.0
        self._topic_forms = {form for clue in question.topic for form in clue.forms}
        self._wanted = {form for clue in question.wanted for form in clue.forms}
        self._asked = {form for forms, _ in self._clues for form in forms}

    def fit(self, read: ReadUnit, home: ReadSection) -> float:
        """How well a unit's own words, what it hangs on and its form meet the question; about 0.0-2.0.

        Code is known by its headings, and so is what stands behind a label that the question names.
        """
        named = self.names(read)
        by_heading = named or (read.unit.kind == "code" and self._question.kind not in ("number", "time"))
        places = (
            (read.words, 1.0),
            (home.title, 0.9 if by_heading else 0.5),
            (home.parent, 0.7 if by_heading else 0.4),
            (read.context, 0.6),
            (home.above, 0.2),
        )
        met = 0.0
        best_first = sorted(places, key=lambda place: -place[1])
        for forms, worth in self._clues:
            for words, credit in best_first:
                if not words.isdisjoint(forms):
                    met += worth * credit
                    break
        listed = read.unit.kind in ("item", "row") and self._question.many and self.titled(home)
        return met / self._total + self.form(read) + (0.5 if named else 0.0) + (0.4 if listed else 0.0)

    def own(self, read: ReadUnit) -> float:
        """The share of the question that stands in the unit itself, 0.0-1.0."""
        return sum(worth for forms, worth in self._clues if not read.words.isdisjoint(forms)) / self._total

    def headed(self, home: ReadSection) -> float:
        """The share of the question that stands in the section's heading and the one above it, 0.0-1.0."""
        words = home.title | home.parent
        return sum(worth for forms, worth in self._clues if not words.isdisjoint(forms)) / self._total

    def titled(self, home: ReadSection) -> bool:
        """Whether the section's heading, and with it all that stands under it, is what is asked for."""
        return not home.title.isdisjoint(self._asked) and self.headed(home) >= _TITLED

    def explains(self, read: ReadUnit) -> float:
        """How nearly the unit explains just the topic, 0.0-1.0."""
        if not self._topic:
            return 0.0
        alike = max((self._alike(explained) for explained in read.explains), default=0.0)
        if self._question.kind != "time" and _DATE.search(read.unit.text[:_LABEL]):
            alike *= _EVENT
        if _STEP.match(read.unit.quote):
            alike *= _AS_STEP
        return max(alike, 0.5 if self._opens_with_topic(read.opening) else 0.0)

    def names(self, read: ReadUnit) -> bool:
        """Whether the unit stands behind a label that is just what the question wants named."""
        return bool(self._wanted) and any(self._names(explained) for explained in read.explains)

    def form(self, read: ReadUnit) -> float:
        """What a unit's form says for or against it, whatever its words."""
        unit = read.unit
        bonus = 0.0
        if unit.kind == "code":
            bonus += _CODE[self._question.kind]
        elif len(read.words) < 3:
            bonus -= 0.25
        if unit.kind == "list":
            bonus -= 0.12
        if unit.task:
            bonus -= 0.5
        if unit.text.startswith(("[", "http")):
            bonus -= 0.2
        if self._question.kind == "definition" and unit.kind == "row":
            bonus -= 0.15
        if self._question.kind == "time":
            return bonus + (0.35 + self.explains(read) if _DATE.search(unit.text) else -0.2)
        if self._question.kind == "number":
            bonus += 0.15 if unit.kind != "code" and _NUMBER.search(unit.text) else -0.25
        return bonus + self.explains(read)

    def _alike(self, explained: Words) -> float:
        """Whether what is asked and what is explained are one thing: 1.0 for the same words."""
        words = [word for word in explained if is_word(word)]
        if not words:
            return 0.0
        covered = sum(worth for forms, worth in self._topic if not explained.isdisjoint(forms))
        met = sum(word in self._topic_forms for word in words)
        if not met and covered:
            met = sum(form in explained for form in self._topic_forms if not is_word(form))
        share: float = covered / self._topic_total * min(met / len(words), 1.0)
        return share**3

    def _names(self, explained: Words) -> bool:
        """Whether a label such as "Models:" is just what the question wants named."""
        words = {word for word in explained if is_word(word)}
        return bool(words) and words <= self._wanted

    def _opens_with_topic(self, opening: Sequence[Clue]) -> bool:
        """Whether a sentence begins with just the topic."""
        first = opening[: len(self._topic)]
        return len(first) == len(self._topic) and all(
            self._topic_forms.intersection(clue.forms) for clue in first
        )
