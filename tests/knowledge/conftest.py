"""MiniLM, loaded once, and the five study notes indexed with it and without."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge.embed import Encoder
from knowledge.embed_loading import load_encoder
from knowledge.errors import ModelUnavailable
from knowledge.library import Library
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock
from tests.doubles.encoder import HereEncoder


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    """The real encoder."""
    try:
        encoder = load_encoder("minilm")
    except ModelUnavailable:
        pytest.skip("the MiniLM wheel isn't installed")
    import torch

    torch.set_num_threads(1)
    return encoder


@pytest.fixture(scope="session")
def five_notes(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study notes alone, without the folder's own README."""
    folder = tmp_path_factory.mktemp("five")
    for file in seeds.glob("0*.txt"):
        shutil.copyfile(file, folder / file.name)
    return folder


@pytest.fixture(scope="session")
def dense_library(five_notes: Path, minilm: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Library:
    index = tmp_path_factory.mktemp("dense")
    refresh("seeds", five_notes, index, minilm, FrozenClock())
    return Library(index, HereEncoder(minilm))


@pytest.fixture(scope="session")
def lexical_library(five_notes: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    index = tmp_path_factory.mktemp("lexical")
    refresh("seeds", five_notes, index, None, FrozenClock())
    return Library(index)
