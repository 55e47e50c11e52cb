"""The catalogue of tasks, and what it refuses before any model is loaded."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.catalog import DEFAULT_MODELS, TASKS, check, labels_of, model_of, texts_of
from jobs.engine.protocol import TaskRequest
from jobs.errors import EngineError, TaskInputError, TaskUnknown
from knowledge.embed_families import MINILM
from knowledge.encoder import BUNDLED


def refusal(request: TaskRequest) -> TaskInputError:
    with pytest.raises(TaskInputError) as caught:
        check(request)
    return caught.value


def test_every_task_has_a_default_model_that_is_known() -> None:
    assert set(TASKS) == {
        "tokenize", "similarity", "embed", "classify", "inspect", "sentiment", "ner", "fill-mask", "generate",
    }  # fmt: skip
    assert {task.default_model for task in TASKS.values()} | {MINILM} == set(DEFAULT_MODELS)


def test_every_model_that_is_fetched_is_pinned_to_a_whole_commit() -> None:
    for model in DEFAULT_MODELS.values():
        if model.name not in (BUNDLED, MINILM):
            assert model.revision is not None
            assert re.fullmatch("[0-9a-f]{40}", model.revision)


def test_an_unknown_task_names_the_known_ones() -> None:
    with pytest.raises(TaskUnknown) as caught:
        check(TaskRequest("dance", "x"))
    assert caught.value.params["task"] == "dance"
    assert "fill-mask" in str(caught.value.params["tasks"])


@pytest.mark.parametrize("task", sorted(set(TASKS) - {"inspect"}))
@pytest.mark.parametrize("text", ["", "  \n\t", "\u3000"])
def test_an_empty_text_is_refused(task: str, text: str) -> None:
    assert refusal(TaskRequest(task, text)).key == "error.task_text_empty"


def test_inspect_needs_no_text_and_takes_the_model_s_name_from_it() -> None:
    check(TaskRequest("inspect", ""))
    assert model_of(TaskRequest("inspect", "")) == BUNDLED
    assert model_of(TaskRequest("inspect", "openai-community/gpt2")) == "openai-community/gpt2"
    assert model_of(TaskRequest("inspect", "MiniLM")) == MINILM


def test_a_named_model_goes_before_the_default() -> None:
    assert model_of(TaskRequest("sentiment", "x", model="org/name")) == "org/name"
    assert model_of(TaskRequest("embed", "x", model="minilm")) == MINILM
    assert model_of(TaskRequest("embed", "x", model=" Bundled ")) == BUNDLED
    assert model_of(TaskRequest("sentiment", "x")) == TASKS["sentiment"].default_model


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("a | b", ["a", "b"]),
        ("a\nb\n\nc", ["a", "b", "c"]),
        ("猫 | 狗 | 鱼", ["猫", "狗", "鱼"]),
        ("x = a|b\ny", ["x = a|b", "y"]),
    ],
)
def test_texts_are_separated_by_lines_or_bars(text: str, texts: list[str]) -> None:
    assert texts_of(TaskRequest("similarity", text)) == texts


def test_one_text_or_too_many_are_refused() -> None:
    assert refusal(TaskRequest("similarity", "alone")).key == "error.task_needs_two_texts"
    assert refusal(TaskRequest("similarity", "\n".join("abcdefghijkl"))).key == "error.task_too_many_texts"


def test_labels_are_separated_by_the_commas_of_any_script() -> None:
    request = TaskRequest("classify", "x", options={"labels": "спорт, 体育，科技、art; sport,sport"})
    assert labels_of(request) == ["спорт", "体育", "科技", "art", "sport"]


@pytest.mark.parametrize("labels", [{}, {"labels": ""}, {"labels": "one"}, {"labels": "one, one,"}])
def test_fewer_than_two_labels_are_refused(labels: dict[str, str]) -> None:
    assert refusal(TaskRequest("classify", "x", options=labels)).key == "error.task_needs_labels"


@pytest.mark.parametrize("text", ["Paris is [MASK].", "Paris is <mask>.", "Paris is ____.", "a [mask] b"])
def test_any_way_to_write_a_mask_will_do(text: str) -> None:
    check(TaskRequest("fill-mask", text))


def test_no_mask_or_two_are_refused() -> None:
    assert refusal(TaskRequest("fill-mask", "Paris is __ .")).key == "error.task_needs_mask"
    assert refusal(TaskRequest("fill-mask", "[MASK] ___")).key == "error.task_one_mask"


@given(st.sampled_from(sorted(TASKS)), st.text(), st.text())
def test_whatever_is_typed_is_accepted_or_refused_with_a_sentence(task: str, text: str, labels: str) -> None:
    key = None
    try:
        check(TaskRequest(task, text, options={"labels": labels}))
    except EngineError as error:
        key = error.key
    assert key is None or key.startswith("error.task_")
