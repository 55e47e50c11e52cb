"""Messages as the page gets them: HTML that is safe, everything else as plain data."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

from bot.core import catalogue
from bot.core.language import locale_language
from bot.core.reply import Action, File, Image, Reply
from bot.platforms.web.history import Message
from bot.platforms.web.markdown import to_html, visible
from knowledge.notes import Citation, Language

_PNG = b"\x89PNG\r\n\x1a\n"
STRINGS = "web."
"""The catalogue's keys with this beginning are the page's own words."""


def strings(language: Language) -> dict[str, str]:
    """The page's own words: buttons, labels, placeholders."""
    return {
        key.removeprefix(STRINGS): sentence
        for key, sentence in catalogue.load(language).items()
        if key.startswith(STRINGS)
    }


def message_json(message: Message) -> dict[str, Any]:
    """One stored message."""
    data: dict[str, Any] = {
        "id": message.id,
        "change": message.change,
        "author": message.author,
        "at": message.created_at.isoformat(),
    }
    if message.author == "learner":
        return {**data, "client_id": message.client_id, "text": visible(message.text), "via": message.via}
    if message.state == "pending":
        return {**data, "pending": True}
    reply = message.reply
    if reply is None:
        language = locale_language(message.language)
        reply = Reply(catalogue.say(language, "web.error.interrupted"), tone="error", language=language)
    picture = _picture(message.id, reply.image) if reply.image is not None else None
    files = [_file(message.id, file) for file in reply.files]
    shown = reply_json(reply, message.pressed)
    return {**data, "unasked": message.unasked, "image": picture, "files": files, **shown}


def picture_mark(png: bytes) -> str:
    """Stands for a picture in its address: another picture of the same message has another address."""
    return hashlib.sha256(png).hexdigest()[:16]


def file_mark(file: File) -> str:
    """Stands for a file in its address."""
    return hashlib.sha256(b"\0".join((file.name.encode(), file.content))).hexdigest()[:16]


def _file(message_id: int, file: File) -> dict[str, Any]:
    return {
        "name": visible(file.name),
        "size": len(file.content),
        "address": f"/api/file/{message_id}/{file_mark(file)}",
    }


def _picture(message_id: int, image: Image) -> dict[str, Any]:
    """The picture without its bytes, which have an address of their own.

    The page is told its size in CSS pixels, so that nothing moves when it has loaded.
    """
    size: dict[str, int] = {}
    if image.png.startswith(_PNG) and len(image.png) >= 24:
        width, height = struct.unpack(">II", image.png[16:24])
        size = {"width": (width + 1) // 2, "height": (height + 1) // 2}
    address = f"/api/picture/{message_id}/{picture_mark(image.png)}"
    return {"address": address, "alt": visible(image.alt), **size}


def reply_json(reply: Reply, pressed: tuple[str, ...] = ()) -> dict[str, Any]:
    """What Recap says."""
    language = locale_language(reply.language)
    return {
        "tone": reply.tone,
        "language": reply.language,
        "html": to_html(reply.text, len(reply.citations)),
        "progress": reply.progress,
        "citations": [_citation(citation, language, reply.course) for citation in reply.citations],
        "table": {"header": list(reply.table.header), "rows": [list(row) for row in reply.table.rows]}
        if reply.table
        else None,
        "actions": [_action(action, pressed, reply) for action in reply.actions],
    }


def _citation(citation: Citation, language: Language, course: str) -> dict[str, Any]:
    key = "web.lines" if citation.end > citation.start else "web.line"
    return {
        "course": course,
        "note": citation.note,
        "heading": visible(citation.heading),
        "start": citation.start,
        "end": citation.end,
        "lines": catalogue.label(language, key, start=citation.start, end=citation.end),
    }


def _action(action: Action, pressed: tuple[str, ...], reply: Reply) -> dict[str, Any]:
    group = {other.id for other in reply.actions if action.group and other.group == action.group}
    done = action.id in pressed and (bool(action.group) or not action.fields)
    return {
        "id": action.id,
        "label": visible(action.label),
        "style": action.style,
        "state": "pressed" if done else "settled" if group.intersection(pressed) else "ready",
        "fields": [
            {
                "name": field.name,
                "label": visible(field.label),
                "value": field.value,
                "multiline": field.multiline,
                "required": field.required,
                "choices": [list(choice) for choice in field.choices],
            }
            for field in action.fields
        ],
    }
