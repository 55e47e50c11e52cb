"""What speaks for an answer and against it: measures between 0 and 1, of which `judge` makes a verdict.

An answer is read clause by clause. What it only takes over from the question counts for nothing; but the
question's words say what a clause is about, and so which clause of the reference it is held against.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jobs.review.judging.clauses import compare, heads, sentences
from knowledge.soft_match import Floats
from knowledge.soft_words import Word, Words, level, nearness, read_words
from knowledge.terms import CJK

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder

HIT = 0.5
"""From this nearness on a word of the reference counts as named."""
MOST_TERMS = 4
_LONG = 50
"""Content words from which on a reference tells more than was asked: nobody must name all that it holds."""
_LEAST = 0.8
"""The weight from which on a word is a key term."""
_PARTICLE = re.compile("[的了着们就都也会能]")
"""In Chinese, what hangs on a word."""
_MARKUP = re.compile(r"[*_]{2,}|```\w*|`|^[#>\-+\s]+|\]\([^)\s]*\)|[\[\]]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All shares are of weights of words (`knowledge.soft_words`)."""

    added: float
    """The weight of what the answer adds to the question's words."""
    support: float
    """The share of that which the reference says too."""
    coverage: float
    """The share of the reference, without the question's words, that the answer says."""
    focus: float
    """The share of its best met sentence that the answer says."""
    cosine: float | None
    """Of the pooled vectors of answer and reference; None: nothing reads them."""
    opposed: float
    """The share of clauses that deny, or turn round, what the reference says."""
    swapped: float
    """The share of clauses that say of one thing what the reference says of another."""
    numbers: float
    """The share of the answer's numbers that the reference doesn't have, where it has any."""
    across: bool
    """Whether answer and reference are in different languages."""
    named: tuple[str, ...]
    """Key terms of the reference that the answer names, in the reference's words and order."""
    missed: tuple[str, ...]
    """Those it doesn't name; none of a long reference."""
    strange: tuple[str, ...] = ()
    """Numbers of the answer that the reference doesn't have, where it has any."""
    against: tuple[str, ...] = ()
    """Clauses of the answer that are opposed or swapped."""

    @property
    def met(self) -> float:
        """The weight of what the answer adds and the reference says too."""
        return self.added * self.support

    @property
    def contradiction(self) -> float:
        """The most that speaks against it; half of an answer turned round is as bad as the whole."""
        return max(min(1.0, 2 * self.opposed), min(1.0, 2 * self.swapped), self.numbers)


_read_card = lru_cache(maxsize=64)(read_words)
"""A card's question and passage come again with each of its answers."""


def gather(
    question: str, reference: str, answer: str, across: bool, encoder: StaticEncoder | None
) -> Evidence:
    """What can be said of an answer; markup of the reference is passed over."""
    asked, given = _read_card(question, encoder), read_words(answer, encoder)
    told = _read_card(_MARKUP.sub(" ", level(reference)), encoder)
    near = nearness(given, told)
    to_asked, theirs_asked = nearness(given, asked), nearness(told, asked)
    fresh, untold = 1.0 - _best(to_asked), 1.0 - _best(theirs_asked)
    mine, theirs = given.weights * fresh, told.weights * untold
    met, said = _best(near), _best(near.T)
    numbers = [word for at, word in enumerate(given.words) if word.is_number and fresh[at] > HIT]
    strange = [word for word in numbers if not any(word.form == other.form for other in told.words)]
    counted = any(word.is_number for word in told.words)
    topics = _read_card(f"{question}\n{heads(told)}", encoder)
    compared = compare(given, told, near, to_asked, topics)
    return Evidence(
        added=float(mine.sum()),
        support=_share(mine, met),
        coverage=_share(theirs, said),
        focus=_focus(told, theirs, said),
        cosine=_cosine(answer, told.text, encoder),
        opposed=compared.opposed,
        swapped=compared.swapped,
        numbers=len(strange) / len(numbers) if counted and numbers else 0.0,
        across=across,
        named=_terms(told, theirs, said, True),
        missed=_terms(told, theirs, said, False) if len(told.words) <= _LONG else (),
        strange=tuple(word.text for word in strange) if counted else (),
        against=compared.against,
    )


def _best(near: Floats) -> Floats:
    best: Floats = near.max(axis=1, initial=0.0)
    return best


def _share(weights: Floats, met: Floats) -> float:
    total = float(weights.sum())
    return min(float(weights @ met) / total, 1.0) if total > 0 else 0.0


def _cosine(one: str, other: str, encoder: StaticEncoder | None) -> float | None:
    if encoder is None:
        return None
    pooled = encoder.encode([one, other])
    return max(float(pooled[0] @ pooled[1]), 0.0)


def _focus(told: Words, weights: Floats, said: Floats) -> float:
    least = 0.15 * float(weights.sum())
    met = (_share(weights[at], said[at]) for at in sentences(told) if weights[at].sum() >= least)
    return max(met, default=0.0)


def _tells(word: Word) -> bool:
    """Whether a word says something where it stands alone."""
    if re.match(f"[{CJK}]", word.text):
        return len(word.text) > 1 and not _PARTICLE.search(word.text)
    return word.strict or len(word.text) > 3


def _terms(told: Words, weights: Floats, said: Floats, named: bool) -> tuple[str, ...]:
    """The weightiest terms that were named, or missed; neighbours as one, each once, in their order."""
    chosen: NDArray[np.bool_] = (said >= HIT) == named
    telling = [_tells(word) and (named or not word.is_number) for word in told.words]
    order = [at for at in np.argsort(-weights, kind="stable") if chosen[at] and telling[at]]
    order = [at for at in order if weights[at] >= _LEAST]
    picked = sorted({int(at) for at in order[: 2 * MOST_TERMS]})
    runs: list[list[Word]] = []
    for at in picked:
        word = told.words[at]
        if runs and told.text[runs[-1][-1].end : word.start].strip() == "" and len(runs[-1]) < 3:
            runs[-1].append(word)
        else:
            runs.append([word])
    texts: dict[tuple[str, ...], str] = {}
    for run in runs:
        texts.setdefault(tuple(word.form for word in run), told.text[run[0].start : run[-1].end])
    return tuple(texts.values())[:MOST_TERMS]
