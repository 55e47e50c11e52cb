"""Extractive answers: the few sentences, items, rows or code blocks of the notes that say it, each cited."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from knowledge.abstention import ANSWERED_FROM, confidence
from knowledge.extract import Candidate, best_sections, candidates
from knowledge.followup import BEFORE, OWN, FollowUp, shares_of, supported
from knowledge.hearing import Heard
from knowledge.index import Generation
from knowledge.notes import Citation, Language
from knowledge.question import Question, read_question
from knowledge.retrieve import Evidence, weigh
from knowledge.terms import is_word

PARTS = 4
PARTS_PER_SECTION = 3
MENTIONS = 2
"""Quotes where a definition is asked for and the notes only mention the thing."""
NEAREST = 3
LONGEST = 1_200
"""Characters of all quotes but the best."""

LONGEST_PROSE = 1_600
LONGEST_CODE = 8_000

_SAME_SECTION = 0.72
_OTHER_SECTION = 0.92
"""The share of the best unit's fit that a further one needs."""
_BY_EAR = 0.25
"""The cosine from which on an encoder alone may name what is nearest."""
_OTHER_PRIOR = 0.75
_OWN_SHARE = 0.65
_HEADED = 0.5
"""The share of the question that the headings of a further section's code must hold."""
_EXPLAINS = 0.5
_TOGETHER = 0.3
"""What both sides of a comparison gain where one section explains them."""
LONGEST_LIST = 1_600
"""Characters of a list that is quoted whole."""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One quotation."""

    text: str
    """Markdown as the note has it, less list marker and table pipes; a code block with its fences."""
    citation: Citation
    kind: Literal["prose", "code"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the notes say on a question, or that they say nothing."""

    question: str
    language: Language
    """Of the person who asked."""
    answered: bool
    parts: tuple[AnswerPart, ...]
    """Best section first; within a section in reading order."""
    nearest: tuple[Citation, ...]
    """When abstaining: up to three headings that come closest."""
    dense: bool
    """Whether an encoder was heard."""
    generation: str
    confidence: float = 0.0
    """0.0-1.0, calibrated; compared with one fixed threshold."""
    after: str = ""
    """What was asked before, where it was read with that."""


def answer(generation: Generation, question: str, language: Language, heard: Heard) -> Answer:
    """Answers from one generation; `heard`: what the encoders made of the question."""
    read = _spelled(generation, read_question(question))
    evidence = weigh(generation, read.text, heard)
    return _answer(generation, question, language, read, evidence, confidence(generation, evidence))


def answer_after(
    generation: Generation, question: str, language: Language, asked: FollowUp, heard: Heard
) -> Answer:
    """The same for a question with what it leans on; `heard` of `asked.text`."""
    read = _spelled(generation, asked.question)
    evidence = weigh(generation, asked.text, heard, read.clues)
    sure = confidence(generation, evidence) if supported(generation, evidence, asked) else 0.0
    return _answer(generation, question, language, read, evidence, sure, asked)


def _answer(
    generation: Generation,
    question: str,
    language: Language,
    read: Question,
    evidence: Evidence,
    sure: float,
    after: FollowUp | None = None,
) -> Answer:
    parts: tuple[AnswerPart, ...] = ()
    if sure >= ANSWERED_FROM:
        found = candidates(generation, read, evidence)
        if after is not None:
            found = _after(generation, after, found)
        parts = _sides(generation, read, evidence) or _parts(found, defining=read.kind == "definition")
    return Answer(
        question=question,
        language=language,
        answered=bool(parts),
        parts=parts,
        nearest=() if parts else _nearest(generation, read, evidence),
        dense=evidence.dense is not None,
        generation=generation.id,
        confidence=sure,
        after=after.earlier if after is not None else "",
    )


def _after(generation: Generation, asked: FollowUp, found: list[Candidate]) -> list[Candidate]:
    """What holds the follow-up's own words, and if possible those it leans on as well; never those alone."""
    shares = [
        (one, *shares_of(generation, asked, one.read.words | one.read.context, one.section)) for one in found
    ]
    own = [(one, before) for one, mine, before in shares if mine >= OWN]
    return [one for one, before in own if before >= BEFORE] or [one for one, _ in own]


def _parts(found: Sequence[Candidate], defining: bool) -> tuple[AnswerPart, ...]:
    if not found:
        return ()
    best = found[0]
    if best.all_of_it and (whole := _whole_list(best, found)):
        return (whole,)
    most = PARTS if best.explains or not defining else MENTIONS
    chosen = [best]
    room = LONGEST
    for candidate in found[1:]:
        if len(chosen) == most:
            break
        if not _adds(candidate, best):
            continue
        in_section = sum(one.section.id == candidate.section.id for one in chosen)
        if in_section == PARTS_PER_SECTION or len(candidate.read.unit.quote) > room:
            continue
        if any(_overlap(one, candidate) for one in chosen):
            continue
        chosen.append(candidate)
        room -= len(candidate.read.unit.quote)
    return _in_order(chosen)


def _spelled(generation: Generation, question: Question) -> Question:
    spelled = generation.lexical.spelled
    return replace(
        question,
        clues=spelled(question.clues),
        topic=spelled(question.topic),
        sides=tuple(spelled(side) for side in question.sides),
    )


def _sides(generation: Generation, question: Question, evidence: Evidence) -> tuple[AnswerPart, ...]:
    """What explains each side of a comparison, if both are explained; of one section if it has both."""
    asked = [replace(question, kind="definition", clues=side, topic=side) for side in question.sides]
    found = [
        [
            one
            for one in candidates(generation, side, evidence)
            if one.explains >= _EXPLAINS and one.read.unit.kind != "code"
        ]
        for side in asked
    ]
    pairs = [
        (one.score + other.score + (_TOGETHER if one.section.id == other.section.id else 0.0), one, other)
        for one in (found[0] if found else [])
        for other in found[-1]
        if one.read.unit != other.read.unit
    ]
    if not pairs:
        return ()
    _, one, other = max(pairs, key=lambda pair: pair[0])
    return _in_order([one, other])


def _in_order(chosen: list[Candidate]) -> tuple[AnswerPart, ...]:
    """Best section first; within a section in reading order."""
    order = list(dict.fromkeys(candidate.section.id for candidate in chosen))
    chosen.sort(
        key=lambda candidate: (
            order.index(candidate.section.id),
            candidate.read.unit.start,
            candidate.position,
        )
    )
    return tuple(_part(candidate) for candidate in chosen)


def _adds(candidate: Candidate, best: Candidate) -> bool:
    """Whether a further unit answers nearly as well as the best one."""
    if best.same_language and not candidate.same_language and best.explains:
        return False
    if candidate.own < _OWN_SHARE * best.own:
        return False
    if candidate.section.id == best.section.id:
        return candidate.fit >= _SAME_SECTION * best.fit
    if candidate.read.unit.kind == "code" and candidate.headed < _HEADED:
        return False
    return candidate.prior >= _OTHER_PRIOR and candidate.fit >= _OTHER_SECTION * best.fit


def _whole_list(best: Candidate, found: Sequence[Candidate]) -> AnswerPart | None:
    """The list or table that the best unit is of, as one quotation; None if it is none or too long."""
    unit = best.read.unit
    if unit.kind not in ("item", "row"):
        return None
    beside = [
        one.read.unit
        for one in found
        if one.section.id == best.section.id
        and one.read.unit.kind == unit.kind
        and one.read.unit.context == unit.context
    ]
    start, end = min(one.start for one in beside), max(one.end for one in beside)
    if unit.kind == "row":
        start = max(start - 2, best.section.start)  # the header and the line under it
    section = best.section
    quote = "\n".join(section.text.split("\n")[start - section.start : end - section.start + 1])
    if len(beside) < 2 or len(quote) > LONGEST_LIST:
        return None
    return AnswerPart(quote, Citation(section.note, section.headings, start, end, quote, section.id), "prose")


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two units say the same: the same words, or a list and an item of it."""
    if one.read.unit.text.casefold() == other.read.unit.text.casefold():
        return True
    if one.section.id != other.section.id or "list" not in (one.read.unit.kind, other.read.unit.kind):
        return False
    return one.read.unit.start <= other.read.unit.end and other.read.unit.start <= one.read.unit.end


def _part(candidate: Candidate) -> AnswerPart:
    """The unit as a quotation; of one that nobody would read to its end, the beginning."""
    unit = candidate.read.unit
    section = candidate.section
    text, quote, end = unit.text, unit.quote, unit.end
    if unit.kind == "code" and len(quote) > LONGEST_CODE:
        quote = quote[:LONGEST_CODE].rpartition("\n")[0] or quote[:LONGEST_CODE]
        end = unit.start + quote.count("\n")
        fence = re.match(r"\s*(`{3,}|~{3,})", quote)
        text = f"{quote}\n{fence[1]}" if fence else quote
    elif unit.kind != "code" and len(quote) > LONGEST_PROSE:
        quote = quote[:LONGEST_PROSE].rpartition(" ")[0] or quote[:LONGEST_PROSE]
        text = text[:LONGEST_PROSE].rpartition(" ")[0] + "…"
        end = unit.start + quote.count("\n")
    citation = Citation(section.note, section.headings, unit.start, end, quote, section.id)
    return AnswerPart(text, citation, "code" if unit.kind == "code" else "prose")


def _worded(generation: Generation, question: Question) -> bool:
    """Whether any passage has a whole word of the question."""
    forms = (form for clue in question.clues for form in clue.forms if is_word(form))
    return any(len(generation.lexical.holding(form)) for form in forms)


def _nearest(generation: Generation, question: Question, evidence: Evidence) -> tuple[Citation, ...]:
    heard = evidence.dense is not None and float(np.nan_to_num(evidence.dense).max(initial=0)) >= _BY_EAR
    if not heard and not _worded(generation, question):
        return ()
    found: list[Citation] = []
    for section, _ in best_sections(generation, question, evidence):
        if section.headings and len(found) < NEAREST:
            heading = section.text.split("\n", 1)[0]
            found.append(
                Citation(section.note, section.headings, section.start, section.start, heading, section.id)
            )
    return tuple(found)
