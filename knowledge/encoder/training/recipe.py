"""The numbers that decide what a training gives. They are written into the folder, as `recipe.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from knowledge.encoder.folder import WINDOW
from knowledge.errors import TrainingError

RECIPE = "recipe.json"
LEFT_OUT = ("microsoft-foundry/Foundry-Local-Lab",)


@dataclass(frozen=True, slots=True)
class Recipe:
    """TrainingError `error.training_number` where a number is beyond its limits."""

    dimension: int = 128
    """Of the vectors; the teacher's are brought down to it by principal components."""
    vocabulary: int = 95_000
    """Tokens at most: pieces and whole words."""
    pieces: int = 48_000
    """Pieces that are learned before whole words are added; those that these make needless are dropped."""
    longest_piece: int = 12
    """Characters."""
    longest_text: int = 160
    """Tokens of a text that are trained on."""
    teacher_window: int = 128
    """Tokens of a text that the teacher reads."""
    epochs: float = 12.0
    """Times that as many pairs are drawn as there are."""
    learning_rate: float = 3e-3
    warm_up: int = 50
    """Steps in which the rate rises; from then on it falls to a twentieth of its height at the end."""
    batch: int = 1024
    """Pairs of a step."""
    dropout: float = 0.15
    """Share of a text's tokens left out in training."""
    pieces_alone: float = 0.15
    """Share of texts that are cut into pieces without whole words: a kind of subword regularisation."""
    cosine: float = 4.0
    """Weight of the cosine to the teacher's vector, beside the contrast of translations."""
    headings: float = 1.0
    """Weight of the contrast of headings and sections."""
    heading_batch: int = 256
    word_batch: int = 256
    """Of the teacher's own words."""
    scale: float = 20.0
    """What cosines are multiplied by before the softmax: the inverse temperature."""
    language_weights: Mapping[str, float] = field(default_factory=lambda: {"bg": 2.0})
    """How often a language's pairs are drawn; 1 for what isn't named."""
    heading_weights: Mapping[str, float] = field(default_factory=lambda: {"bg": 1.5})
    """The same for headings."""
    window: int = WINDOW
    """Tokens that a passage had best be cut to, see `knowledge.encoder.folder.Card`."""
    seed: int = 0
    threads: int = 2
    """Of torch: sums depend on how they are split, so another number gives other last digits."""
    left_out: tuple[str, ...] = LEFT_OUT
    """Sources that are kept for the evaluation."""

    def __post_init__(self) -> None:
        least: Mapping[str, float] = {
            "dimension": 2, "vocabulary": 100, "pieces": 50, "longest_piece": 1, "longest_text": 1,
            "teacher_window": 8, "epochs": 0, "learning_rate": 1e-9, "warm_up": 1, "batch": 2, "dropout": 0,
            "pieces_alone": 0, "cosine": 0, "headings": 0, "heading_batch": 2, "word_batch": 2, "scale": 1e-3,
            "window": 8, "seed": 0, "threads": 1,
        }  # fmt: skip
        for name, lowest in least.items():
            highest = 0.9 if name in ("dropout", "pieces_alone") else 10.0**9
            value = getattr(self, name)
            if not lowest <= value <= highest:
                raise TrainingError(
                    "error.training_number", name=name, value=value, least=lowest, most=highest
                )

    def told(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> Recipe:
        """That of a trained folder; the usual one where there is none, or it is an older or newer one."""
        try:
            told = json.loads((folder / RECIPE).read_text(encoding="utf-8"))["recipe"]
            return cls(**{**told, "left_out": tuple(told["left_out"])})
        except (OSError, ValueError, KeyError, TypeError):
            return cls()
