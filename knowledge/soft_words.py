"""Words of a text with vectors, held against those of another text in the same or in another language.

A word is near another that has its stem, else by the cosine of their vectors, which a static multilingual
encoder gives; numbers and code identifiers are near themselves alone. What a word counts is the length of its
vector, which training makes small for words that say little (cf. `knowledge.soft_match`). Chinese has no
spaces: there the encoder's tokens are the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
from knowledge.soft_match import Floats
from knowledge.terms import CJK, STOP_WORDS, STOP_WORDS_BULGARIAN, terms

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder

LEAST = 0.4
"""Below this length of its vector a word says nothing by itself: articles, prepositions, particles."""
STRICT_WEIGHT = 2.0
"""What a number or an identifier counts: as much as a rare word."""
_USUAL = 1.2
"""What a word counts where nothing tells words apart."""
_RAMPS = ((0.3, 0.4), (0.65, 0.75))
"""Cosines at which two words begin to be near and at which they are the same, across languages and within
one: there words of one field are nearer to one another than two words for one thing are across."""
_AKIN = 0.95
"""The most that two different words can be near."""
_TINY = 1e-6
_FIRST_CJK = CJK[0]
_SPACE = "\u2581"
"""How the vocabulary spells the beginning of a word."""
_NUMBER = r"\d+(?:[.,]\d+)*(?:e[+-]?\d+)?"
_WORD = re.compile(
    rf"(?P<number>(?<![\w]){_NUMBER}(?![A-Za-z\d]))"
    rf"|(?P<cjk>[{CJK}]+)"
    rf"|(?P<word>(?:(?![{CJK}])[^\W_])+(?:[_'’\u2010\u2011-]+(?:(?![{CJK}])[^\W_])+)*)",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"^(?=.*[A-Za-z])(?:\w*[a-z][A-Z]\w*|.*\w_\w.*)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands."""

    text: str
    start: int
    end: int
    """The span in the text, which is levelled (`level`)."""
    form: str
    """Its stem; two words that have the same are the same."""
    strict: bool
    """A number or a code identifier: near itself alone."""

    @property
    def is_number(self) -> bool:
        return self.text[0].isdigit()


@dataclass(frozen=True)
class Words:
    """The words of a text that say something."""

    text: str
    words: tuple[Word, ...]
    vectors: Vectors
    """Shape (len(words), dimension), of length one; zeros without an encoder."""
    weights: Floats
    """What each word counts; shape (len(words),)."""

    @cached_property
    def forms(self) -> NDArray[np.str_]:
        return np.array([word.form for word in self.words], dtype=np.str_)

    @cached_property
    def strict(self) -> NDArray[np.bool_]:
        return np.array([word.strict for word in self.words], dtype=np.bool_)

    @cached_property
    def numbers(self) -> NDArray[np.bool_]:
        return np.array([word.is_number for word in self.words], dtype=np.bool_)

    @cached_property
    def scripts(self) -> NDArray[np.str_]:
        """A letter for the script that each word is written in."""
        return np.array([_script(word.text[0]) for word in self.words], dtype="<U1")

    def within(self, start: int, end: int) -> NDArray[np.intp]:
        """The positions of the words in that span of the text."""
        inside = [at for at, word in enumerate(self.words) if start <= word.start < end]
        return np.array(inside, dtype=np.intp)


def level(text: str) -> str:
    """Full-width and compatibility forms as their plain ones (NFKC)."""
    return unicodedata.normalize("NFKC", text)


def read_words(text: str, encoder: StaticEncoder | None) -> Words:
    """The words of a text, function words left out. Without an encoder all count alike."""
    text = level(text)
    spans = list(_spans(text, encoder))
    if encoder is None or not spans:
        size = len(spans)
        vectors = np.zeros((size, encoder.dimension if encoder else 1), dtype=np.float32)
        return Words(text, tuple(spans), vectors, np.full(size, _USUAL, dtype=np.float32))
    ids = encoder.token_ids([word.text for word in spans])
    starts = np.cumsum([0, *(len(one) for one in ids[:-1])])
    vectors = np.add.reduceat(encoder.token_vectors(np.concatenate(ids)), starts, axis=0)
    lengths = np.linalg.norm(vectors, axis=1)
    weights = np.where([word.strict for word in spans], STRICT_WEIGHT, lengths)
    kept = np.flatnonzero(weights >= LEAST)
    vectors = vectors[kept] / np.maximum(lengths[kept], _TINY)[:, None]
    return Words(text, tuple(spans[at] for at in kept), vectors, weights[kept].astype(np.float32))


def nearness(one: Words, other: Words) -> Floats:
    """How near each word of one text is to each of the other, 0.0-1.0; shape (len(one), len(other))."""
    cosines = one.vectors @ other.vectors.T
    across = one.scripts[:, None] != other.scripts[None, :]
    floor, top = np.where(across, *_RAMPS[0]), np.where(across, *_RAMPS[1])
    near: Floats = np.clip((cosines - floor) / (top - floor), 0.0, _AKIN).astype(np.float32)
    mine, theirs = one.strict[:, None], other.strict[None, :]
    near[(mine & theirs) | (one.numbers[:, None] | other.numbers[None, :])] = 0.0
    near[one.forms[:, None] == other.forms[None, :]] = 1.0
    return near


def _spans(text: str, encoder: StaticEncoder | None) -> Iterator[Word]:
    for found in _WORD.finditer(text):
        start, end = found.span()
        if found.lastgroup == "number":
            yield Word(found[0], start, end, found[0].replace(",", ".").lower(), True)
        elif found.lastgroup == "cjk":
            yield from _chinese(found[0], start, encoder)
        elif found[0].lower() not in STOP_WORDS and found[0].lower() not in STOP_WORDS_BULGARIAN:
            form = next(iter(terms(found[0], loanwords=False)), found[0].lower())
            strict = bool(_IDENTIFIER.match(found[0]))
            yield Word(found[0], start, end, form, strict)


def _chinese(run: str, offset: int, encoder: StaticEncoder | None) -> Iterator[Word]:
    """The encoder's tokens where they spell the run; pairs of characters else."""
    pieces = [] if encoder is None else encoder.tokens(encoder.token_ids([run])[0])
    pieces = [piece for each in pieces if (piece := each.removeprefix(_SPACE))]
    if "".join(pieces) == run:
        for piece in pieces:
            yield Word(piece, offset, offset + len(piece), piece, False)
            offset += len(piece)
        return
    for at, (one, other) in enumerate(pairwise(run)):
        yield Word(one + other, offset + at, offset + at + 2, one + other, False)
    if len(run) == 1:
        yield Word(run, offset, offset + 1, run, False)


def _script(letter: str) -> str:
    if letter >= _FIRST_CJK:
        return "c"
    return "b" if "\u0400" <= letter <= "\u052f" else "l"
