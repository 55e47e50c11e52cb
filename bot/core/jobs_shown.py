"""How a job looks: in line, running, done, failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from bot.core import catalogue, predicted_shown, uploads_shown
from bot.core.context import action_id
from bot.core.reasons import reason
from bot.core.reply import Action, Reply
from bot.core.services import Services
from bot.core.task_results import shown
from bot.core.voice import Voice
from jobs.tables import JobRow
from knowledge.errors import RecapError


def just_put(services: Services, job_id: int, voice: Voice) -> Reply:
    """What is answered to whoever has just asked for a job.

    Never its end, were it there already: that comes by the outbox, and would otherwise come twice.
    """
    return job_reply(services, job_id, voice, ended=False)


def job_reply(
    services: Services,
    job_id: int,
    voice: Voice,
    said: Mapping[str, Any] | None = None,
    ended: bool = True,
) -> Reply:
    """What a job's message says now. `said`: what the outbound row carries beside the id.

    RecapError `error.message_gone` where there is no such job.
    """
    with services.database.session() as session:
        job = session.get(JobRow, job_id)
        if job is None:
            raise RecapError("error.message_gone")
        place = 0
        if job.state == "queued":
            ahead = (
                select(func.count())
                .select_from(JobRow)
                .where(JobRow.state.in_(("queued", "running")), JobRow.kind == job.kind, JobRow.id < job.id)
            )
            place = (session.scalar(ahead) or 0) + 1
    voice = Voice(_language(job.language, voice), voice.zone)
    if job.kind == "predict":
        share, stage = _stage(said or {})
        return predicted_shown.of_job(services, job, voice, stage, share)
    if job.state == "queued":
        return _with_upload(
            job, voice, _progress(voice, voice.say(f"job.{job.kind}.queued", place=place, **_names(job)), 0.0)
        )
    if job.state == "running" or not ended:
        share, stage = _stage(said or {})
        kind = "starting" if stage == "starting" else "running"
        text = voice.say(f"job.{job.kind}.{kind}", **_names(job))
        if stage and catalogue.has(f"stage.{stage}"):
            text = f"{text} {voice.say(f'stage.{stage}')}"
        return _with_upload(job, voice, _progress(voice, text, share))
    if job.state == "failed":
        return _with_upload(job, voice, _failed(voice, job))
    if job.kind == "refresh":
        return _with_upload(job, voice, _refreshed(voice, job))
    return result_reply(voice, job.result or {})


def _with_upload(job: JobRow, voice: Voice, reply: Reply) -> Reply:
    """The reply under what was uploaded or taken back before this refresh, with the way to undo it."""
    about = job.request.get(uploads_shown.ABOUT)
    if not about:
        return reply
    actions = (
        reply.actions if reply.tone == "progress" else (*reply.actions, *uploads_shown.actions(voice, about))
    )
    return replace(reply, text="\n\n".join((*uploads_shown.lines(voice, about), reply.text)), actions=actions)


def _progress(voice: Voice, text: str, share: float) -> Reply:
    return Reply(text, tone="progress", progress=share, language=voice.language)


def _stage(said: Mapping[str, Any]) -> tuple[float, str]:
    return float(said.get("share", 0.0)), str(said.get("stage", ""))


def _names(job: JobRow) -> dict[str, str]:
    return {"task": str(job.request.get("task", job.kind))}


def result_reply(voice: Voice, result: Mapping[str, Any]) -> Reply:
    """What a task gave (`TaskResult`'s fields)."""
    text, table = shown(voice, str(result["task"]), result["output"])
    foot = voice.say(
        "job.try.foot",
        task=result["task"],
        model=result["model"],
        device=result["device"],
        time=voice.duration(result["seconds"]),
    )
    return Reply(f"{text}\n\n{foot}", tone="result", table=table, language=voice.language)


def _refreshed(voice: Voice, job: JobRow) -> Reply:
    result = job.result or {}
    waiting = result.get("cards", {}).get("waiting", 0)
    actions = (Action(action_id("notes", action="cards"), voice.label("action.notes_cards")),)
    return Reply(
        report_text(voice, result),
        tone="result",
        actions=actions if waiting else (),
        language=voice.language,
    )


def report_text(voice: Voice, result: Mapping[str, Any]) -> str:
    """A refresh report (`RefreshReport.to_json`, and `CardReport` under `cards`) in words."""
    cards = _cards(voice, result.get("cards", {}))
    if not (result["added"] or result["changed"] or result["removed"] or result["embedded"]):
        return "\n\n".join((voice.say("refresh.same", generation=result["generation"]), *cards))
    parts = [
        voice.say(
            "refresh.done",
            notes=result["notes"],
            sections=result["sections"],
            passages=result["passages"],
            time=voice.duration(result["seconds"]),
        ),
        voice.say(
            "refresh.changes",
            added=len(result["added"]),
            changed=len(result["changed"]),
            removed=len(result["removed"]),
            embedded=result["embedded"],
            reused=result["reused"],
        ),
    ]
    if result["restored"] or result["lost"]:
        parts.append(voice.say("refresh.repaired", restored=result["restored"], lost=result["lost"]))
    parts += cards
    skipped = [
        voice.say("refresh.skipped_file", path=path, reason=reason(voice, key))
        for path, key in result["skipped"]
    ]
    if skipped:
        lead = voice.say("refresh.skipped", count=len(skipped))
        parts.append("\n".join((lead, "", *(f"- {line}" for line in skipped))))
    return "\n\n".join(parts)


def _cards(voice: Voice, cards: Mapping[str, int]) -> list[str]:
    """What became of the cards; nothing where there are none yet."""
    if not any(cards.values()):
        return []
    names = ("kept", "reworded", "paused", "retired", "added")
    parts = [voice.say("refresh.cards", **{name: cards[name] for name in names})]
    if cards["waiting"]:
        parts.append(voice.say("refresh.cards_waiting", count=cards["waiting"]))
    return parts


def _failed(voice: Voice, job: JobRow) -> Reply:
    error = job.error or {}
    key, params = str(error.get("key", "")), dict(error.get("params", {}))
    try:
        why = voice.say(key, **params)
    except KeyError:
        why = voice.say("error.job_failed")
    actions: tuple[Action, ...] = ()
    if job.kind == "try":
        actions = (Action(action_id("retry", job=job.id), voice.label("action.retry")),)
    elif job.kind == "refresh":
        actions = (Action(action_id("notes", action="refresh"), voice.label("action.retry")),)
    return Reply(why, tone="error", actions=actions, language=voice.language)


def _language(language: str, voice: Voice) -> Any:
    return language if language in catalogue.LANGUAGES else voice.language
