"""How a prediction and what the model said look, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.core import missed, questions
from bot.core.catalogue import escape
from bot.core.reply import Reply
from bot.core.task_results import shown
from jobs.review.judging.verdict import Judged
from jobs.review.predict import answer_of, verdict

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.core.voice import Voice
    from jobs.review.records import Revealed
    from jobs.tables import JobRow


def waiting(voice: Voice, revealed: Revealed, stage: str = "", share: float = 0.0) -> Reply:
    """While the model runs. Nothing of its answer is told yet."""
    parts = [questions.prompt(revealed.prompt), *_said(voice, revealed), voice.say("predict.running")]
    if stage:
        parts[-1] += f" {voice.say(f'stage.{stage}')}"
    return Reply("\n\n".join(parts), tone="progress", progress=share, language=voice.language)


def of_job(services: Services, job: JobRow, voice: Voice, stage: str, share: float) -> Reply:
    """What the job's message says now. ReviewError where its question is gone."""
    revealed = services.misses.revealed(int(job.request["attempt"]), job.learner_id)
    if job.state in ("queued", "running"):
        return waiting(voice, revealed, stage, share)
    return result(services, voice, revealed, job.result or {})


def result(services: Services, voice: Voice, revealed: Revealed, outcome: Mapping[str, Any]) -> Reply:
    """The prediction, what the model said, the passage, and the ratings; after a miss the ways on too.

    `outcome`: as `jobs.runners.PredictRunner` gives it; empty where the run failed. Without a live result the
    stored one stands in, and is called that.
    """
    run, live = revealed.run, outcome.get("live")
    assert run is not None  # noqa: S101
    output = live["output"] if live else run.stored
    answer = answer_of(run.task, output)
    judged = _judged(revealed, answer)
    parts = [questions.prompt(revealed.prompt), *_said(voice, revealed)]
    parts.append(voice.say(f"predict.{(judged.verdict if judged else None) or 'told'}", answer=answer))
    text, table = shown(voice, run.task, output)
    parts += [text, _foot(voice, revealed, live)]
    parts = questions.sourced(voice, parts, revealed.citation, self_told=False)
    parts.append(voice.say("question.rate"))
    # By what was said now, should the model be another one than when the card was written.
    seen = replace(revealed, picked=None, matched=None, judged=judged)
    reply = Reply(
        "\n\n".join(parts),
        tone="answer",
        citations=(revealed.citation,),
        table=table,
        actions=(*questions.ratings(voice, seen), questions.open_note(voice, revealed.citation)),
        language=voice.language,
    )
    return missed.with_ways(services, voice, seen, reply)


def _judged(revealed: Revealed, answer: str) -> Judged | None:
    if revealed.response is None or revealed.run is None:
        return None
    return Judged(verdict(revealed.run, revealed.response, answer), "exact", expected=answer)


def _said(voice: Voice, revealed: Revealed) -> list[str]:
    """What was predicted."""
    if revealed.response is None:
        return []
    return [voice.say("predict.predicted", said=f"**{escape(revealed.response)}**")]


def _foot(voice: Voice, revealed: Revealed, live: Mapping[str, Any] | None) -> str:
    run = revealed.run
    assert run is not None  # noqa: S101
    if live is None:
        return voice.say("predict.stored", task=run.task, model=run.model)
    return voice.say(
        "predict.live",
        task=run.task,
        model=live["model"],
        device=live["device"],
        time=voice.duration(live["seconds"]),
    )
