"""`/export`: what Recap knows of a learner's learning, as files for other programs."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.context import Context
from bot.core.errors import CommandError
from bot.core.reply import File, Reply
from jobs.errors import NothingToExport

FORMATS = ("csv", "anki")
ANKI = "recap.apkg"


def export(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Their answers and schedule as CSV, their cards as an Anki package; both unless one is named."""
    wanted = arguments.get("format", "").strip().lower()
    if wanted and wanted not in FORMATS:
        raise CommandError("error.export_format", format=wanted)
    files: list[File] = []
    lines: list[str] = []
    for kind in (wanted,) if wanted else FORMATS:
        try:
            given, line = _sheets(context) if kind == "csv" else _deck(context)
        except NothingToExport:
            continue
        files += given
        lines.append(line)
    if not files:
        raise NothingToExport
    return Reply(
        "\n\n".join(lines),
        tone="success",
        files=tuple(files),
        private=True,
        language=context.voice.language,
    )


def _sheets(context: Context) -> tuple[list[File], str]:
    sheets = context.services.exports.sheets(context.learner.id)
    files = [File(name, content) for name, content in sheets.items()]
    return files, context.say("export.csv", answers=files[0].name, schedule=files[1].name)


def _deck(context: Context) -> tuple[list[File], str]:
    titles = {one.course: one.title() for one in context.services.courses}
    content, count = context.services.exports.deck(context.learner.id, titles)
    return [File(ANKI, content)], context.say("export.anki", file=ANKI, count=count)
