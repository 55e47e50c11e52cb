"""The verdict on what was answered in words: by the reference, by what fills a gap, by what a model said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jobs.review import asking, predict
from jobs.review.choices import Choice, from_json, told
from jobs.review.judging.judge import Judge
from jobs.review.judging.verdict import Judged
from knowledge.notes import Language
from knowledge.store import Database


def judged(database: Database, judge: Judge, attempt_id: int, learner_id: int, response: str) -> Judged:
    """Found in no transaction, and before the learner is locked: it may have to load the encoder."""
    with database.session() as session:
        attempt = asking.attempt_of(session, attempt_id, learner_id)
        card_id, options = attempt.card_id, from_json(attempt.options)
    return judged_on(database, judge, card_id, options, response)


def judged_on(
    database: Database, judge: Judge, card_id: int, options: Sequence[Choice], response: str
) -> Judged:
    """The same, for an answer to a card that is no attempt yet; `options`: its choices as they are shown."""
    with database.session() as session:
        card = asking.card_of(session, card_id)
        expected, run = tuple(card.expected or ()), predict.Run.from_json(card.run)
        prompt, language = card.prompt, cast(Language, card.language)
        reference = told(options, card.explanation) if options else card.answer
    if expected and run is not None:
        return predict.judged(run, response)
    if expected:
        return judge.gap(expected, response, language)
    return judge.judge(prompt, reference, response)
