"""*Predict, then run* in the chat: a prediction, the live result, the stored one where there is none."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.core.reply import Reply
from bot.wiring import App
from jobs.engine.local import LocalEngine
from jobs.engine.settings import EngineSettings
from jobs.errors import EngineError, WorkerDied
from jobs.groups.picking import _card
from jobs.review.predict import Run, answer_of
from jobs.runners import PredictRunner
from jobs.tables import CardRow, JobRow
from tests.bot.conftest import Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine

FIVE = "Tokenizers turn text into numbers."


def asked(chat: Chat, topic: str = "tokenization") -> Reply:
    for _ in range(20):
        question = chat.say(f"/quiz {topic}")
        if "Predict, then run" in question.text:
            return question
        chat.click(question, "Show answer")
    raise AssertionError("nothing was to be predicted")


def finished(app: App) -> Reply:
    """The edit that ends the last job."""
    with app.database.session() as session:
        number = session.query(JobRow.id).order_by(JobRow.id.desc()).limit(1).scalar()

    def over() -> bool:
        with app.database.session() as session:
            return session.get_one(JobRow, number).state in ("done", "failed")

    assert app.wait_until(over, 10)
    ended = [one for one in app.outbox.claim("web") if one.key == f"job:{number}:result"]
    assert len(ended) == 1
    assert ended[0].edit_ref is not None
    return app.core.present(ended[0])


def test_a_prediction_is_held_against_what_the_worker_says_now(app: App, chat: Chat) -> None:
    question = asked(chat)
    assert f"`{FIVE}`" in question.text
    running = chat.say("5")
    assert running.tone == "progress"
    assert "You predicted **5**" in running.text
    assert "model says" not in running.text
    told = finished(app)
    assert "**Right:** the model says **5**" in told.text, "the double cuts at spaces"
    assert "Run just now: tokenize · test/model" in told.text
    assert "The notes say:" in told.text
    assert "\n> ```\n>\n> [1]" in told.text, "the number stands behind the block"
    assert [one.label for one in told.actions][:4] == ["Again", "Hard", "Good", "Easy"]
    assert next(one.label for one in told.actions if one.style == "primary") == "Good"
    assert "Noted: Good." in chat.click(told, "Good").text


@pytest.mark.parametrize(
    ("said", "verdict", "proposed"),
    [("6 tokens", "**Off by one:**", "Hard"), ("12", "**Not quite:**", "Again")],
)
def test_a_number_near_by_is_nearly_right(
    app: App, chat: Chat, said: str, verdict: str, proposed: str
) -> None:
    asked(chat)
    chat.say(said)
    told = finished(app)
    assert verdict in told.text
    assert next(one.label for one in told.actions if one.style == "primary") == proposed
    assert ("Explain" in [one.label for one in told.actions]) == (proposed == "Again")


@pytest.mark.parametrize("error", [EngineError("error.task_failed", task="t", model="m"), WorkerDied()])
def test_where_the_worker_can_not_the_stored_result_is_shown_as_such(
    app: App, chat: Chat, engine: InProcessEngine, error: Exception
) -> None:
    def fails(_: object) -> dict[str, object]:
        raise error

    question = asked(chat)
    engine._task = fails
    chat.click(question, "Answer", response="7")
    told = finished(app)
    assert "**Right:** the model says **7**" in told.text
    assert "Stored result of tokenize · recap/static-en-bg-zh@sha256:" in told.text


def test_a_label_is_chosen_and_judged_exactly(app: App, chat: Chat, engine: InProcessEngine) -> None:
    question = asked(chat, "pipelines")
    engine._task = lambda _: {
        "labels": [{"label": "hardware", "score": 0.9}, {"label": "food", "score": 0.1}]
    }
    right = next(one for one in question.actions if "hardware" in one.label)
    assert chat.press(right.id).tone == "progress"
    told = finished(app)
    assert "**Right:** the model says **hardware**" in told.text
    assert told.table is not None
    again = chat.press(right.id)
    assert again.text == told.text, "pressed again it shows what came of it"
    other = next(one for one in question.actions if "food" in one.label)
    assert "answered this one already" in chat.press(other.id).text


def test_without_a_prediction_the_model_runs_all_the_same(app: App, chat: Chat) -> None:
    assert chat.click(asked(chat), "Show answer").tone == "progress"
    told = finished(app)
    assert "The model says **5**" in told.text
    assert "Explain" in [one.label for one in told.actions]


def test_a_group_is_asked_no_predictions(app: App, chat: Chat) -> None:
    asked(chat)
    with app.database.session() as session:
        picked = []
        while (card := _card(session, 0, app.course.name, "02-tokenization.md", {})) is not None:
            row = session.get_one(CardRow, card)
            picked.append(row.origin)
            row.state = "retired"
            session.flush()
        session.rollback()
    assert picked
    assert "predict" not in picked


@pytest.mark.slow
def test_the_real_worker_says_what_is_stored(app: App, chat: Chat, clock: FrozenClock) -> None:
    settings = EngineSettings(models_path=app.settings.data_path / "models", hub_cache=False, offline=True)
    with LocalEngine(settings, clock) as worker:
        predicting = PredictRunner(worker, patience=120)
        for topic in ("tokenization", "pipelines", "embeddings"):
            asked(chat, topic)
            with app.database.session() as session:
                card = session.scalars(
                    select(CardRow).where(CardRow.origin == "predict").order_by(CardRow.id.desc())
                ).first()
                run = Run.from_json(card.run) if card else None
            assert run is not None
            request = {"attempt": 1, "task": run.task, "text": run.text, "labels": run.labels}
            live = predicting.run(request, lambda *_: None)["live"]
            assert live["model"] == "recap/static-en-bg-zh"
            assert answer_of(run.task, live["output"]) == run.answer
