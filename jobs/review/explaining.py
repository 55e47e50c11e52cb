"""What the notes say beyond a question's passage: on its terms, on itself, elsewhere, and around it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from jobs.review.authored import answers_nothing
from jobs.review.gates import holds
from jobs.review.prompts import plain
from jobs.review.records import Revealed
from jobs.review.references import Found
from jobs.review.wordings import GAP
from knowledge.answer import Answer, AnswerPart
from knowledge.language import detect_language
from knowledge.notes import Citation, Language, Section
from knowledge.terms import content_words
from knowledge.units import Unit, split_units

MOST: Final = 5
"""Quotations of one explanation."""
_MOST_OF_A_TERM = 2
_MOST_TERMS = 3
_LONGEST_TERM, _LONGEST_HAN = 5, 12
"""Words, or Chinese characters, up to which a choice is a term that can be looked up."""
_MOST_ELSEWHERE = 2
_LOOKED_AT = 8
"""Passages that a search finds."""
_LEAST_SHARED = 3
"""Words that a sentence from elsewhere has in common with the question, unless it names a term of it."""
_WHAT_IS: Mapping[Language, str] = {
    "en": "What is {term}?",
    "bg": "Какво е {term}?",
    "zh": "什么是{term}？",
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKED = re.compile(r"[“„«\"`](?P<term>[^“”„«»\"`]{2,40})[”“»\"`]")


class Notes(Protocol):
    """What an explanation needs of `knowledge.library.Library`."""

    def section(self, course: str, section_id: str) -> Section | None: ...

    def search(
        self, course: str, query: str, limit: int = 10, note: str | None = None
    ) -> Sequence[Found]: ...

    def ask(
        self, course: str, question: str, language: Language | None = None, thread: Sequence[str] = ()
    ) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Explanation:
    """Quotations, none of which the passage itself holds, nor any other; `MOST` in all."""

    terms: tuple[tuple[str, tuple[AnswerPart, ...]], ...]
    """Terms that were missed or mistaken, and what the notes say of each."""
    asked: tuple[AnswerPart, ...]
    """What they say on the question besides."""
    elsewhere: tuple[AnswerPart, ...]
    """What other sections say on its terms."""
    around: tuple[AnswerPart, ...]
    """What stands before and after the passage in its section."""

    @property
    def empty(self) -> bool:
        return not (self.terms or self.asked or self.elsewhere or self.around)


def explanation(notes: Notes, course: str, revealed: Revealed) -> Explanation:
    """What the notes say beyond a question's own passage. NotesError where there is no index."""
    seen = [revealed.citation]
    terms, names = [], missed_terms(revealed)[:_MOST_TERMS]
    for term in names:
        found = notes.ask(course, _what_is(term))
        parts = _new(found.parts if found.answered else (), seen, min(_MOST_OF_A_TERM, _room(seen)))
        if parts:
            terms.append((term, parts))
    asked: tuple[AnswerPart, ...] = ()
    if GAP not in revealed.prompt:
        found = notes.ask(course, plain(revealed.prompt))
        asked = _new(found.parts if found.answered else (), seen, _room(seen))
    others = _elsewhere(notes, course, revealed, names)
    elsewhere = _new(others, seen, min(_MOST_ELSEWHERE, _room(seen)))
    section = notes.section(course, revealed.citation.section_id)
    around = _new(_around(section, revealed.citation) if section else (), seen, _room(seen))
    return Explanation(tuple(terms), asked, elsewhere, around)


def missed_terms(revealed: Revealed) -> list[str]:
    """The terms that a miss was about: of gap, right choices, those picked, the judge, the question."""
    right = [choice.text for choice in revealed.choices if choice.correct]
    wrong = [revealed.choices[at].text for at in revealed.picked or () if not revealed.choices[at].correct]
    missed = revealed.judged.missed if revealed.judged else ()
    marked = [match["term"] for match in _MARKED.finditer(revealed.prompt)]
    named = (*revealed.expected[:1], *right, *wrong, *missed, *marked)
    return list(dict.fromkeys(term for one in named if _is_term(term := plain(one).strip(" .。"))))


def _room(seen: Sequence[Citation]) -> int:
    return MOST + 1 - len(seen)


def _what_is(term: str) -> str:
    return _WHAT_IS[detect_language(term)].format(term=term)


def _is_term(text: str) -> bool:
    if not any(sign.isalpha() for sign in text):
        return False
    return len(text) <= _LONGEST_HAN if _HAN.search(text) else len(text.split()) <= _LONGEST_TERM


def _new(parts: Iterable[AnswerPart], seen: list[Citation], most: int) -> tuple[AnswerPart, ...]:
    """The first `most` that quote no line seen before; they are seen from now on."""
    found: list[AnswerPart] = []
    for part in parts:
        if len(found) < most and not any(_share_lines(part.citation, one) for one in seen):
            found.append(part)
            seen.append(part.citation)
    return tuple(found)


def _share_lines(one: Citation, other: Citation) -> bool:
    return one.note == other.note and one.start <= other.end and other.start <= one.end


def _around(section: Section, passage: Citation) -> list[AnswerPart]:
    """What stands next before and next behind a passage in its section."""
    units = list(_telling(section))
    before = [unit for unit in units if unit.end < passage.start]
    behind = [unit for unit in units if unit.start > passage.end]
    return [_part(section, unit) for unit in (*before[-1:], *behind[:1])]


def _elsewhere(notes: Notes, course: str, revealed: Revealed, terms: Sequence[str]) -> Iterator[AnswerPart]:
    """Of the passages that a search for the question and its terms finds, what speaks most of them."""
    query = " ".join((*terms, plain(revealed.prompt).replace(GAP, " ")))
    wanted = content_words(query)
    own = notes.section(course, revealed.citation.section_id)
    for hit in notes.search(course, query, limit=_LOOKED_AT):
        section = notes.section(course, hit.passage.section_id)
        if section is None or answers_nothing(section) or section == own:
            continue
        units = [unit for unit in _telling(section) if hit.passage.start <= unit.start <= hit.passage.end]
        best = max(units, key=lambda unit: len(content_words(unit.text) & wanted), default=None)
        if best is not None and _speaks(best, wanted, terms):
            yield _part(section, best)


def _speaks(unit: Unit, wanted: Collection[str], terms: Sequence[str]) -> bool:
    shared = len(content_words(unit.text) & set(wanted))
    return shared >= _LEAST_SHARED or any(holds(unit.text, term) for term in terms)


def _telling(section: Section) -> Iterator[Unit]:
    """What tells something: single units, no questions, tasks or lines that only lead something in."""
    for unit in split_units(section):
        if unit.kind != "list" and not (unit.question or unit.task or unit.leads):
            yield unit


def _part(section: Section, unit: Unit) -> AnswerPart:
    citation = Citation(section.note, section.headings, unit.start, unit.end, unit.quote, section.id)
    return AnswerPart(unit.text, citation, "code" if unit.kind == "code" else "prose")
