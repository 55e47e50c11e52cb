"""The training of the table: batches are drawn, and the rows of their tokens moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors
from knowledge.encoder.training.examples import Examples, Numbers, Tokens
from knowledge.encoder.training.objective import away, contrast
from knowledge.encoder.training.progress import Progress
from knowledge.encoder.training.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

_LOWEST = 0.05
"""Of the learning rate, at the end."""
_TO_TEACHER = 0.5
"""Weight of the contrast with the teacher's vectors, beside that of translations."""
_OF_WORDS = 0.25
"""Weights of the cosine for the teacher's words, for sections and for headings, beside that for pairs."""
_OF_SECTIONS = 0.5
_OF_HEADINGS = 0.25


def train_table(
    examples: Examples,
    full: Tokens,
    alone: Tokens,
    wanted: Vectors,
    table: Vectors,
    recipe: Recipe,
    device: str,
    progress: Progress,
) -> Vectors:
    """The table (tokens, dimension) after training; the unknown token's row is zero.

    `wanted` and `table`: see `start`. Within `repeatable`, on a CPU, the same input gives the same bytes.
    """
    return _Training(examples, full, alone, wanted, table, recipe, device).run(progress)


class _Training:
    def __init__(
        self,
        examples: Examples,
        full: Tokens,
        alone: Tokens,
        wanted: Vectors,
        table: Vectors,
        recipe: Recipe,
        device: str,
    ) -> None:
        import torch

        self._examples, self._recipe, self._device = examples, recipe, device
        self._full, self._alone = full, alone
        self._chance = np.random.default_rng(recipe.seed)
        self._wanted = torch.from_numpy(wanted).to(device)
        self._bag = torch.nn.EmbeddingBag(len(table), table.shape[1], mode="sum", sparse=True, device=device)
        with torch.no_grad():
            self._bag.weight.copy_(torch.from_numpy(table))
        self._pairs = _shares(examples.pair_languages, recipe.language_weights)
        self._headings = _shares(examples.heading_languages, recipe.heading_weights)

    def run(self, progress: Progress) -> Vectors:
        import torch

        recipe = self._recipe
        optimizer = torch.optim.SparseAdam(self._bag.parameters(), lr=recipe.learning_rate)
        steps = int(recipe.epochs * len(self._examples.pairs) / recipe.batch)
        for step in range(steps):
            height = min(1, (step + 1) / recipe.warm_up) * max(_LOWEST, 1 - step / steps)
            optimizer.param_groups[0]["lr"] = recipe.learning_rate * height
            loss = self._of_pairs() + self._of_words() + self._of_headings()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()  # type: ignore[no-untyped-call]
            progress((step + 1) / steps, "training")
        table: Vectors = self._bag.weight.detach().cpu().numpy().copy()
        table[0] = 0.0
        return table

    def _of_pairs(self) -> Tensor:
        recipe = self._recipe
        drawn = self._examples.pairs[self._chance.choice(len(self._pairs), recipe.batch, p=self._pairs)]
        english, other = self._encode(drawn[:, 0]), self._encode(drawn[:, 1])
        wanted, same = self._target(drawn[:, 0]), self._examples.targets[drawn[:, 0]]
        distance = (away(english, wanted) + away(other, wanted)) / 2
        return (
            recipe.cosine * distance
            + contrast(english, other, same, recipe.scale)
            + _TO_TEACHER * contrast(other, wanted, same, recipe.scale)
            + _TO_TEACHER * contrast(english, wanted, same, recipe.scale)
        )

    def _of_words(self) -> Tensor | float:
        words = self._examples.words
        if not len(words):
            return 0.0
        drawn = words[self._chance.choice(len(words), self._recipe.word_batch)]
        return self._recipe.cosine * _OF_WORDS * away(self._encode(drawn), self._target(drawn))

    def _of_headings(self) -> Tensor | float:
        """A heading in either language, and its section in either."""
        recipe, headings = self._recipe, self._examples.headings
        if not len(headings):
            return 0.0
        drawn = headings[self._chance.choice(len(headings), recipe.heading_batch, p=self._headings)]
        heads = np.where(self._chance.random(len(drawn)) < 0.5, drawn[:, 0], drawn[:, 1])
        bodies = np.where(self._chance.random(len(drawn)) < 0.5, drawn[:, 2], drawn[:, 3])
        asked, found = self._encode(heads), self._encode(bodies)
        same = self._examples.targets[drawn[:, 0]]
        return (
            recipe.headings * contrast(asked, found, same, recipe.scale)
            + recipe.cosine * _OF_SECTIONS * away(found, self._target(bodies))
            + recipe.cosine * _OF_HEADINGS * away(asked, self._target(heads))
        )

    def _target(self, texts: Numbers) -> Tensor:
        import torch

        return self._wanted[torch.from_numpy(self._examples.targets[texts]).to(self._device)]

    def _encode(self, texts: Numbers) -> Tensor:
        """(texts, dimension), of length one, some of their tokens left out."""
        import torch

        ids, starts = self._drawn_tokens(texts)
        sums = self._bag(torch.from_numpy(ids).to(self._device), torch.from_numpy(starts).to(self._device))
        return torch.nn.functional.normalize(sums, dim=-1, eps=1e-6)

    def _drawn_tokens(self, texts: Numbers) -> tuple[Numbers, Numbers]:
        """The texts' tokens, one text after the other, and where each begins.

        Some texts are cut into pieces alone, as a text may be cut in several ways (Kudo 2018); some tokens
        are left out, but never all of a text.
        """
        cut = self._chance.random(len(texts)) < self._recipe.pieces_alone
        starts = np.where(cut, self._alone.starts[texts], self._full.starts[texts])
        lengths = np.where(cut, self._alone.starts[texts + 1], self._full.starts[texts + 1]) - starts
        owner = np.repeat(np.arange(len(texts)), lengths)
        place = np.arange(len(owner)) + np.repeat(starts - (np.cumsum(lengths) - lengths), lengths)
        ids = np.where(
            cut[owner],
            self._alone.ids[np.minimum(place, len(self._alone.ids) - 1)],
            self._full.ids[np.minimum(place, len(self._full.ids) - 1)],
        )
        if self._recipe.dropout:
            kept = self._chance.random(len(ids)) >= self._recipe.dropout
            kept |= (np.bincount(owner[kept], minlength=len(texts)) == 0)[owner]
            ids = ids[kept]
            lengths = np.bincount(owner[kept], minlength=len(texts))
        return ids.astype(np.int64), (np.cumsum(lengths) - lengths).astype(np.int64)


def _shares(languages: tuple[str, ...], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """How probable each example is to be drawn."""
    found = np.array([weights.get(language, 1.0) for language in languages])
    shares: NDArray[np.float64] = found / found.sum()
    return shares
