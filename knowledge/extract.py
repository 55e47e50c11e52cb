"""The units of the notes that may answer a question, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.fit import Judge
from knowledge.index import Generation
from knowledge.language import detect_language
from knowledge.notes import Section
from knowledge.question import Question
from knowledge.reading import ReadSection, ReadUnit
from knowledge.retrieve import Evidence
from knowledge.soft_match import SoftQuestion
from knowledge.units import is_outline

SECTIONS = 8
DEEPER = 120
"""Sections looked at for one that explains just what a definition is asked of."""
_EXPLAINS = 0.8
_EXPLAINS_SO = 0.35
"""What a definition in the asker's language has before one in another."""
_LOOKED_AT = 30
_LOOKED_AT_DEEPER = 250

_MEANING = 1.5
"""What the token match of a unit counts beside the share of words met, which comes nearer to one."""
_HEADED_SO = 0.7
"""What of it a heading gives to what stands under it."""
_OPENING = 60
"""Characters in which a definition says what it defines."""
_BEGUN = 0.45
"""The token match of these with the question from which on they say so."""
_SAME_LANGUAGE = 1.1
_OUTLINE = 0.6
_CHILD = 0.98
"""What a section under a bare heading has of the heading's weight, each further one less."""
_FIRST = 0.06
"""What the first unit of a section has before the later ones."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that may be quoted."""

    section: Section
    position: int
    read: ReadUnit
    prior: float
    """How well its section was found, 1.0 for the best."""
    fit: float
    """How well it meets the question itself."""
    own: float
    """The share of the question that stands in the unit itself."""
    explains: float
    """How nearly it explains just what a definition is asked of."""
    headed: float
    """The share of the question that stands in its headings."""
    same_language: bool
    """Whether its note is in the language of the question."""
    all_of_it: bool
    """Whether the whole section is what is asked for, and not the unit alone."""

    @property
    def score(self) -> float:
        return self.prior + self.fit


def candidates(generation: Generation, question: Question, evidence: Evidence) -> list[Candidate]:
    """Units of the best sections, best first; for a definition, also what explains it further down."""
    found: list[Candidate] = []
    ranked = best_sections(generation, question, evidence, DEEPER if question.topic else SECTIONS)
    judge = Judge(generation.lexical, question)
    language = detect_language(question.text)
    foreign = _foreign(generation, evidence)
    for rank, (section, weight) in enumerate(ranked):
        home = generation.reading(section)
        if section.id in foreign and evidence.question is not None:
            if rank < SECTIONS:
                prior = weight / ranked[0][1]
                found += _by_meaning(evidence.question, judge, question, home, prior)
            continue
        whole = question.many and judge.titled(home)
        headed = judge.headed(home)
        same = generation.by_path[section.note].language == language
        for position, read in home.telling:
            explains = judge.explains(read)
            if rank >= SECTIONS and explains < _EXPLAINS:
                continue
            found.append(
                Candidate(
                    section,
                    position,
                    read,
                    prior=weight / ranked[0][1],
                    fit=judge.fit(read, home)
                    + _FIRST / (1 + position)
                    + (_EXPLAINS_SO if same and explains >= 0.5 else 0.0),
                    own=judge.own(read),
                    explains=explains,
                    headed=headed,
                    same_language=same,
                    all_of_it=whole and explains < _EXPLAINS and not judge.names(read),
                )
            )
    return sorted(found, key=lambda candidate: -candidate.score)


def _foreign(generation: Generation, evidence: Evidence) -> set[str]:
    """The sections that are in another language than the question with all their passages."""
    if evidence.across is None:
        return set()
    across, within = (
        {generation.passages[number].section_id for number in np.flatnonzero(those)}
        for those in (evidence.across, ~evidence.across)
    )
    return across - within


def _by_meaning(
    soft: SoftQuestion, judge: Judge, question: Question, home: ReadSection, prior: float
) -> list[Candidate]:
    """The units of a section in another language, where no words meet: by the token match.

    The headings above speak for a unit too. One that begins with what a definition is asked of explains it.
    """
    section = home.section
    telling = home.telling
    if not telling:
        return []
    own = soft.texts([read.unit.text for _, read in telling])
    headed = float(soft.texts([" ".join(section.headings[-2:])])[0])
    opening = soft.texts([read.unit.text[:_OPENING] for _, read in telling])
    found: list[Candidate] = []
    for (position, read), met, begun in zip(telling, own.tolist(), opening.tolist(), strict=True):
        defines = question.kind == "definition" and begun >= _BEGUN and read.unit.kind != "code"
        fit = _MEANING * max(met, _HEADED_SO * headed) + _FIRST / (1 + position)
        found.append(
            Candidate(
                section,
                position,
                read,
                prior=prior,
                fit=fit + judge.form(read) + (0.3 if defines else 0.0),
                own=met,
                explains=0.5 if defines else 0.0,
                headed=headed,
                same_language=False,
                all_of_it=False,
            )
        )
    return found


def best_sections(
    generation: Generation, question: Question, evidence: Evidence, most: int = SECTIONS
) -> list[tuple[Section, float]]:
    """Sections with something to quote, with their weight, by their best passage.

    A bare heading speaks for the sections under it. Sections that mostly ask, or only say what is to come,
    stand back; notes in the question's language have an edge.
    """
    language = detect_language(question.text)
    weighed: dict[str, float] = {}
    seen: set[str] = set()
    looked_at = _LOOKED_AT if most == SECTIONS else _LOOKED_AT_DEEPER
    for number in np.argsort(-evidence.fused, kind="stable")[:looked_at]:
        section = generation.sections[generation.passages[number].section_id]
        if evidence.fused[number] <= 0 or section.id in seen:
            continue
        seen.add(section.id)
        weight = float(evidence.fused[number])
        same = generation.by_path[section.note].language == language
        heirs = [section] if generation.reading(section).telling else _under(generation, section)
        for heir in heirs:
            home = generation.reading(heir)
            if home.telling:
                worth = weight * _standing(home) * (_SAME_LANGUAGE if same else 1.0)
                weighed[heir.id] = max(weighed.get(heir.id, 0.0), worth)
                weight *= _CHILD
    best = sorted(weighed, key=lambda section_id: -weighed[section_id])[:most]
    return [(generation.sections[section_id], weighed[section_id]) for section_id in best]


def _standing(home: ReadSection) -> float:
    telling = 0.5 + 0.5 * len(home.telling) / len(home.units)
    return telling * (_OUTLINE if is_outline(home.section) else 1.0)


def _under(generation: Generation, bare: Section) -> list[Section]:
    """The sections below a heading that has no text of its own."""
    depth = len(bare.headings)
    if not depth:
        return []
    return [
        section
        for section in generation.by_path[bare.note].sections
        if len(section.headings) > depth
        and section.headings[:depth] == bare.headings
        and section.start > bare.start
    ]
