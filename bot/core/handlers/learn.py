"""`/learn`: the notes, or one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.core import topics
from bot.core.context import Context, action_id, optional_number
from bot.core.reply import Action, Reply, Table
from bot.core.topics import note_key

if TYPE_CHECKING:
    from jobs.review.records import TopicProgress
    from knowledge.notes import Note

PAGE = 20


def learn(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Without a topic the list; with one that note, or the question which is meant."""
    if not arguments.get("topic", "").strip() and not arguments.get("note"):
        return _list(context, max(1, optional_number(arguments, "page")))
    found = topics.meant(context, arguments)
    if len(found) > 1:
        return topics.choose(context, "learn", found)
    return _show(context, found[0], optional_number(arguments, "line"))


def _list(context: Context, page: int) -> Reply:
    services = context.services
    notes = services.library.notes(services.course)
    progress = _whole(context)
    shown = notes[(page - 1) * PAGE : page * PAGE]
    table = Table(
        tuple(context.label(f"learn.{column}") for column in ("note", "language", "lines", "state")),
        tuple(
            (
                note.title,
                context.label(f"language.{note.language}"),
                context.voice.number(len(note.lines)),
                _state(context, progress.get(note.path)),
            )
            for note in shown
        ),
    )
    actions = [Action(action_id("learn", note=note_key(note.path)), note.title) for note in shown]
    if len(notes) > page * PAGE:
        actions.append(Action(action_id("learn", page=page + 1), context.label("action.more"), "primary"))
    return Reply(
        context.say("learn.list", count=len(notes)),
        table=table,
        actions=tuple(actions),
        language=context.voice.language,
    )


def _show(context: Context, note: Note, line: int) -> Reply:
    mine = _whole(context).get(note.path)
    section = next((one for one in note.sections if one.start <= line <= one.end), None) if line else None
    head = context.say(
        "learn.head",
        title=note.title,
        language=context.label(f"language.{note.language}"),
        count=len(note.lines),
        path=note.path,
    )
    about = [head]
    if note.repair.restored or note.repair.lost:
        about.append(context.say("learn.repaired", restored=note.repair.restored, lost=note.repair.lost))
    if mine is not None:
        about.append(context.say("learn.state_now", state=_state(context, mine)))
    key = note_key(note.path)
    actions = [
        Action(
            action_id("studied", note=key),
            context.label("action.studied_again" if mine else "action.studied"),
            "primary",
        ),
        Action(action_id("quiz", note=key), context.label("action.quiz_note")),
    ]
    if section is not None:
        about.append(context.say("learn.part", start=section.start, end=section.end))
        actions.append(Action(action_id("learn", note=key), context.label("action.whole_note")))
    text = section.text if section is not None else note.text
    return Reply(
        "\n\n".join((*about, "---", text.strip("\n"))),
        tone="note",
        actions=tuple(actions),
        language=context.voice.language,
    )


def _whole(context: Context) -> dict[str, TopicProgress]:
    """How the learner is with the notes that they study as a whole, by path."""
    topics_now = context.services.reviews.progress(context.learner.id).topics
    return {one.note: one for one in topics_now if not one.section}


def _state(context: Context, progress: TopicProgress | None) -> str:
    if progress is None:
        return context.label("learn.new")
    if progress.finished or progress.next_due is None:
        return context.label("learn.finished")
    when = context.voice.moment(progress.next_due, context.services.clock.now())
    if progress.step == progress.steps:
        return context.label("learn.next_beyond", when=when)
    return context.label("learn.next", step=progress.step, steps=progress.steps, when=when)
