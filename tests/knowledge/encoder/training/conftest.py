"""A small training, done once a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.encoder.training.recipe import Recipe
from knowledge.encoder.training.run import train_encoder
from tests.doubles.encoder import HashingEncoder
from tests.doubles.parallel import HELD, Parallel

SMALL = replace(
    Recipe(), dimension=16, vocabulary=500, epochs=2, batch=64, heading_batch=16, warm_up=2, threads=1,
    left_out=(HELD,),
)  # fmt: skip

Train = Callable[..., Path]


def silent(_share: float, _stage: str) -> None:
    pass


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Parallel().write(tmp_path_factory.mktemp("pairs"))


@pytest.fixture(scope="session")
def trained(pairs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small encoder."""
    folder = tmp_path_factory.mktemp("trained") / "encoder"
    train_encoder(pairs, folder, SMALL, HashingEncoder, "cpu", silent)
    return folder
