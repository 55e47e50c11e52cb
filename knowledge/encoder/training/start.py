"""What the training starts from: the teacher's vectors in fewer dimensions, and a first table of tokens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
from knowledge.encoder.training.examples import Examples, Tokens
from knowledge.encoder.training.teacher import Teaching
from knowledge.errors import TrainingError

SHARE_OF_PIECES = 0.5
"""What a token counts for in a text that holds it only when cut into pieces alone."""
_SHORTEST = 0.15
"""Mean vectors shorter than this say little, and are not made longer."""
_LENGTH = 0.1


def check_dimension(dimension: int, most: int) -> None:
    """TrainingError `error.training_dimension` where the teacher has fewer dimensions."""
    if dimension > most:
        raise TrainingError("error.training_dimension", dimension=dimension, most=most)


def targets(teaching: Teaching, dimension: int) -> Vectors:
    """(texts + words, dimension), of length one: principal components of the centred vectors of the texts."""
    import torch  # whose number of threads is fixed, as that of NumPy's libraries isn't

    texts = torch.from_numpy(teaching.vectors.astype(np.float32))
    mean = texts.mean(dim=0)
    centred = texts - mean
    _values, axes = torch.linalg.eigh(centred.T @ centred / len(centred))
    axes = axes.flip(1)[:, :dimension]
    # An axis may point either way; the largest component decides, so that no library does.
    axes = axes * axes.gather(0, axes.abs().argmax(dim=0, keepdim=True)).sign()
    words = torch.from_numpy(teaching.word_vectors.astype(np.float32))
    both = torch.nn.functional.normalize(torch.cat([centred, words - mean]) @ axes, dim=1, eps=1e-6)
    unit: Vectors = both.numpy()
    return unit


def first_table(examples: Examples, full: Tokens, alone: Tokens, wanted: Vectors, size: int) -> Vectors:
    """(size, dimension): a token's inverse document frequency times the mean direction of what holds it.

    `full`, `alone`: the texts' tokens, whole words among them and pieces alone; `wanted`: see `targets`.
    """
    import torch

    texts = len(examples.texts)
    keys, shares = _occurrences(full, alone, size)
    text, token = np.divmod(keys, size)
    frequency = np.bincount(token, minlength=size)
    weight = shares / np.sqrt(np.maximum(np.bincount(text, shares, texts), 1))[text]
    order = np.argsort(token, kind="stable")
    starts = np.searchsorted(token[order], np.arange(size))
    sums = torch.nn.functional.embedding_bag(
        torch.from_numpy(examples.targets[text[order]]),
        torch.from_numpy(wanted),
        torch.from_numpy(starts),
        mode="sum",
        per_sample_weights=torch.from_numpy(weight[order].astype(np.float32)),
    ).numpy()
    mean = sums / np.maximum(np.bincount(token, weight, size), 1e-6)[:, None]
    rarity = np.log((texts + 1) / (frequency + 1))
    table = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), _SHORTEST)
    table *= rarity[:, None] * _LENGTH
    table[0] = 0.0
    found: Vectors = table.astype(np.float32)
    return found


def _occurrences(full: Tokens, alone: Tokens, size: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which token is in which text, as text * size + token, rising; and what it counts for."""
    keys = [
        np.unique(np.repeat(np.arange(len(one.starts) - 1), np.diff(one.starts)) * size + one.ids)
        for one in (full, alone)
    ]
    both, place = np.unique(np.concatenate(keys), return_inverse=True)
    counts = np.concatenate([np.ones(len(keys[0])), np.full(len(keys[1]), SHARE_OF_PIECES)])
    return both.astype(np.int64), np.bincount(place, counts, len(both)).astype(np.float64)
