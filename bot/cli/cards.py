"""`recap cards`: a course's cards as files, and cards of Anki as a note."""

from __future__ import annotations

from pathlib import Path

from bot.cli.opened import application, course_named
from bot.cli.output import out, progress_bar
from bot.core import catalogue
from bot.core.errors import CommandError
from bot.core.jobs_shown import report_text
from bot.core.reply import Reply
from bot.core.voice import Voice
from jobs.portable import anki_text
from knowledge import additions
from knowledge.additions import Addition

_KINDS = (".apkg", ".csv")


def export_cards(file: Path, course: str | None) -> None:
    """Writes the cards of all notes of a course, by the file's suffix as an Anki package or as CSV."""
    if file.suffix.lower() not in _KINDS:
        raise CommandError("error.export_suffix", file=str(file), suffixes=" ".join(_KINDS))
    with application() as app:
        chosen = course_named(app, course)
        services, language = app.services.courses.get(chosen.name), app.settings.language
        notes = chosen.reviews.notes()
        with progress_bar(language, "cli.writing_cards") as progress:
            for done, note in enumerate(notes):
                progress(done / len(notes), "cards")
                chosen.reviews.prepare(note.path)
        exports = services.exports
        given = exports.course_deck if file.suffix.lower() == ".apkg" else exports.course_sheet
        content, count = given(chosen.name)
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError("error.export_unwritable", file=str(file)) from error
        out(catalogue.label(language, "cli.cards_exported", count=count, file=file))


def import_cards(file: Path, course: str | None) -> None:
    """Makes a note of an Anki text export, puts it to the course's notes and refreshes them."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CommandError("error.import_unreadable", file=str(file)) from error
    imported = anki_text.read_export(content)
    name = additions.note_name(f"{file.stem}.md")
    note = anki_text.as_note(imported, Path(name).stem).encode()
    additions.check(name, note)
    with application() as app:
        chosen = course_named(app, course)
        services, language = app.services.courses.get(chosen.name), app.settings.language
        folder, fresh = chosen.upload_folder()
        additions.add(folder, [Addition(name, note)], services.uploads_path, app.clock.now())
        out(catalogue.label(language, "cli.cards_imported", count=len(imported.pairs), file=folder / name))
        if imported.skipped:
            out(catalogue.label(language, "cli.cards_skipped", count=imported.skipped))
        with progress_bar(language, "cli.indexing") as progress:
            report = chosen.refresh(app.engine, progress, folder if fresh else None)
        from bot.platforms.terminal.render import Screen

        Screen().show(Reply(report_text(Voice(language), report), language=language))
