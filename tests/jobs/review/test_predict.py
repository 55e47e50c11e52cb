"""Cards that ask what a model will say, and how a prediction is judged."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.catalog import TASKS
from jobs.engine.protocol import TaskRequest, TaskResult
from jobs.errors import EngineError, WorkerDied
from jobs.review.deck import Deck
from jobs.review.predict import Outcome, Remembering, Run, answer_of, judged, predictions, verdict
from jobs.review.predictor import LocalPredictor
from jobs.review.prompts import Prompt
from jobs.runners import PredictRunner
from knowledge.encoder.bundled import BundledEncoder
from knowledge.notes import Note, Section, content_hash
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.jobs.review.conftest import COURSE, Shelf

SENTIMENT = '```python\nc = pipeline("sentiment-analysis")\nc("I love this film!")\n```'
MASK = '```python\nf = pipeline("fill-mask")\nf("Paris is the <mask> of France.")\n```'
TOKENS = '```python\nids = tokenizer("Tokenizers turn text into numbers.")\nprint(ids)\n```'


def note(*sections: str) -> Note:
    text = "# Note\n" + "\n".join(f"## Part {at}\n{one}" for at, one in enumerate(sections))
    built, line = [], 2
    for at, one in enumerate(sections):
        own = f"## Part {at}\n{one}"
        end = line + own.count("\n")
        built.append(Section(f"{at:016}", "n.md", ("Note", f"Part {at}"), 2, line, end, own))
        line = end + 1
    return Note("n.md", "Note", "en", text, content_hash(text), tuple(built))


def admit(_: Prompt) -> bool:
    return True


def answering(output: dict[str, Any]) -> InProcessEngine:
    return InProcessEngine(FrozenClock(), lambda _: output)


def bundled_only() -> LocalPredictor:
    return LocalPredictor(BundledEncoder().loaded, answering({}), lambda _: False)


def test_a_card_stores_what_the_bundled_model_really_says() -> None:
    [card] = predictions(note(TOKENS), bundled_only(), admit)
    encoder = BundledEncoder().loaded()
    assert encoder is not None
    [ids] = encoder.token_ids(["Tokenizers turn text into numbers."])
    assert card.expected == (str(len(ids)),)
    run = Run.from_json(card.run)
    assert run is not None
    assert (run.task, run.model, run.answer) == ("tokenize", encoder.identity, str(len(ids)))
    assert run.stored["tokens"] == encoder.tokens(ids)
    assert (card.start, card.end) == (3, 6), "the block is what it quotes"
    assert Run.from_json(run.to_json()) == run


def test_no_card_is_made_on_a_model_whose_weights_are_not_there() -> None:
    assert predictions(note(SENTIMENT, MASK), bundled_only(), admit) == []


def test_with_weights_on_disk_the_worker_tells_what_its_model_says() -> None:
    listed = [{"label": "POSITIVE", "score": 0.9}, {"label": "NEGATIVE", "score": 0.1}]
    engine = answering({"labels": listed})
    predictor = LocalPredictor(lambda: None, engine, lambda name: name == TASKS["sentiment"].default_model)
    [card] = predictions(note(SENTIMENT, TOKENS), predictor, admit)
    assert [(one.text, one.correct) for one in card.choices] == [("POSITIVE", True), ("NEGATIVE", False)]
    assert "`I love this film!`" in card.text
    assert card.run is not None
    assert card.run["model"] == "test/model"


def test_a_card_on_names_asks_for_the_kind_of_the_first() -> None:
    text = "My name is Sylvain and I work at Hugging Face in Brooklyn."
    found = [{"text": "Sylvain", "label": "PER", "score": 0.99, "start": 11, "end": 18}]
    predictor = LocalPredictor(lambda: None, answering({"entities": found}), lambda _: True)
    names = note(f'```python\nner = pipeline("ner")\nner("{text}")\n```')
    [card] = predictions(names, predictor, admit)
    assert f"`{text}`" in card.text
    assert [one.text for one in card.choices] == ["PER", "ORG", "LOC", "MISC"]
    assert [one.text for one in card.choices if one.correct] == ["PER"]
    for unfit in ([], [{**found[0], "score": 0.6}], [{**found[0], "label": "LABEL_1"}]):
        unsure = LocalPredictor(lambda: None, answering({"entities": unfit}), lambda _: True)
        assert predictions(names, unsure, admit) == []


def test_a_worker_that_fails_or_is_not_ready_gives_no_card() -> None:
    def fails(_: TaskRequest) -> dict[str, Any]:
        raise EngineError("error.task_failed", task="sentiment", model="m")

    failing = LocalPredictor(lambda: None, InProcessEngine(FrozenClock(), fails), lambda _: True)
    starting = LocalPredictor(
        lambda: None, InProcessEngine(FrozenClock(), lambda _: {}, "starting"), lambda _: True
    )
    assert predictions(note(SENTIMENT), failing, admit) == []
    assert predictions(note(SENTIMENT), starting, admit) == []


def test_a_card_outlives_that_its_model_can_not_be_had() -> None:
    listed = [{"label": "POSITIVE", "score": 0.9}, {"label": "NEGATIVE", "score": 0.1}]
    there = LocalPredictor(lambda: None, answering({"labels": listed}), lambda _: True)
    [card] = predictions(note(SENTIMENT), there, admit)
    away = LocalPredictor(lambda: None, answering({}), lambda _: False)
    again = predictions(note(SENTIMENT), Remembering(away, [Run.from_json(card.run), None]), admit)
    assert again == [card]
    assert predictions(note(MASK), Remembering(away, [Run.from_json(card.run)]), admit) == []


@pytest.mark.parametrize("scores", [(0.51, 0.49), (0.5, 0.5)])
def test_what_is_nearly_a_draw_is_not_asked(scores: tuple[float, float]) -> None:
    class Torn:
        def outcome(self, request: TaskRequest) -> Outcome:
            labels = [{"label": name, "score": score} for name, score in zip("ab", scores, strict=True)]
            return Outcome("m", {"labels": labels})

    assert predictions(note(SENTIMENT), Torn(), admit) == []


def test_a_note_gives_one_card_of_a_task_and_two_in_all() -> None:
    assert len(predictions(note(TOKENS, TOKENS, TOKENS), bundled_only(), admit)) == 1
    assert predictions(note(TOKENS), bundled_only(), lambda _: False) == [], "the gate decides"


def test_a_deck_without_a_predictor_asks_nothing_of_models(shelf: Shelf) -> None:
    shelf.write("tokens.md", f"# Numbers\n\n## Text into numbers\nHere is how.\n\n{TOKENS}\n")
    found = shelf.library.note(COURSE, "tokens.md")
    plain = Deck(shelf.library, COURSE, shelf.clock).write(found)
    asking = Deck(shelf.library, COURSE, shelf.clock, bundled_only()).write(found)
    assert "predict" not in {card.origin for card in plain}
    [card] = [card for card in asking if card.origin == "predict"]
    assert card.answer.startswith("```python")
    assert card.run is not None


@pytest.mark.parametrize(
    ("task", "output", "answer"),
    [
        ("tokenize", {"tokens": ["a", "b"]}, "2"),
        ("tokenize", {"tokens": ["a"], "truncated": {"kept": 1, "total": 900}}, "900"),
        ("similarity", {"texts": ["x", "y", "z"], "matrix": [[1.0, 0.2, 0.7]]}, "z"),
        ("classify", {"labels": [{"label": "food", "score": 0.9}]}, "food"),
        ("fill-mask", {"candidates": [{"token": " capital", "score": 0.9}]}, "capital"),
        ("ner", {"entities": [{"label": "ORG"}, {"label": "LOC"}]}, "ORG"),
        ("ner", {"entities": []}, "-"),
    ],
)
def test_the_answer_is_read_from_the_output(task: str, output: Mapping[str, Any], answer: str) -> None:
    assert answer_of(task, output) == answer


@pytest.mark.parametrize(
    ("said", "told"),
    [("7", "right"), ("７ tokens", "right"), ("8", "partly"), ("maybe 6", "partly"), ("5", "wrong")],
)
def test_a_number_is_right_or_off_by_one(said: str, told: str) -> None:
    run = Run("tokenize", "x", "m", {"tokens": ["t"] * 7})
    assert judged(run, said).verdict == told


@given(st.text(max_size=40))
def test_whatever_is_typed_is_judged(said: str) -> None:
    run = Run("tokenize", "x", "m", {"tokens": ["t"] * 7})
    assert verdict(run, said, run.answer) in ("right", "partly", "wrong")


REQUEST = {"attempt": 1, "course": "c", "task": "classify", "text": "x", "labels": "a, b"}


def test_the_runner_gives_the_live_result() -> None:
    live = PredictRunner(answering({"labels": []})).run(REQUEST, lambda *_: None)["live"]
    assert (live["task"], live["model"]) == ("classify", "test/model")


def test_the_runner_gives_none_where_the_worker_can_not() -> None:
    def fails(_: TaskRequest) -> dict[str, Any]:
        raise EngineError("error.task_failed", task="classify", model="m")

    class Silent(InProcessEngine):
        def run_task(self, request: TaskRequest, progress: object = None) -> Future[TaskResult]:
            return Future()

    for engine in (
        InProcessEngine(FrozenClock(), fails),
        InProcessEngine(FrozenClock(), state="failing"),
        Silent(FrozenClock()),
    ):
        assert PredictRunner(engine, patience=0.01).run(REQUEST, lambda *_: None) == {"live": None}


def test_a_worker_s_death_is_the_queue_s_to_handle() -> None:
    def dies(_: TaskRequest) -> dict[str, Any]:
        raise WorkerDied

    with pytest.raises(WorkerDied):
        PredictRunner(InProcessEngine(FrozenClock(), dies)).run(REQUEST, lambda *_: None)
