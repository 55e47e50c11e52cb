"""Any encoder in sentence-transformers' layout: its window, its prompts, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from knowledge.embed import Encoder
from knowledge.embed_families import FAMILIES, family, full_name, reader
from knowledge.embed_loading import load_encoder
from knowledge.embed_minilm import minilm_folder
from knowledge.encoder import BUNDLED
from knowledge.errors import ModelUnavailable


@pytest.fixture(scope="module")
def weights(minilm: Encoder) -> Path:
    """MiniLM's folder."""
    folder = minilm_folder()
    assert folder is not None
    return folder


@pytest.fixture
def copied(weights: Path, tmp_path: Path) -> Path:
    """The same under another name, its weights by link."""
    folder = tmp_path / "multilingual-e5-tiny"
    shutil.copytree(weights, folder, ignore=shutil.ignore_patterns("model.safetensors"))
    (folder / "model.safetensors").symlink_to(weights / "model.safetensors")
    return folder


def test_a_folder_is_read_as_retrieval_reads_minilm(weights: Path, minilm: Encoder) -> None:
    texts = ["A cat sleeps.", "word " * 300, "\ud800"]
    other = load_encoder("org/other", folder=weights, identity="org/other@1")
    assert other.identity == "org/other@1"
    assert other.window == minilm.window
    assert other.count_tokens(texts) == minilm.count_tokens(texts)
    np.testing.assert_allclose(other.encode(texts, "query"), minilm.encode(texts, "passage"), atol=1e-5)
    assert other.reads("Какво е това?")


def test_the_prompts_of_its_family_go_before_question_and_passage(copied: Path, minilm: Encoder) -> None:
    encoder = load_encoder(str(copied), folder=copied)
    for purpose, prompt in (("query", "query: "), ("passage", "passage: ")):
        given = encoder.encode(["What is a token?"], purpose)  # type: ignore[arg-type]
        wanted = minilm.encode([f"{prompt}What is a token?"], "query")
        np.testing.assert_allclose(given, wanted, atol=1e-5)
    assert encoder.count_tokens(["token"]) == minilm.count_tokens(["passage: token"])


def test_the_model_s_own_prompts_go_before_the_family_s(copied: Path, minilm: Encoder) -> None:
    config = copied / "config_sentence_transformers.json"
    told = json.loads(config.read_text())
    config.write_text(json.dumps({**told, "prompts": {"query": "Q: ", "document": "D: "}}))
    encoder = load_encoder(str(copied), folder=copied)
    given = encoder.encode(["token"], "query"), encoder.encode(["token"], "passage")
    wanted = minilm.encode(["Q: token", "D: token"], "query")
    np.testing.assert_allclose(np.concatenate(given), wanted, atol=1e-5)


@pytest.mark.parametrize(
    "kind",
    [
        "sentence_transformers.models.CLIPModel",
        "sentence_transformers.models.StaticEmbedding",
        "os.path.Transformer",
        "mine.Pooling",
    ],
)
def test_modules_that_we_don_t_know_are_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "modules.json").write_text(json.dumps([{"type": kind, "path": ""}]))
    with pytest.raises(ModelUnavailable) as caught:
        load_encoder("org/other", folder=tmp_path)
    assert caught.value.key == "error.model_not_for_task"


def test_pickled_weights_of_a_layer_are_refused(copied: Path) -> None:
    modules = json.loads((copied / "modules.json").read_text())
    dense = {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    (copied / "modules.json").write_text(json.dumps([*modules[:2], dense]))
    (copied / "2_Dense").mkdir()
    (copied / "2_Dense" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelUnavailable) as caught:
        load_encoder("org/other", folder=copied)
    assert caught.value.key == "error.model_not_safetensors"


def test_an_encoder_that_has_no_folder_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load_encoder("nobody/nothing")
    assert caught.value.params["command"] == "recap models pull nobody/nothing"


def test_the_bundled_encoder_is_the_one_without_a_name(bundled_encoder: Encoder) -> None:
    assert load_encoder() is load_encoder("bundled") is load_encoder(BUNDLED) is bundled_encoder


@pytest.mark.parametrize(
    ("name", "query", "english"),
    [
        ("intfloat/multilingual-e5-small", "query: ", False),
        ("intfloat/e5-base-v2", "query: ", True),
        ("BAAI/bge-m3", "", False),
        ("BAAI/bge-small-en-v1.5@main", "Represent this sentence for searching relevant passages: ", True),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", False),
        ("sentence-transformers/all-MiniLM-L6-v2", "", True),
        ("/srv/models/multilingual-e5-large/", "query: ", False),
        ("org/unheard-of", "", False),
    ],
)
def test_known_families_have_their_prompts_and_languages(name: str, query: str, english: bool) -> None:
    assert family(name).query == query
    assert reader(name)("What is it?")
    assert reader(name)("Какво е това?") is not english


def test_short_names_stand_for_what_needs_no_fetching() -> None:
    assert full_name(" MiniLM ") == "sentence-transformers/all-MiniLM-L6-v2"
    assert full_name("bundled") == BUNDLED
    assert full_name("org/name") == "org/name"
    assert len({one.names for one in FAMILIES}) == len(FAMILIES)
