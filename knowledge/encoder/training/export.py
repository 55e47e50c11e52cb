"""The trained encoder's folder: the table in eight bits, the tokenizer, the recipe, and the model card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from knowledge.embed import Vectors
from knowledge.encoder.coverage import find_thresholds
from knowledge.encoder.folder import CARD, Card, write_folder
from knowledge.encoder.training.recipe import RECIPE, Recipe
from knowledge.encoder.unigram import Unigram
from knowledge.errors import TrainingError

MOST_BYTES = 16_000_000
"""Of the folder, so that it can come with Recap."""
FOR_THE_REST = 40_000
"""Bytes that are kept for the model card and the small files."""
_MOST = 127


def quantised(table: Vectors) -> tuple[NDArray[np.int8], Vectors]:
    """The table in eight bits and each row's factor: symmetric, the largest component becomes 127."""
    scales = np.abs(table).max(axis=1) / _MOST
    whole = np.rint(table / np.where(scales > 0, scales, 1)[:, None])
    return whole.astype(np.int8), scales.astype(np.float32)


def check_size(tokenizer: str, rows: int, dimension: int, most: int = MOST_BYTES) -> None:
    """TrainingError `error.training_size` if the folder would be larger than `most` bytes."""
    size = len(tokenizer.encode()) + rows * (dimension + np.dtype(np.float32).itemsize) + FOR_THE_REST
    if size > most:
        raise _too_large(size, most)


def write_encoder(
    folder: Path,
    name: str,
    languages: tuple[str, ...],
    tokenizer: str,
    table: Vectors,
    samples: Iterable[str],
    recipe: Recipe,
    data: Mapping[str, Any],
) -> None:
    """Everything but the model card. `samples`: texts in these languages that weren't trained on."""
    rows, scales = quantised(table)
    familiar = find_thresholds(Unigram(tokenizer.encode()), samples)
    card = Card(name, languages, recipe.window, dict(sorted(familiar.items())))
    write_folder(folder, card, tokenizer, save({"embeddings": rows, "weights": scales}))
    told = {"recipe": recipe.told(), **data}
    (folder / RECIPE).write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def replacing(folder: Path, most: int = MOST_BYTES) -> Iterator[Path]:
    """A folder beside it to write to, which takes its place at the end, if all went well.

    TrainingError `error.training_folder` where something else lies there or it can't be written, and
    `error.training_size` where what was written has more than `most` bytes.
    """
    check_free(folder)
    part = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        size = sum(file.stat().st_size for file in part.rglob("*") if file.is_file())
        if size > most:
            raise _too_large(size, most)
        shutil.rmtree(folder, ignore_errors=True)
        part.replace(folder)
    except OSError as error:
        raise TrainingError("error.training_folder", folder=str(folder)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def check_free(folder: Path) -> None:
    """TrainingError `error.training_folder` unless it is new, empty, or an earlier encoder's."""
    if folder.exists() and not (folder.is_dir() and ((folder / CARD).is_file() or not any(folder.iterdir()))):
        raise TrainingError("error.training_folder", folder=str(folder))


def _too_large(size: int, most: int) -> TrainingError:
    return TrainingError("error.training_size", size=f"{size / 1e6:.1f}", most=f"{most / 1e6:.1f}")
