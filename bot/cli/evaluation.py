"""A question set, measured: its notes indexed in a temporary place, its questions asked as a person would."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.config import Settings
from bot.settings import DatabaseSettings
from jobs.engine.protocol import Progress, RefreshRequest
from knowledge.evaluation import Measures, Outcome, failed, measure
from knowledge.question_set import QuestionSet, SetQuestion
from knowledge.ranking import rank_documents

if TYPE_CHECKING:
    from bot.wiring import App

COURSE = "evaluation"
PATIENCE = 30.0
"""Seconds that a question waits for its vector: what is measured isn't how busy this machine is."""
LOADING = 120.0
"""Seconds that an encoder may take to load in the worker."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a question set gave."""

    outcomes: tuple[Outcome, ...]
    notes: int
    passages: int
    encoder: str | None
    """Identity of the index's encoder; None where it has none."""
    partner: str | None
    """Identity of the encoder whose vectors stand beside it, likewise."""
    seconds_to_index: float
    seconds_to_ask: float

    @property
    def measures(self) -> Measures:
        return measure(self.outcomes)

    def run(self) -> dict[str, Any]:
        """What was found for each question, by its id."""
        return {one.question.id: one.ranking.entry() for one in self.outcomes}

    def failed(self) -> Sequence[Outcome]:
        """The outcomes that are not as they should be, the worst first."""
        return failed(self.outcomes)


def settings_at(place: Path, settings: Settings) -> Settings:
    """The same encoders and models, but database and index in a folder of their own, and no course."""
    changes: dict[str, Any] = {
        "data_path": place,
        "database": DatabaseSettings(url=None),
        "courses": {},
        "engine": settings.engine.model_copy(update={"models_path": settings.models_path}),
    }
    return settings.model_copy(update=changes)


def index(app: App, questions: QuestionSet, progress: Progress) -> tuple[dict[str, Any], float]:
    """Builds the index; gives the report and the seconds of the work, the loading of encoders left out."""
    app.engine.start()
    request = RefreshRequest(COURSE, str(questions.notes.resolve()), str(app.settings.index_path.resolve()))
    began = time.monotonic()
    report = app.engine.refresh(request, progress).result()
    seconds = time.monotonic() - began
    encoders = [one for one in (app.encoder, app.partner) if one is not None]
    app.wait_until(lambda: all(one.state != "loading" for one in encoders), LOADING)
    if app.partner is not None and app.partner.state == "ready":
        began = time.monotonic()
        both = RefreshRequest(request.course, request.notes_path, request.index_path, partner=True)
        report = app.engine.refresh(both, progress).result()
        seconds += time.monotonic() - began
    return report, seconds


def ask(app: App, questions: QuestionSet, progress: Progress) -> tuple[Outcome, ...]:
    """Every question, ranked and answered."""
    return tuple(
        Outcome(one, rank_documents(app.library, COURSE, one.text, questions.documents))
        for one in _told(questions.questions, progress)
    )


def evaluate(
    app: App,
    questions: QuestionSet,
    indexing: Callable[[], AbstractContextManager[Progress]],
    asking: Callable[[], AbstractContextManager[Progress]],
) -> Evaluation:
    """All of it; `indexing` and `asking` give the contexts in which progress of the two is shown."""
    with indexing() as progress:
        report, seconds = index(app, questions, progress)
    began = time.monotonic()
    with asking() as progress:
        outcomes = ask(app, questions, progress)
    current = next(one for one in app.library.generations(COURSE) if one.current)
    return Evaluation(
        outcomes=outcomes,
        notes=int(report["notes"]),
        passages=int(report["passages"]),
        encoder=current.encoder,
        partner=current.partner,
        seconds_to_index=round(seconds, 3),
        seconds_to_ask=round(time.monotonic() - began, 3),
    )


def _told(questions: Sequence[SetQuestion], progress: Progress) -> Iterable[SetQuestion]:
    for number, question in enumerate(questions):
        progress(number / len(questions), "asking")
        yield question
    progress(1.0, "asking")
