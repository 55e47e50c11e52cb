"""Where the notes answer a question: the passage that a card quotes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

from jobs.review.authored import QUIZ, SUMMARY, answers_nothing
from jobs.review.definitions import asks_for, definitions
from jobs.review.facts import likeness
from jobs.review.places import Place, quoted, telling_span, trimmed
from jobs.review.prompts import Prompt
from jobs.review.tellings import squeezed
from knowledge.errors import NotesError
from knowledge.notes import Note, Passage, Section
from knowledge.terms import content_words
from knowledge.units import split_units

_CHECKED_HITS = 3
"""A made card enters if its own section is among so many passages that its question finds."""
_NEARLY = 0.94
"""A passage that scores at least this share of the best is preferred to a summary."""
_ALIKE = 0.96
"""The share of the best score from which on a passage is nearly as good."""
_LISTS = re.compile(
    r"\s*(?:name|list|enumerate|compare|give|назов\w+|избро\w+|сравне\w+|посоч\w+|列出|说出|列举|比较|举出)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;，；、]|\s(?:and|и)\s|和")
"""Where a question goes on to ask something else."""
_FAR_HITS = 60
_OWN_NOTE = 0.8
_OWN_FOLDER = 0.6
"""The share of the course's best score from which the question's own note, or folder, is preferred."""
_LEAST = 0.2
"""Below this score a passage has little to do with the question."""
_FOLLOWED = 0.5
"""From this likeness on, lines of an edited section are the passage that stood there."""
_MORE_OR_LESS = 2
"""Lines that an edit may have added to a passage or taken from it."""
_PROSE, _PROSE_HAN = 80, 30
"""Characters of prose from which on a section tells something."""


class Found(Protocol):
    """A passage that a search found."""

    @property
    def passage(self) -> Passage: ...

    @property
    def score(self) -> float: ...


class Notes(Protocol):
    """What cards need of `knowledge.library.Library`."""

    def note(self, course: str, path: str) -> Note: ...

    def section(self, course: str, section_id: str) -> Section | None: ...

    def search(
        self, course: str, query: str, limit: int = 10, note: str | None = None
    ) -> Sequence[Found]: ...


_Hit = tuple[float, Section, tuple[int, int]]
"""Score, section and lines."""


class References:
    """Finds the passages of one course."""

    def __init__(self, library: Notes, course: str) -> None:
        self._library = library
        self._course = course

    def finds_itself(self, note: Note, prompt: Prompt, course: bool = True) -> bool:
        """Whether the question of a made card leads to its section, in the course or in its note alone."""
        within = None if course else note.path
        hits = self._library.search(self._course, prompt.text, limit=_CHECKED_HITS, note=within)
        return any(hit.passage.section_id == prompt.section.id for hit in hits)

    def within(self, note: Note, prompt: Prompt) -> Place | None:
        """Where the note answers best, among the passages that tell something.

        A question that is mostly a term the note defines: the definition; one that goes on after the term:
        the passage from the definition on, where both are of one section. A summary only where no other
        passage is nearly as good.
        """
        defining = definitions(note)
        for definition in defining:
            if asks_for(prompt.text, definition.term):
                return Place(definition.section, definition.start, definition.end)
        sections = {section.id: section for section in note.sections if not answers_nothing(section)}
        hits = [
            (hit.score, section, span)
            for hit in self._library.search(self._course, prompt.text, note=note.path)
            if (section := sections.get(hit.passage.section_id))
            and not _asks_it(hit.passage, prompt)
            and (span := telling_span(section, hit.passage.start, hit.passage.end))
        ]
        full = [hit for hit in hits if not SUMMARY.search(hit[1].title) and hit[0] >= _NEARLY * hits[0][0]]
        for _, section, (start, end) in _best_said(prompt.text, full or hits)[:1]:
            first = _CLAUSE.split(prompt.text)[0]
            named = [one for one in defining if one.section.id == section.id and asks_for(first, one.term)]
            # "What is X, and ...": a list cut in two for the encoder still begins with what X is.
            return Place(
                section,
                min([start, *(one.start for one in named)]),
                max([end, *(one.end for one in named)]),
            )
        for section in sections.values():
            if whole := trimmed(section, section.start, section.end):
                return Place(section, *whole)
        return None

    def anywhere(self, note: Note, prompt: Prompt) -> Place | None:
        """Where the course tells what makes the right choices right; None where nothing comes near it.

        Quizzes often stand apart from what they ask about: the note itself is preferred, then its folder,
        then whatever is in its language.
        """
        right = [choice for choice in prompt.choices if choice.correct]
        query = "\n".join([prompt.text, *(f"{choice.text} {choice.explain}" for choice in right)])
        own = self._telling(self._library.search(self._course, query, note=note.path))
        far = [
            (hit, section)
            for hit, section in self._telling(self._library.search(self._course, query, limit=_FAR_HITS))
            if section.note == note.path
            or self._library.note(self._course, section.note).language == note.language
        ]
        best = max((hit.score for hit, _ in (*own, *far)), default=0.0)
        folder = note.path.rpartition("/")[0]
        near = [one for one in far if one[1].note.rpartition("/")[0] == folder]
        for listed, share in ((own, _OWN_NOTE), (near, _OWN_FOLDER), (far, 0.0)):
            for hit, section in listed[:1]:
                span = telling_span(section, hit.passage.start, hit.passage.end)
                if span and hit.score >= max(share * best, _LEAST):
                    return Place(section, *span)
        return None

    def still_there(self, card: Kept | None) -> Place | None:
        """Where a stored answer stands now, if its section is word for word what it was."""
        section = self._library.section(self._course, card.section_id) if card else None
        if (
            card is None
            or section is None
            or section.hash != card.section_hash
            or card.answer not in section.text
        ):
            return None
        return _verbatim(section, card.answer)

    def followed(self, card: Kept, note: Note) -> Place | None:
        """Where a stored answer stands now that its section, or the section's heading, reads otherwise.

        In the section of that id the lines most like it; where there is none any more, the section of the
        note that holds it word for word. None where nothing is like it.
        """
        section = self._library.section(self._course, card.section_id)
        if section is None:
            holding = [one for one in note.sections if card.answer in one.text]
            return _verbatim(holding[0], card.answer) if holding else None
        size = card.answer.count("\n") + 1
        spans = {
            span
            for lines in range(max(1, size - _MORE_OR_LESS), size + _MORE_OR_LESS + 1)
            for start in range(section.start, section.end - lines + 2)
            if (span := trimmed(section, start, start + lines - 1))
        }
        rated = [
            (likeness(card.answer, quoted(Place(section, *span))), -abs(span[1] - span[0] + 1 - size), span)
            for span in spans
        ]
        best = max(rated, default=None)
        return Place(section, *best[2]) if best and best[0] >= _FOLLOWED else None

    def hold(self, card: Kept) -> bool:
        """Whether its note still says what a stored card's answer says, whatever the layout."""
        try:
            text = self._library.note(self._course, card.source).text
        except NotesError:
            return False
        return squeezed(card.answer) in _squeezed_note(text)

    def _telling(self, hits: Iterable[Found]) -> list[tuple[Found, Section]]:
        found = ((hit, self._library.section(self._course, hit.passage.section_id)) for hit in hits)
        return [(hit, section) for hit, section in found if section is not None and _tells(section)]


def _best_said(question: str, hits: Sequence[_Hit]) -> Sequence[_Hit]:
    """The best passage first. Where things are to be listed, the question names what the passage must hold:
    of passages nearly as good the one with most of its words."""
    if not _LISTS.match(question):
        return hits
    asked = content_words(question)

    def held(hit: _Hit) -> int:
        _, section, (start, end) = hit
        return len(asked & content_words(f"{section.title}\n{quoted(Place(section, start, end))}"))

    alike = [hit for hit in hits if hit[0] >= _ALIKE * hits[0][0]]
    return sorted(alike, key=held, reverse=True)


def _verbatim(section: Section, answer: str) -> Place:
    start = section.start + section.text[: section.text.index(answer)].count("\n")
    return Place(section, start, start + answer.count("\n"))


class Kept(Protocol):
    """What a stored card says of its answer (`jobs.tables.CardRow`)."""

    @property
    def section_id(self) -> str: ...
    @property
    def section_hash(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def answer(self) -> str: ...


@lru_cache(maxsize=32)
def _squeezed_note(text: str) -> str:
    return squeezed(text)


@lru_cache(maxsize=4096)
def _tells(section: Section) -> bool:
    if answers_nothing(section) or QUIZ.search(section.title):
        return False
    least = _PROSE_HAN if re.search(r"[\u3400-\u9fff]", section.text) else _PROSE
    return sum(len(unit.text) for unit in split_units(section) if not unit.question) >= least


def _asks_it(passage: Passage, prompt: Prompt) -> bool:
    """Whether a passage holds the lines that ask."""
    same = passage.section_id == prompt.section.id
    return same and passage.start <= prompt.end and prompt.start <= passage.end
