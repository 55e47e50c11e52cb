"""An answer held against the reference clause by clause: what is turned round, and what is mixed up.

A clause of the answer is compared with the clause of the reference that says most of it. It is *opposed* to
it when one of them denies, or names the other end of an axis (`opposites`); it is *swapped* when it says of
one thing what the reference says of another.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from jobs.review.judging.opposites import axis_words, negated_word, negations, sides
from knowledge.soft_match import Floats
from knowledge.soft_words import Words, nearness

SAME = 0.8
"""From this nearness on a word stands for a topic."""
_KIN = 0.4
"""From this nearness on two topics are of one kind."""
_LEAST = 0.35
"""Of a clause, what the reference has to say of it for the two to be compared."""
_AS_MUCH = 0.85
"""The share of the best that another clause has to say to be compared as well."""
_LEAST_SAID = 1.5
"""The weight of what it has to say: about one word that tells something."""
_END = r"\.(?=\s|$)|[!?;。\n]"
_CLAUSE = re.compile(
    rf"{_END}|:(?=\s|[\u3400-\u9fff])|,(?!\d)|\s(?:while|whereas|but|and|а|но|и)\s|\s[–—]\s|而(?!不|且)"
)
_TOGETHER = re.compile(r"\W*(?:,|\b(?:and|or|vs|и|или)\b|[和与跟或、])\W*")
"""What stands between two things that are listed."""
_SENTENCE = re.compile(_END)
"""Both read levelled text, in which full-width marks are plain ones."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a text that says one thing."""

    text: str
    at: NDArray[np.intp]
    """Positions of its words."""
    topics: frozenset[int]
    """The telling topics that it speaks of (`_telling`); those of the clause before, where it names none."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Shares of what the answer says that the reference speaks of too."""

    opposed: float
    swapped: float
    against: tuple[str, ...] = ()
    """The answer's clauses that are either, as they stand."""


def compare(given: Words, told: Words, near: Floats, to_asked: Floats, topics: Words) -> Compared:
    """`near`: of the answer's words to the reference's; `to_asked`: to the question's.

    `topics`: what a clause may be about: the question's words, and those that the reference's sentences begin
    with (`heads`).
    """
    of_mine, of_theirs = nearness(given, topics), nearness(told, topics)
    telling = _telling(told, of_theirs, _paired(topics))
    mine = clauses(given, of_mine, telling)
    theirs = clauses(told, of_theirs, telling)
    opposed = swapped = weighed = 0.0
    against: list[str] = []
    for clause in mine:
        worth = float(given.weights[clause.at] @ near[clause.at].max(axis=1, initial=0.0))
        others = _counterparts(clause, theirs, given, near, to_asked)
        if not others or worth < _LEAST_SAID:
            continue
        weighed += worth
        turned = all(_opposed(clause, other, given, told) for other in others)
        mixed = all(_swapped(clause, other) for other in others)
        opposed += worth * turned
        swapped += worth * mixed
        if turned or mixed:
            against.append(clause.text.strip(" \n,;:.。，；："))
    if not weighed:
        return Compared(0.0, 0.0)
    return Compared(opposed / weighed, swapped / weighed, tuple(against))


def clauses(words: Words, to_topics: Floats, telling: Collection[int]) -> list[Clause]:
    """The clauses of a text that hold a word, with the telling topics that they speak of."""
    found: list[Clause] = []
    for start, end in spans(words.text, _CLAUSE):
        at = words.within(start, end)
        if not len(at):
            continue
        topics = _topics(to_topics[at]) & frozenset(telling)
        if not topics and found:
            topics = found[-1].topics
        found.append(Clause(words.text[start:end], at, topics))
    return found


def heads(words: Words) -> str:
    """The first words of the sentences: what each is about, if there are several."""
    parts = sentences(words)
    return " ".join(words.words[at[0]].text for at in parts) if len(parts) > 1 else ""


def sentences(words: Words) -> list[NDArray[np.intp]]:
    """The positions of the words of each sentence that holds any."""
    inside = (words.within(start, end) for start, end in spans(words.text, _SENTENCE))
    return [at for at in inside if len(at)]


def spans(text: str, between: re.Pattern[str]) -> list[tuple[int, int]]:
    """The parts of a text between those marks that aren't blank."""
    cuts = [0, *(found.end() for found in between.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if text[start:end].strip()]


def _topics(to_topics: Floats) -> frozenset[int]:
    """The topics that words stand for."""
    return frozenset(int(row.argmax()) for row in to_topics if row.max(initial=0.0) >= SAME)


def _paired(topics: Words) -> frozenset[int]:
    """Those of one kind with another, as encoder and decoder are, or listed with it: these get mixed up."""
    alike = nearness(topics, topics) >= _KIN
    for at, (one, other) in enumerate(pairwise(topics.words)):
        alike[at, at + 1] |= _TOGETHER.fullmatch(topics.text[one.end : other.start]) is not None
    different = topics.forms[:, None] != topics.forms[None, :]
    return frozenset(np.flatnonzero(((alike | alike.T) & different).any(axis=1)).tolist())


def _telling(told: Words, to_topics: Floats, topics: frozenset[int]) -> frozenset[int]:
    """Of the topics, those that some sentences of the reference are about and others aren't.

    Where it is one sentence, its clauses count.
    """
    parts = sentences(told)
    if len(parts) < 2:
        parts = [at for start, end in spans(told.text, _CLAUSE) if len(at := told.within(start, end))]
    about = [_topics(to_topics[at]) & topics for at in parts]
    return frozenset(one for one in topics if 0 < sum(one in each for each in about) < len(about))


def _counterparts(
    clause: Clause, theirs: Sequence[Clause], given: Words, near: Floats, to_asked: Floats
) -> list[Clause]:
    """The clauses of the reference that say most of it, and about as much as one another.

    Words of an axis and the question's hardly count, since these are what is to be compared.
    """
    plain = np.array([axis_words(given.words[at].text) for at in clause.at])
    fresh = 1.0 - to_asked[clause.at].max(axis=1, initial=0.0)
    weights = given.weights[clause.at] * np.where(plain, 0.1, 1.0) * np.maximum(fresh, 0.2)
    said = [float(weights @ near[np.ix_(clause.at, other.at)].max(axis=1)) for other in theirs]
    best = max(said, default=0.0)
    if best < _LEAST * float(weights.sum()) or best <= 0:
        return []
    return [other for other, much in zip(theirs, said, strict=True) if much >= _AS_MUCH * best]


def _swapped(clause: Clause, other: Clause) -> bool:
    return bool(clause.topics and other.topics) and clause.topics.isdisjoint(other.topics)


def _opposed(clause: Clause, other: Clause, given: Words, told: Words) -> bool:
    if (negations(clause.text) % 2 == 1) != (negations(other.text) > 0):
        return True
    forms = {told.words[at].form for at in other.at}
    if any(negated_word(given.words[at].text, forms) for at in clause.at):
        return True
    theirs = sides(other.text)
    return any(axis in theirs and theirs[axis].isdisjoint(ends) for axis, ends in sides(clause.text).items())
