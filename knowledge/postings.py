"""How often which term stands in which document, as arrays that never change once counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Fields = Sequence[tuple[float, Sequence[str]]]
"""A document: (weight, terms) of its fields."""


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of each term, of a fixed list of documents numbered from 0."""

    vocabulary: Mapping[str, int]
    """Number of each term; numbered from 0 in the order of their characters."""
    starts: NDArray[np.int64]
    """Where the documents of each term begin, and at the end where the last ones end; shape (terms + 1,)."""
    documents: NDArray[np.int32]
    """Documents of the first term, ascending, then those of the second and so on."""
    frequencies: NDArray[np.float32]
    """How often the term stands in each of `documents`, its fields added up by weight."""
    size: int
    """Number of documents."""


def count_terms(documents: Iterable[Fields | int], before: Postings | None = None) -> Postings:
    """The postings of documents; an int stands for the document that has this number in `before`."""
    words: list[str] = []
    numbers: list[int] = []
    frequencies: list[float] = []
    kept: dict[int, int] = {}
    size = 0
    for number, document in enumerate(documents):
        size = number + 1
        if isinstance(document, int):
            kept[number] = document
        else:
            counted = _counted(document)
            words += counted
            numbers += [number] * len(counted)
            frequencies += counted.values()
    if before is not None and kept:
        rows, lengths = _rows(before, np.array([*kept.values()]))
        names = np.array([*before.vocabulary], dtype=object)
        words += np.repeat(names, np.diff(before.starts))[rows].tolist()
        numbers += np.repeat([*kept], lengths).tolist()
        frequencies += before.frequencies[rows].tolist()
    vocabulary = {word: number for number, word in enumerate(sorted(set(words)))}
    terms = np.fromiter(map(vocabulary.__getitem__, words), dtype=np.int64, count=len(words))
    holding = np.array(numbers, dtype=np.int32)
    order = np.lexsort((holding, terms))
    counts = np.bincount(terms, minlength=len(vocabulary))
    return Postings(
        vocabulary,
        np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64))),
        holding[order],
        np.array(frequencies, dtype=np.float32)[order],
        size,
    )


def _counted(fields: Fields) -> dict[str, float]:
    counted: dict[str, float] = {}
    for weight, words in fields:
        for word, times in Counter(words).items():
            counted[word] = counted.get(word, 0.0) + weight * times
    return counted


def _rows(postings: Postings, wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the postings of some documents stand, one document's after the other's, and how many each has."""
    by_document = np.argsort(postings.documents, kind="stable")
    lengths = np.bincount(postings.documents, minlength=postings.size)
    ends = np.cumsum(lengths)
    spans = [by_document[ends[number] - lengths[number] : ends[number]] for number in wanted]
    return np.concatenate(spans), lengths[wanted]
