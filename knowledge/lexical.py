"""BM25 over fields, as arrays that never change once built.

S. Robertson & H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and
Trends in Information Retrieval 3(4), 2009. Term frequencies of the fields are added up by weight before
they saturate (BM25F), with the idf that never goes below zero. What a term adds to a document's score is
worked out when the index is opened; a search only sums.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.postings import Fields, Postings, count_terms
from knowledge.terms import Clue, is_pair

K1 = 1.2
B = 0.75
STRADDLING = 0.8
"""What an unseen pair of CJK characters weighs against an unseen word: most lie across two words."""

SHORTEST_MISSPELT = 5
"""Letters of a stem from which on a slip of the pen is looked for."""
LONG = 8
MISSPELT = 0.8

Floats = NDArray[np.float32]


class Lexical:
    """Postings of a fixed list of documents, numbered from 0."""

    def __init__(self, postings: Postings) -> None:
        self.postings = postings
        self.size = size = postings.size
        self._vocabulary = postings.vocabulary
        self._starts = postings.starts
        self._documents = postings.documents
        counts = np.diff(postings.starts)
        frequencies = postings.frequencies.astype(np.float64)
        lengths = np.bincount(postings.documents, weights=frequencies, minlength=size)
        mean = float(lengths.mean()) if lengths.any() else 1.0
        idf = np.log(1 + (size - counts + 0.5) / (counts + 0.5))
        norm = K1 * (1 - B + B * lengths / mean)
        impacts = np.repeat(idf, counts) * frequencies * (K1 + 1) / (frequencies + norm[postings.documents])
        self._idf = idf.astype(np.float32)
        self._impacts = impacts.astype(np.float32)
        self.unseen_idf = math.log(1 + (size + 0.5) / 0.5)
        """What a term weighs that no document holds."""

    def __len__(self) -> int:
        """Number of distinct terms."""
        return len(self._vocabulary)

    def scores(self, query: Mapping[str, float]) -> Floats:
        """BM25 of every document for weighted terms, shape (size,)."""
        scores = np.zeros(self.size, dtype=np.float32)
        for term, weight in query.items():
            if (number := self._vocabulary.get(term)) is not None:
                span = slice(self._starts[number], self._starts[number + 1])
                scores[self._documents[span]] += np.float32(weight) * self._impacts[span]
        return scores

    def idf(self, term: str) -> float:
        """How much it says that a document holds the term."""
        number = self._vocabulary.get(term)
        return self.unseen_idf if number is None else float(self._idf[number])

    def holding(self, term: str) -> NDArray[np.int32]:
        """The documents that hold the term, ascending."""
        number = self._vocabulary.get(term)
        if number is None:
            return np.zeros(0, dtype=np.int32)
        return self._documents[self._starts[number] : self._starts[number + 1]]

    def spelled(self, asked: Iterable[Clue]) -> tuple[Clue, ...]:
        """The clues, each that no document holds with the word beside it that was probably meant."""
        return tuple(self._spelled(clue) for clue in asked)

    def _spelled(self, clue: Clue) -> Clue:
        word = clue.forms[0]
        if len(word) < SHORTEST_MISSPELT or not word.isalpha() or is_pair(word):
            return clue
        if any(form in self._vocabulary for form in clue.forms):
            return clue
        near = [
            (-len(self.holding(other)), other)
            for length in (len(word) - 1, len(word), len(word) + 1)
            for other in self._by_beginning[word[0], length]
            if is_slip(word, other)
        ]
        return Clue((*clue.forms, min(near)[1]), MISSPELT * clue.weight) if near else clue

    @cached_property
    def _by_beginning(self) -> dict[tuple[str, int], list[str]]:
        """The words by first letter and length."""
        found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for term in self._vocabulary:
            if term.isalpha():
                found[term[0], len(term)].append(term)
        return found

    def worth(self, clue: Clue) -> float:
        """What a clue weighs: the idf of its closest form that any document holds."""
        for form in clue.forms:
            if form in self._vocabulary:
                return clue.weight * self.idf(form)
        return clue.weight * self.unseen_idf * (STRADDLING if is_pair(clue.forms[0]) else 1.0)

    def coverage(self, clues: Sequence[Clue]) -> Floats:
        """The share of the clues' worth that each document holds in any form, shape (size,), 0.0-1.0."""
        held = np.zeros(self.size, dtype=np.float32)
        total = sum(self.worth(clue) for clue in clues)
        for clue in clues:
            holding = [self.holding(form) for form in clue.forms]
            held[np.unique(np.concatenate(holding))] += np.float32(self.worth(clue))
        return held / np.float32(total) if total else held

    def save(self, folder: Path) -> None:
        """Writes `terms.json` and `postings.npz` into an existing folder."""
        (folder / "terms.json").write_text(
            json.dumps(list(self._vocabulary), ensure_ascii=False), encoding="utf-8"
        )
        np.savez(
            folder / "postings.npz",
            starts=self._starts,
            documents=self._documents,
            frequencies=self.postings.frequencies,
            size=np.array([self.size]),
        )

    @classmethod
    def load(cls, folder: Path) -> Lexical:
        names: list[str] = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
        vocabulary = {name: number for number, name in enumerate(names)}
        with np.load(folder / "postings.npz", allow_pickle=False) as stored:
            return cls(
                Postings(
                    vocabulary,
                    stored["starts"],
                    stored["documents"],
                    stored["frequencies"],
                    int(stored["size"][0]),
                )
            )


def is_slip(word: str, other: str) -> bool:
    """Whether a letter left out or added, or two neighbours swapped, make one word the other.

    A letter changed counts in long words only: short ones are too often other words (`matter`, `master`).
    """
    if len(word) > len(other):
        word, other = other, word
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), len(word))
    rest, other_rest = word[same:], other[same:]
    if len(word) < len(other):
        return len(other) == len(word) + 1 and rest == other_rest[1:]
    swapped = rest[:2] == other_rest[1::-1] and rest[2:] == other_rest[2:]
    changed = rest[1:] == other_rest[1:] and len(word) >= LONG
    return word != other and (changed or swapped)


def build_lexical(documents: Iterable[Fields | int], before: Lexical | None = None) -> Lexical:
    """An index of documents; an int stands for the document that has this number in `before`."""
    return Lexical(count_terms(documents, before.postings if before else None))
