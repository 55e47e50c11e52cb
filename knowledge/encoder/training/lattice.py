"""All ways to cut many words into pieces, worked through side by side.

Words stand in order of length, longest first, so that those with at least n characters are the first ones,
and a step of dynamic programming is one array operation over all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Scores = NDArray[np.float64]

NONE = -1
"""No piece: in a cell, the last entry of the scores, which is minus infinity."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """`cells[begin, length]`: a piece for each of the words that reach so far, or NONE."""

    lengths: NDArray[np.int64]
    """Of the words, in characters, falling."""
    cells: dict[tuple[int, int], Numbers]

    @property
    def longest(self) -> int:
        return int(self.lengths[0]) if len(self.lengths) else 0

    def renamed(self, numbers: Numbers) -> Lattice:
        """`numbers`: each piece's new number or NONE, and NONE as the last."""
        return Lattice(self.lengths, {place: numbers[cell] for place, cell in self.cells.items()})

    def only(self, kept: NDArray[np.bool_]) -> Lattice:
        """The lattice of some of the words, in the same order."""
        cells = {place: cell[kept[: len(cell)]] for place, cell in self.cells.items()}
        return Lattice(self.lengths[kept], {place: cell for place, cell in cells.items() if len(cell)})

    def expected(self, scores: Scores, counts: Scores) -> Scores:
        """How often each piece is to be expected, words weighted by `counts`; the last entry is nothing.

        The forward-backward algorithm over the segmentations' probabilities (Kudo 2018, section 3.2).
        """
        before = self._before(scores)
        after = [np.zeros(self._reaching(place)) for place in range(self.longest + 1)]
        for begin in range(self.longest - 1, -1, -1):
            sums = np.full(self._reaching(begin + 1), -np.inf)
            for length, cell in self._from(begin):
                size = len(cell)
                sums[:size] = np.logaddexp(sums[:size], scores[cell] + after[begin + length][:size])
            after[begin][: len(sums)] = sums
        found = np.zeros(len(scores))
        for (begin, length), cell in self.cells.items():
            size = len(cell)
            chance = before[begin][:size] + scores[cell] + after[begin + length][:size] - after[0][:size]
            found += np.bincount(
                np.where(cell == NONE, len(scores) - 1, cell), np.exp(chance) * counts[:size], len(scores)
            )
        found[-1] = 0.0
        return found

    def best(self, scores: Scores, whole: bool = True) -> tuple[Scores, Iterator[tuple[Numbers, Numbers]]]:
        """The most probable cut's score for each word, and the cuts: words and a piece of each, step by step.

        `whole`: a word may be one piece. Minus infinity, and no pieces, where a word can't be cut.
        """
        best = [np.full(self._reaching(place), -np.inf) for place in range(self.longest + 1)]
        steps = [np.zeros(len(one), dtype=np.int32) for one in best]
        best[0][:] = 0.0
        for end in range(1, self.longest + 1):
            for length, cell in self._until(end):
                score = best[end - length][: len(cell)] + scores[cell]
                if length == end and not whole:
                    score = np.where(self.lengths[: len(cell)] == end, -np.inf, score)
                better = score > best[end]
                best[end][better] = score[better]
                steps[end][better] = length
        total = np.array([best[length][word] for word, length in enumerate(self.lengths)])
        return total, self._cuts(steps, np.isfinite(total))

    def _cuts(self, steps: list[Numbers], possible: NDArray[np.bool_]) -> Iterator[tuple[Numbers, Numbers]]:
        place = np.where(possible, self.lengths, 0)
        for end in range(self.longest, 0, -1):
            here = np.flatnonzero(place == end)
            lengths = steps[end][here]
            for length in np.unique(lengths):
                words = here[lengths == length]
                place[words] -= length
                yield words.astype(np.int32), self.cells[end - int(length), int(length)][words]

    def _before(self, scores: Scores) -> list[Scores]:
        """For each place the log-probability of what lies before it."""
        before = [np.full(self._reaching(place), -np.inf) for place in range(self.longest + 1)]
        before[0][:] = 0.0
        for end in range(1, self.longest + 1):
            for length, cell in self._until(end):
                before[end] = np.logaddexp(before[end], before[end - length][: len(cell)] + scores[cell])
        return before

    def _from(self, begin: int) -> Iterator[tuple[int, Numbers]]:
        length = 1
        while (cell := self.cells.get((begin, length))) is not None:
            yield length, cell
            length += 1

    def _until(self, end: int) -> Iterator[tuple[int, Numbers]]:
        length = 1
        while (cell := self.cells.get((end - length, length))) is not None:
            yield length, cell
            length += 1

    def _reaching(self, place: int) -> int:
        """Words of at least so many characters."""
        return int(np.searchsorted(-self.lengths, -place, side="right"))


@dataclass(frozen=True, slots=True)
class Substrings:
    """The different substrings of some words, up to a length, and where they stand."""

    words: Sequence[str]
    lattice: Lattice
    """Of the words, with a substring's number in each cell; numbers rise with length."""
    lengths: NDArray[np.int64]
    frequencies: NDArray[np.int64]
    """In how many places of the words, each word counted once."""
    branching: NDArray[np.bool_]
    """Whether it is followed by different characters, or has the greatest length, or ends a word."""

    def spelled(self, numbers: NDArray[np.int64]) -> list[str]:
        """The substrings of these numbers."""
        place = np.full((len(self.lengths), 2), NONE, dtype=np.int64)
        for (begin, _length), cell in self.lattice.cells.items():
            place[cell, 0] = np.arange(len(cell))
            place[cell, 1] = begin
        return [
            self.words[word][begin : begin + length]
            for (word, begin), length in zip(
                place[numbers].tolist(), self.lengths[numbers].tolist(), strict=True
            )
        ]


def substrings(words: Sequence[str], longest: int) -> Substrings:
    """`words`: not empty, longest first; `longest`: characters of a substring at most."""
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    characters = [
        np.array([ord(word[place]) for word in words[: int(np.searchsorted(-lengths, -place))]], np.int64)
        for place in range(int(lengths[0]) if len(words) else 0)
    ]
    cells: dict[tuple[int, int], Numbers] = {}
    sizes, frequencies, branching = [0], [np.zeros(0, np.int64)], [np.zeros(0, np.bool_)]
    former: dict[int, NDArray[np.int64]] = {
        begin: np.zeros(len(one), np.int64) for begin, one in enumerate(characters)
    }
    for length in range(1, longest + 1):
        begins = range(len(characters) - length + 1)
        if not begins:
            break
        ends = [characters[begin + length - 1] for begin in begins]
        parents = np.concatenate([former[begin][: len(end)] for begin, end in zip(begins, ends, strict=True)])
        keys = parents << 21 | np.concatenate(ends)
        known, numbers, frequency = np.unique(keys, return_inverse=True, return_counts=True)
        if length > 1:
            most = np.zeros(len(frequencies[-1]), np.int64)
            np.maximum.at(most, known >> 21, frequency)
            branching[-1] = most < frequencies[-1]
        at = 0
        for begin, end in zip(begins, ends, strict=True):
            former[begin] = numbers[at : at + len(end)]
            cells[begin, length] = (former[begin] + sum(sizes)).astype(np.int32)
            at += len(end)
        sizes.append(len(known))
        frequencies.append(frequency)
        branching.append(np.ones(len(known), np.bool_))
    return Substrings(
        words,
        Lattice(lengths, cells),
        np.repeat(np.arange(len(sizes)), sizes),
        np.concatenate(frequencies),
        np.concatenate(branching),
    )
