"""A Unigram model of word pieces (T. Kudo, "Subword Regularization", ACL 2018, arxiv.org/abs/1804.10959).

The steps are those of SentencePiece and of the trainer in `tokenizers`: frequent substrings to start with,
two rounds of expectation maximisation, a part of the pieces dropped, and again. That trainer goes through
hash tables in an order that is another one in each process, so that its scores differ from run to run; here
the same words give the same pieces.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder.training.lattice import NONE, Lattice, Scores, substrings

SEEDS = 400_000
"""Substrings to start with."""
KEPT = 0.75
"""Of the pieces, those that a round leaves."""
ROUNDS = 2
"""Of expectation maximisation before pieces are dropped."""
FEWEST = 0.5
"""Expected occurrences below which a piece is dropped at once."""
SPARE = 1.1
"""Times the wanted number: so many pieces are left when dropping ends; the least probable go last."""
LONGEST_WORD = 32
"""Characters. Longer ones are addresses and keys, and teach nothing."""


def learn_pieces(counts: Mapping[str, int], wanted: int, longest: int) -> list[tuple[str, float]]:
    """Pieces with their log-probabilities, most probable first; every character of the words among them.

    `counts`: how often each word comes; `wanted`: pieces, more only where there are more characters;
    `longest`: characters of a piece at most.
    """
    words = sorted(
        (word for word in counts if 0 < len(word) <= LONGEST_WORD), key=lambda word: (-len(word), word)
    )
    if not words:
        return []
    weights = np.array([counts[word] for word in words], dtype=np.float64)
    pieces, scores, lattice = _seeds(words, weights, longest)
    own = _lattice_of(pieces, longest)
    single = np.array([len(piece) == 1 for piece in pieces])
    enough = max(int(wanted * SPARE), int(single.sum()))
    while True:
        for _ in range(ROUNDS):
            expected = lattice.expected(np.append(scores, -np.inf), weights)[:-1]
            kept = (expected >= FEWEST) | single
            pieces, single, lattice, own = _drop(kept, pieces, single, lattice, own)
            scores = _maximised(np.maximum(expected[kept], FEWEST))
        if len(pieces) <= enough:
            break
        kept = _worth(scores, weights, lattice, own, max(enough, int(KEPT * len(pieces))), single)
        scores = scores[kept]
        pieces, single, lattice, own = _drop(kept, pieces, single, lattice, own)
    return _finished(pieces, scores, single, wanted)


def _seeds(words: list[str], weights: Scores, longest: int) -> tuple[list[str], Scores, Lattice]:
    """Characters and frequent substrings; one that is always part of the same longer one is left out."""
    found = substrings(words, longest)
    worth = found.frequencies * found.lengths
    more = np.flatnonzero((found.lengths > 1) & (found.frequencies > 1) & found.branching)
    more = more[np.argsort(-worth[more], kind="stable")][:SEEDS]
    single = np.flatnonzero(found.lengths == 1)
    chosen = np.concatenate([single, more])
    often = np.zeros(len(found.lengths))
    for (_begin, length), cell in found.lattice.cells.items():
        if length == 1:
            often += np.bincount(cell, weights[: len(cell)], len(often))
    start = np.concatenate([often[single], worth[more].astype(np.float64)])
    numbers = np.full(len(found.lengths) + 1, NONE, dtype=np.int32)
    numbers[chosen] = np.arange(len(chosen))
    return found.spelled(chosen), np.log(start) - np.log(start.sum()), found.lattice.renamed(numbers)


def _lattice_of(pieces: list[str], longest: int) -> tuple[NDArray[np.int64], Lattice]:
    """The pieces' order by length, and the lattice of cutting them into one another."""
    order = np.array(
        sorted(range(len(pieces)), key=lambda one: (-len(pieces[one]), pieces[one])), dtype=np.int64
    )
    found = substrings([pieces[one] for one in order], longest)
    spelled = found.spelled(np.arange(len(found.lengths)))
    known = {piece: number for number, piece in enumerate(pieces)}
    numbers = np.array([*(known.get(one, NONE) for one in spelled), NONE], dtype=np.int32)
    return order, found.lattice.renamed(numbers)


def _drop(
    kept: NDArray[np.bool_],
    pieces: list[str],
    single: NDArray[np.bool_],
    lattice: Lattice,
    own: tuple[NDArray[np.int64], Lattice],
) -> tuple[list[str], NDArray[np.bool_], Lattice, tuple[NDArray[np.int64], Lattice]]:
    if kept.all():
        return pieces, single, lattice, own
    numbers = np.append(np.where(kept, np.cumsum(kept) - 1, NONE), NONE).astype(np.int32)
    order, cuts = own
    left = kept[order]
    return (
        [piece for piece, stays in zip(pieces, kept.tolist(), strict=True) if stays],
        single[kept],
        lattice.renamed(numbers),
        (numbers[order[left]].astype(np.int64), cuts.only(left).renamed(numbers)),
    )


def _worth(
    scores: Scores,
    weights: Scores,
    lattice: Lattice,
    own: tuple[NDArray[np.int64], Lattice],
    wanted: int,
    single: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Which pieces stay: those whose cutting into others would cost most likelihood."""
    padded = np.append(scores, -np.inf)
    often = np.zeros(len(scores))
    _total, cuts = lattice.best(padded)
    for words, numbers in cuts:
        often += np.bincount(numbers, weights[words], len(scores))
    order, of_pieces = own
    instead, cuts = of_pieces.best(padded, whole=False)
    frequency = often[order]
    parts, logs = np.zeros(len(order)), np.zeros(len(order))
    with np.errstate(divide="ignore", invalid="ignore"):
        for rows, numbers in cuts:
            parts[rows] += 1
            logs[rows] += np.log(often[numbers] + frequency[rows])
        total = often.sum()
        alone = np.log(frequency) - np.log(total)
        others = logs - parts * np.log(total + frequency * (parts - 1))
        loss = np.where(frequency > 0, frequency / weights.sum() * (alone - others), -np.inf)
    must = single[order] | ((frequency > 0) & (~np.isfinite(instead) | (instead > scores[order])))
    loss[must] = np.inf
    kept = np.zeros(len(scores), np.bool_)
    ranked = np.argsort(-loss, kind="stable")
    kept[order[ranked[: max(wanted, int(must.sum()))]]] = True
    kept[order[loss == -np.inf]] = False
    return kept


def _maximised(expected: Scores) -> Scores:
    """Log-probabilities under a sparse prior: digamma instead of the logarithm, as in SentencePiece."""
    import torch

    values = torch.from_numpy(np.append(expected, expected.sum()))
    found: Scores = torch.special.digamma(values).numpy()
    scores: Scores = found[:-1] - found[-1]
    return scores


def _finished(
    pieces: list[str], scores: Scores, single: NDArray[np.bool_], wanted: int
) -> list[tuple[str, float]]:
    """The most probable ones and all characters; no character below the least probable of them."""
    ranked = sorted(range(len(pieces)), key=lambda one: (not single[one], -scores[one], pieces[one]))
    chosen = ranked[: max(wanted, int(single.sum()))]
    floor = min((float(scores[one]) for one in chosen if not single[one]), default=float(scores.min()))
    found = [(pieces[one], max(float(scores[one]), floor)) for one in chosen]
    return sorted(found, key=lambda one: (-one[1], one[0]))
