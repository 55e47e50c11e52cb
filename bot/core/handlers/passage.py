"""The *Show passage* button: the quoted lines, only for who asks."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core import passages, topics
from bot.core.catalogue import quote
from bot.core.context import Context, action_id
from bot.core.errors import CommandError
from bot.core.reply import Action, Reply


def passage(context: Context, arguments: Mapping[str, str]) -> Reply:
    """The lines that a citation named, as they stand in the note now.

    Where the quotation has moved, its lines are shown with where they were; where it is gone, what stands
    in its place, said to be so. NotesError `error.passage_gone` where the note has fewer lines.
    """
    start, end = _lines(arguments.get("at", ""))
    note = topics.note_of(context.services, arguments.get("note", ""))
    recognised = arguments.get("of", "")
    now = passages.whereabouts(note.lines, start, end, recognised) if recognised else (start, end)
    about = []
    if now is None:
        about.append(context.say("passage.changed"))
    elif now != (start, end):
        about.append(
            context.say("passage.moved", lines=passages.lines_label(context.voice.language, start, end))
        )
    first, last = now or (start, end)
    seen = passages.view(context.services.library, context.services.course, note.path, first, last)
    shown = seen.lines[first - seen.first_line : seen.end - seen.first_line + 1]
    place = passages.lines_label(context.voice.language, first, seen.end)
    heading = seen.headings[-1] if seen.headings else seen.title
    head = context.say("passage.head", heading=heading, note=note.path, lines=place)
    line = action_id("learn", note=topics.note_key(note.path), line=first)
    return Reply(
        "\n\n".join((head, *about, quote("\n".join(shown)))),
        tone="note",
        actions=(Action(line, context.label("action.open_note")),),
        private=True,
        language=context.voice.language,
    )


def _lines(text: str) -> tuple[int, int]:
    start, _, end = text.partition("-")
    if not all(one.isascii() and one.isdigit() for one in (start, end)) or not 0 < int(start) <= int(end):
        raise CommandError("error.action_unknown")
    return int(start), int(end)
