"""A small static encoder, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.encoder.folder import TOKENIZER
from knowledge.encoder.static import StaticEncoder, load_static
from knowledge.encoder.unigram import Unigram
from tests.doubles.static import make_static


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_static(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="session")
def static(static_folder: Path) -> StaticEncoder:
    return load_static(static_folder)


@pytest.fixture(scope="session")
def static_vocabulary(static_folder: Path) -> Unigram:
    return Unigram((static_folder / TOKENIZER).read_bytes())
