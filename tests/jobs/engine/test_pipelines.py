"""sentiment, ner, fill-mask, generate: what the library's own pipelines give, also long and in batches."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jobs.engine.catalog import TASKS
from knowledge.errors import ModelUnavailable
from tests.doubles.tiny import WINDOW
from tests.jobs.engine.conftest import Bare

TEXTS = [
    "I love this course",
    "Hugging Face is based in New York, and Sylvain writes about it from Paris.",
    "Не ми харесва",
    "我喜欢这个课程",
    "x",
]
LONG = "Ivan met Maria in Sofia and then they went to Plovdiv together. " * 20


def library(bare: Bare, task: str, name: str) -> Any:
    """The bare pipeline over the same weights."""
    transformers = importlib.import_module("transformers")
    return transformers.pipeline(task, model=str(bare.folder(name)), device="cpu")


def default(task: str) -> str:
    return TASKS[task].default_model


def scores(lines: list[dict[str, Any]]) -> dict[str, float]:
    return {line["label"]: line["score"] for line in lines}


def test_sentiment_in_a_batch_is_what_the_pipeline_gives_one_by_one(bare: Bare) -> None:
    pipe = library(bare, "text-classification", default("sentiment"))
    for output, text in zip(bare.run("sentiment", *TEXTS), TEXTS, strict=True):
        expected = pipe(text, top_k=None)
        assert [line["label"] for line in output["labels"]] == [line["label"] for line in expected]
        assert scores(output["labels"]) == pytest.approx(scores(expected), abs=1e-5)
        assert "truncated" not in output


def test_sentiment_of_a_long_text_is_cut_with_a_notice_as_the_pipeline_would_cut_it(bare: Bare) -> None:
    pipe = library(bare, "text-classification", default("sentiment"))
    total = len(pipe.tokenizer(LONG)["input_ids"])
    long, short = bare.run("sentiment", LONG, "fine")
    expected = pipe(LONG, top_k=None, truncation=True, max_length=WINDOW)
    assert scores(long["labels"]) == pytest.approx(scores(expected), abs=1e-5)
    assert long["truncated"] == {"kept": WINDOW, "total": total}
    assert "truncated" not in short


def entities(found: list[dict[str, Any]], text: str) -> list[tuple[Any, ...]]:
    return [
        (text[line["start"] : line["end"]], line["entity_group"], round(float(line["score"]), 4))
        for line in found
    ]


def test_ner_in_a_batch_is_what_the_pipeline_gives_one_by_one(bare: Bare) -> None:
    pipe = library(bare, "token-classification", default("ner"))
    found = 0
    for output, text in zip(bare.run("ner", *TEXTS), TEXTS, strict=True):
        ours = [(line["text"], line["label"], round(line["score"], 4)) for line in output["entities"]]
        assert ours == entities(pipe(text, aggregation_strategy="first"), text)
        for line in output["entities"]:
            assert text[line["start"] : line["end"]] == line["text"]
        found += len(ours)
    assert found > 3


def test_ner_of_a_long_text_reads_it_window_after_window_to_the_end(bare: Bare) -> None:
    pipe = library(bare, "token-classification", default("ner"))
    pipe.tokenizer.model_max_length = WINDOW
    outputs = bare.run("ner", "short text", LONG)
    ours = [(line["text"], line["label"], round(line["score"], 4)) for line in outputs[1]["entities"]]
    assert ours == entities(pipe(LONG, aggregation_strategy="first", stride=16), LONG)
    assert "truncated" not in outputs[1]
    assert max(line["end"] for line in outputs[1]["entities"]) > len(LONG) * 0.9


@pytest.mark.parametrize("mask", ["[MASK]", "<mask>", "___", "_____"])
def test_fill_mask_translates_any_mask_to_the_model_s_own(bare: Bare, mask: str) -> None:
    pipe = library(bare, "fill-mask", default("fill-mask"))
    expected = pipe("A <mask> hides one word")
    [output] = bare.run("fill-mask", f"A {mask} hides one word")
    assert [line["token"] for line in output["candidates"]] == [
        line["token_str"].strip() for line in expected
    ]
    assert [line["score"] for line in output["candidates"]] == pytest.approx(
        [line["score"] for line in expected], abs=1e-6
    )
    assert output["candidates"][0]["sequence"] == expected[0]["sequence"]


def test_fill_mask_in_a_batch_is_what_the_pipeline_gives_one_by_one(bare: Bare) -> None:
    pipe = library(bare, "fill-mask", default("fill-mask"))
    texts = [
        "A <mask> word",
        "the model guesses it from the <mask> around it, as it was taught",
        "部分 <mask>",
    ]
    for output, text in zip(bare.run("fill-mask", *texts), texts, strict=True):
        expected = pipe(text)
        assert [line["score"] for line in output["candidates"]] == pytest.approx(
            [line["score"] for line in expected], abs=1e-5
        )


@pytest.mark.parametrize("before", [0, 5, 300])
@pytest.mark.parametrize("after", [0, 5, 300])
def test_fill_mask_in_a_long_text_reads_what_stands_around_the_mask(
    bare: Bare, before: int, after: int
) -> None:
    [output] = bare.run("fill-mask", "word " * before + "___" + " other" * after)
    assert len(output["candidates"]) == 5
    assert ("truncated" in output) == (before + after > 100)
    if "truncated" in output:
        assert WINDOW - 6 <= output["truncated"]["kept"] <= WINDOW < output["truncated"]["total"]


def test_generate_with_a_chat_template_is_what_the_pipeline_gives(bare: Bare) -> None:
    pipe = library(bare, "text-generation", default("generate"))
    chat = [{"role": "user", "content": "Say something"}]
    expected = pipe(chat, max_new_tokens=12, do_sample=False, return_full_text=False)
    bare.shares.clear()
    [output] = bare.run("generate", "Say something")
    assert output == {"text": expected[0]["generated_text"], "prompt": "Say something"}
    assert output["text"]
    assert bare.shares == sorted(bare.shares)
    assert bare.shares[-1] == 1.0


def test_generate_without_a_chat_template_continues_the_text(bare: Bare) -> None:
    pipe = library(bare, "text-generation", "tiny/plain-generator")
    expected = pipe("Transformers are", max_new_tokens=12, do_sample=False, return_full_text=False)
    [output] = bare.run("generate", "Transformers are", model="tiny/plain-generator")
    assert output["text"] == expected[0]["generated_text"]


def test_generate_from_a_long_prompt_keeps_its_end_with_a_notice(bare: Bare) -> None:
    [output] = bare.run("generate", "word " * 300)
    assert output["truncated"]["kept"] == WINDOW - 12
    assert output["truncated"]["total"] > 300
    assert output["text"]


def test_a_model_without_the_head_that_a_task_needs_is_refused_rather_than_made_up(bare: Bare) -> None:
    for task in ("sentiment", "ner", "fill-mask", "generate"):
        with pytest.raises(ModelUnavailable) as caught:
            bare.model(task, "tiny/encoder")
        assert caught.value.key == "error.model_not_for_task"


@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.text(st.characters(codec=None), min_size=1, max_size=300))
def test_any_text_in_any_script_goes_through_every_task(bare: Bare, text: str) -> None:
    text = text.replace("_", " ").replace("mask", "mas").replace("MASK", "MAS")
    if not text.strip():
        return
    assert bare.run("sentiment", text)[0]["labels"]
    assert "entities" in bare.run("ner", text)[0]
    assert bare.run("fill-mask", f"{text} [MASK] {text}")[0]["candidates"]
    assert "text" in bare.run("generate", text)[0]
