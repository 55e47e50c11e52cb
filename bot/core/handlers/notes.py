"""`/notes`: the course's index, for admins."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from bot.core import jobs_shown
from bot.core.context import Context, action_id
from bot.core.handlers.paused_cards import decide, paused_cards
from bot.core.handlers.try_task import address
from bot.core.handlers.upload import undo, upload
from bot.core.reasons import reason
from bot.core.reply import Action, Reply, Style, Table
from jobs.feedback import rated, unhelpful
from jobs.stuck import Mail
from jobs.tables import JobRow
from knowledge.tables import GenerationRow, QuestionRow, SourceRow

MOST_GAPS = 20
OPEN = ("queued", "running")


def notes(context: Context, arguments: Mapping[str, str]) -> Reply:
    """One of the things an admin does with the notes; status if none is named."""
    if arguments.get("action") == "undo":
        return undo(context, arguments.get("batch", ""))
    if arguments.get("card"):
        return decide(context, arguments)
    return _ACTIONS[arguments.get("action") or "status"](context)


def _status(context: Context) -> Reply:
    services, voice = context.services, context.voice
    infos = services.library.generations(services.course)
    current = next((one for one in infos if one.current), None)
    if current is None:
        return Reply(
            context.say("notes.none", path=services.notes_path()),
            actions=(_button(context, "refresh", primary=True),),
            private=True,
            language=voice.language,
        )
    with services.database.session() as session:
        row = session.get(GenerationRow, current.id)
        report = dict(row.report) if row is not None else {}
        gaps = session.scalar(
            select(func.count())
            .select_from(QuestionRow)
            .where(QuestionRow.course_id == services.course, QuestionRow.answered.is_(False))
        )
        judged, poor = rated(session, services.course)
    now = services.clock.now()
    encoder = (current.encoder or "").partition("@")[0] or context.label("notes.no_encoder")
    rows = [
        (context.label("notes.folder"), str(services.notes_path())),
        (context.label("notes.generation"), current.id),
        (context.label("notes.created"), voice.moment(current.created_at, now)),
        (
            context.label("notes.counts"),
            context.label(
                "notes.counted", notes=current.notes, sections=current.sections, passages=current.passages
            ),
        ),
        (
            context.label("notes.encoder"),
            encoder,
        ),
        (context.label("notes.restored"), voice.number(report.get("restored", 0))),
        (context.label("notes.lost"), voice.number(report.get("lost", 0))),
        (context.label("notes.gaps"), voice.number(gaps or 0)),
        (context.label("notes.unhelpful"), context.label("notes.judged", count=poor, all=judged)),
        (context.label("notes.earlier"), voice.number(len(infos) - 1)),
    ]
    stuck = len(Mail(services.database, services.clock).stuck())
    if stuck:
        rows.append((context.label("notes.stuck"), context.label("notes.stuck_some", count=stuck)))
    skipped = [
        f"- {voice.say('refresh.skipped_file', path=path, reason=reason(voice, key))}"
        for path, key in report.get("skipped", ())
    ]
    text = context.say("notes.status")
    if skipped:
        text = "\n".join((text, "", context.say("refresh.skipped", count=len(skipped)), "", *skipped))
    names = ("refresh", "sources", "gaps", *(("rollback",) if len(infos) > 1 else ()))
    return Reply(
        text,
        table=Table((context.label("notes.what"), context.label("notes.value")), tuple(rows)),
        actions=tuple(_button(context, name, primary=name == "refresh") for name in names),
        private=True,
        language=voice.language,
    )


def _refresh(context: Context) -> Reply:
    services = context.services
    with services.database.session() as session:
        running = session.scalars(
            select(JobRow.request).where(JobRow.kind == "refresh", JobRow.state.in_(OPEN))
        ).all()
    if any(request.get("course") == services.course for request in running):
        return context.reply("notes.already", tone="progress")
    job = services.queue.put("refresh", services.refresh_request(None), address(context))
    return jobs_shown.just_put(services, job, context.voice)


def _sources(context: Context) -> Reply:
    services = context.services
    with services.database.session() as session:
        rows = session.scalars(
            select(SourceRow).where(SourceRow.course_id == services.course).order_by(SourceRow.path)
        ).all()
    columns = ("path", "title", "language", "lines", "sections", "restored", "lost")
    table = Table(
        tuple(context.label(f"notes.{column}") for column in columns),
        tuple(
            (
                row.path,
                row.title,
                context.label(f"language.{row.language}"),
                *(context.voice.number(n) for n in (row.lines, row.sections, row.restored, row.lost)),
            )
            for row in rows
        ),
    )
    return Reply(
        context.say("notes.sources", count=len(rows)),
        table=table,
        actions=(_button(context, "status"),),
        private=True,
        language=context.voice.language,
    )


def _gaps(context: Context) -> Reply:
    services = context.services
    asked = func.count(QuestionRow.id)
    last = func.max(QuestionRow.asked_at)
    with services.database.session() as session:
        rows = session.execute(
            select(QuestionRow.text, asked, last)
            .where(QuestionRow.course_id == services.course, QuestionRow.answered.is_(False))
            .group_by(QuestionRow.text)
            .order_by(asked.desc(), last.desc())
            .limit(MOST_GAPS)
        ).all()
        poor = unhelpful(session, services.course, MOST_GAPS)
    if not rows and not poor:
        return context.reply("notes.no_gaps", private=True)
    now = services.clock.now()
    unanswered, missed = context.label("notes.unanswered"), context.label("notes.missed")
    told = [(text, unanswered, times, last) for text, times, last in rows]
    told += [(one.question, missed, one.times, one.last) for one in poor]
    return Reply(
        context.say("notes.gaps_lead"),
        table=Table(
            tuple(context.label(f"notes.{column}") for column in ("question", "gap", "times", "last")),
            tuple((text, gap, str(times), context.voice.moment(at, now)) for text, gap, times, at in told),
        ),
        actions=(_button(context, "status"),),
        private=True,
        language=context.voice.language,
    )


def _rollback(context: Context) -> Reply:
    generation = context.services.rollback()
    return Reply(
        context.say("notes.rolled_back", generation=generation),
        tone="success",
        actions=(_button(context, "status"), _button(context, "refresh")),
        private=True,
        language=context.voice.language,
    )


def _button(context: Context, name: str, primary: bool = False) -> Action:
    style: Style = "danger" if name == "rollback" else "primary" if primary else "plain"
    return Action(action_id("notes", action=name), context.label(f"action.notes_{name}"), style)


_ACTIONS = {
    "status": _status,
    "refresh": _refresh,
    "sources": _sources,
    "gaps": _gaps,
    "cards": paused_cards,
    "rollback": _rollback,
    "upload": upload,
}
