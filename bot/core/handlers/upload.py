"""`/notes upload` and `/notes undo`: notes that come as attachments, and taking them back.

A text file that is Anki's export becomes a note of its cards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.core import catalogue, jobs_shown, uploads_shown
from bot.core.context import Context
from bot.core.errors import CommandError, TooMuch
from bot.core.handlers.try_task import address
from bot.core.reply import Reply
from bot.core.turn import Call, Upload
from bot.core.uploads_shown import ABOUT
from jobs.errors import ImportRefused
from jobs.portable import anki_text
from knowledge import additions
from knowledge.additions import Addition
from knowledge.errors import NotesError
from knowledge.reader import LARGEST, SUFFIXES


def upload(context: Context) -> Reply:
    """Puts attached notes into the course's folder and refreshes; without any, says how to attach them."""
    did = context.turn.did
    given = did.uploads if isinstance(did, Call) else ()
    if not given:
        return _how(context)
    notes, refused = _taken(context, given)
    services = context.services
    if not notes:
        return Reply(
            uploads_shown.refused(context.voice, refused),
            tone="error",
            private=True,
            language=context.voice.language,
        )
    folder, fresh = services.upload_folder()
    added = additions.add(folder, notes, services.uploads_path, services.clock.now())
    about: dict[str, Any] = {**asdict(added), "refused": refused}
    if not added.new and not added.replaced:
        text = "\n\n".join(uploads_shown.lines(context.voice, about))
        return Reply(text, private=True, language=context.voice.language)
    about |= {"batch": added.id, "fresh": str(folder) if fresh else ""}
    return _refresh(context, folder, about)


def undo(context: Context, batch: str) -> Reply:
    """Takes an upload back, the last one if none is named, and refreshes."""
    kept = context.services.uploads_path
    wanted = batch or additions.last(kept)
    if wanted is None:
        raise CommandError("error.upload_none")
    folder, back = additions.take_back(wanted, kept)
    about = asdict(back)
    if not back.removed and not back.restored:
        text = uploads_shown.lines(context.voice, about) or [context.say("upload.nothing_left")]
        return Reply("\n\n".join(text), private=True, language=context.voice.language)
    # The course may have moved to another folder since.
    return _refresh(context, folder if folder == context.services.notes_path() else None, about)


def _refresh(context: Context, folder: Path | None, about: Mapping[str, Any]) -> Reply:
    services = context.services
    request = {**services.refresh_request(folder), ABOUT: about}
    job = services.queue.put("refresh", request, address(context))
    return jobs_shown.just_put(services, job, context.voice)


def _taken(context: Context, given: Sequence[Upload]) -> tuple[list[Addition], list[tuple[str, str]]]:
    """The notes among the files, and the others with the key of what is wrong with them."""
    limits = context.services.limits
    if len(given) > limits.upload_files:
        raise TooMuch("error.upload_count", count=len(given), most=limits.upload_files)
    if sum(one.size for one in given) > limits.upload_bytes:
        raise _too_much(limits.upload_bytes)
    notes: list[Addition] = []
    refused: list[tuple[str, str]] = []
    left = limits.upload_bytes
    for one in given:
        try:
            note = _note(one)
        except (NotesError, ImportRefused) as error:
            refused.append((str(error.params.get("note", one.name[:80])), error.key))
            continue
        left -= len(note.content)
        if left < 0:  # the platform told less than came
            raise _too_much(limits.upload_bytes)
        notes.append(note)
    return notes, refused


def _note(one: Upload) -> Addition:
    name = additions.note_name(one.name)
    if one.size > LARGEST:
        raise NotesError("error.note_too_large", note=name, size=one.size, limit=LARGEST)
    try:
        content = one.read()
    except OSError as error:
        raise NotesError("error.note_unreadable", note=name) from error
    if anki_text.is_export(content):
        title = Path(name).stem
        name = f"{title}.md"
        content = anki_text.as_note(anki_text.read_export(content), title).encode()
    additions.check(name, content)
    return Addition(name, content)


def _too_much(most: int) -> TooMuch:
    return TooMuch("error.upload_size", most=most // 2**20)


def _how(context: Context) -> Reply:
    suffixes = " ".join(SUFFIXES)
    key = f"upload.how.{context.turn.platform}"
    if catalogue.has(key):
        return context.reply(key, private=True, suffixes=suffixes)
    folder, fresh = context.services.upload_folder()
    if fresh:
        return context.reply("upload.how_index", private=True, suffixes=suffixes)
    return context.reply("upload.how_folder", private=True, suffixes=suffixes, path=folder)
