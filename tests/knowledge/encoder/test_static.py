"""The static encoder gives sentence-transformers' vectors, and bears any text and any folder."""

from __future__ import annotations

import importlib
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from knowledge.encoder import bundled as bundled_module
from knowledge.encoder.bundled import bundled
from knowledge.encoder.static import StaticEncoder, load_static
from knowledge.errors import ModelUnavailable
from tests.doubles.static import DIMENSION, NAME, course_lines, make_static

TEXTS = (
    "What is a tokenizer?",
    "Какво прави токенизаторът с текста?",
    "分词器如何切分文本？",
    "A tokenizer – разделител – 分词器 🦊👩‍👩‍👧 ½ ﬁne İstanbul",
    "CamelCase snake_case https://example.org/a?b=c#d [UNK] <s> ▁▁ \t\n",
    "e\u0301cole \u200b zero\u00a0width \x00 control \ufeff",
    "word " * 20_000,
    "分" * 3_000 + "x" * 3_000 + "🦊" * 100,
)
ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.fixture(scope="module", params=[True, False], ids=["mapped", "a row a token"])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[StaticEncoder, Any]:
    """Our encoder and sentence-transformers', of one folder."""
    folder = make_static(tmp_path_factory.mktemp("pair"), mapped=request.param)
    library: Any = importlib.import_module("sentence_transformers")
    return load_static(folder), library.SentenceTransformer(str(folder), device="cpu")


def test_its_vectors_are_those_of_sentence_transformers(pair: tuple[StaticEncoder, Any]) -> None:
    ours, theirs = pair
    texts = [*TEXTS, *filter(str.strip, course_lines())]
    expected = theirs.encode(texts, convert_to_numpy=True, show_progress_bar=False)
    np.testing.assert_allclose(ours.encode(texts, "passage"), expected, atol=1e-3)


def test_so_are_those_of_the_model_that_comes_with_recap(bundled_encoder: StaticEncoder) -> None:
    library: Any = importlib.import_module("sentence_transformers")
    theirs = library.SentenceTransformer(str(bundled_module.bundled_folder()), device="cpu")
    texts = [*TEXTS, *filter(str.strip, course_lines())]
    expected = theirs.encode(texts, convert_to_numpy=True, show_progress_bar=False)
    known = np.linalg.norm(expected, axis=1) > 0.5  # lines of unknown signs alone have no direction there
    assert known.sum() > 0.9 * len(texts)
    np.testing.assert_allclose(bundled_encoder.encode(texts, "passage")[known], expected[known], atol=1e-3)


def test_the_model_that_comes_with_recap_is_small(bundled_encoder: StaticEncoder) -> None:
    folder = bundled_module.bundled_folder()
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) <= 16_000_000
    assert bundled_encoder.card.languages == ("en", "bg", "zh")


@given(texts=st.lists(st.text(max_size=40).filter(str.strip), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_so_they_are_for_any_text(pair: tuple[StaticEncoder, Any], texts: list[str]) -> None:
    ours, theirs = pair
    expected = theirs.encode(texts, convert_to_numpy=True, show_progress_bar=False)
    known = np.linalg.norm(expected, axis=1) > 0.5
    np.testing.assert_allclose(ours.encode(texts, "query")[known], expected[known], atol=1e-3)


@given(texts=st.lists(ANY_TEXT, max_size=5))
@settings(max_examples=100, deadline=None)
def test_every_text_gets_a_vector_of_length_one_whatever_it_is_among(
    static: StaticEncoder, texts: list[str]
) -> None:
    vectors = static.encode(texts, "passage")
    assert vectors.shape == (len(texts), DIMENSION)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(static.encode([text], "query")[0], vector, atol=1e-5)
    assert static.count_tokens(texts) == [len(ids) for ids in static.token_ids(texts)]


@pytest.mark.parametrize("text", ["", "   \n", "\u200b"])
def test_a_text_that_says_nothing_is_given_the_last_axis_and_is_not_read(
    static: StaticEncoder, text: str
) -> None:
    [vector] = static.encode([text], "query")
    assert vector[-1] == 1.0
    assert np.count_nonzero(vector) == 1
    assert not static.reads(text)


def test_half_a_character_is_taken_as_a_question_mark(static: StaticEncoder) -> None:
    np.testing.assert_array_equal(static.encode(["a \ud800 b"]), static.encode(["a ? b"]))


def test_a_long_text_is_never_cut(static: StaticEncoder) -> None:
    long = "tokenizer " * 50_000 + "модел"
    assert static.count_tokens([long])[0] > 50_000
    assert not np.array_equal(static.encode([long], "query"), static.encode([long[:-5]], "query"))
    assert static.window == 64


def test_tokens_have_vectors_of_their_own_whose_mean_is_the_text(static: StaticEncoder) -> None:
    [ids] = static.token_ids(["A tokenizer cuts text."])
    vectors = static.token_vectors(ids)
    assert ids.dtype == np.int32
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(ids), DIMENSION)
    assert ids.max() < static.vocabulary_size
    mean = vectors.mean(axis=0)
    [encoded] = static.encode(["A tokenizer cuts text."], "query")
    np.testing.assert_allclose(mean / np.linalg.norm(mean), encoded, atol=1e-5)
    assert static.token_vectors(np.zeros(0, dtype=np.int32)).shape == (0, DIMENSION)


def test_it_answers_many_threads_at_once(static: StaticEncoder) -> None:
    texts = [line for line in course_lines() if line.strip()][:200]
    expected = static.encode(texts, "query")
    wrong: list[int] = []

    def encode(number: int) -> None:
        if not np.array_equal(static.encode(texts, "query"), expected):
            wrong.append(number)

    threads = [threading.Thread(target=encode, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_identity_changes_with_weights_and_tokenizer(static_folder: Path, tmp_path: Path) -> None:
    first = load_static(static_folder).identity
    assert first.startswith(f"{NAME}@sha256:")
    other = shutil.copytree(static_folder, tmp_path / "weights")
    tensors = load_file(other / "model.safetensors")
    tensors["embeddings"][0, 0] ^= 1
    save_file(tensors, other / "model.safetensors")
    third = shutil.copytree(static_folder, tmp_path / "tokenizer")
    (third / "tokenizer.json").write_text((third / "tokenizer.json").read_text() + "\n")
    assert len({first, load_static(other).identity, load_static(third).identity}) == 3


def _without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def _halved(name: str) -> Callable[[Path], None]:
    def halve(folder: Path) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return halve


def _tensor(
    name: str, shape: tuple[int, ...], value: float, kind: type[np.generic]
) -> Callable[[Path], None]:
    def replace(folder: Path) -> None:
        tensors = load_file(folder / "model.safetensors")
        tensors[name] = np.full(shape or tensors[name].shape, value, dtype=kind)
        save_file(tensors, folder / "model.safetensors")

    return replace


def _said(file: str, **changes: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        told = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps({**told, **changes}))

    return change


DAMAGE = {
    "no weights": _without("model.safetensors"),
    "no tokenizer": _without("tokenizer.json"),
    "no card": _without("recap.json"),
    "weights cut off": _halved("model.safetensors"),
    "tokenizer cut off": _halved("tokenizer.json"),
    "card cut off": _halved("recap.json"),
    "too few rows": _tensor("embeddings", (3, DIMENSION), 1, np.int8),
    "a table without columns": _tensor("embeddings", (3000, 0), 1, np.int8),
    "too few scales": _tensor("weights", (5,), 1, np.float32),
    "a scale that is no number": _tensor("weights", (), np.nan, np.float32),
    "rows below zero": _tensor("mapping", (), -1, np.int32),
    "a card without a name": _said("recap.json", name=""),
    "a card that is a list of nothing": _said("recap.json", languages=None),
    "a tokenizer of another kind": _said("tokenizer.json", model={"type": "BPE", "vocab": {}, "merges": []}),
    "a tokenizer that cuts": _said("tokenizer.json", truncation={"max_length": 5}),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_told_as_an_unavailable_model(
    static_folder: Path, tmp_path: Path, damage: str
) -> None:
    folder = shutil.copytree(static_folder, tmp_path / "damaged")
    DAMAGE[damage](folder)
    with pytest.raises(ModelUnavailable) as caught:
        load_static(folder)
    assert caught.value.key in ("error.encoder_missing", "error.encoder_damaged")
    assert caught.value.params == {"folder": str(folder)}


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable) as caught:
        load_static(tmp_path / "none")
    assert caught.value.key == "error.encoder_missing"


def test_the_bundled_one_is_loaded_once_by_whoever_comes_first(
    static_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bundled"
    monkeypatch.setattr(bundled_module, "bundled_folder", lambda: folder)
    with pytest.raises(ModelUnavailable):
        bundled()
    shutil.copytree(static_folder, folder)
    found: list[StaticEncoder] = []
    threads = [threading.Thread(target=lambda: found.append(bundled())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(one is found[0] for one in found)
