"""A reply as a file, where it is too long for messages."""

from __future__ import annotations

from bot.core.language import locale_language
from bot.core.reply import Image, Reply
from bot.platforms.hosted.render import sources, tables
from bot.platforms.hosted.render.attached import Attached
from bot.platforms.hosted.render.measure import clean, one_line


def document(reply: Reply) -> bytes:
    """The whole reply as Markdown in UTF-8: text, table, what the picture shows, sources."""
    language = locale_language(reply.language)
    parts = [clean(reply.text)]
    if reply.table is not None and (reply.table.rows or any(reply.table.header)):
        parts.append(tables.as_markdown(reply.table))
    if reply.image is not None and reply.image.alt:
        parts.append(one_line(reply.image.alt))
    if reply.citations:
        listed = (
            f"{number}. {sources.place(citation, language)}"
            for number, citation in enumerate(reply.citations, start=1)
        )
        parts.append("\n".join((f"## {sources.title(language)}", "", *listed)))
    parts += [one_line(action.label) for action in reply.actions]
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def file_name(reply: Reply) -> str:
    """What the file is called."""
    return f"recap-{reply.tone}.md"


def picture_name(image: Image) -> str:
    """The picture's name with nothing in it that a platform would replace."""
    kept = "".join(one for one in image.name if one.isascii() and (one.isalnum() or one in "._-"))
    return kept[-80:] if kept.strip(".") else "picture.png"


def in_files(data: bytes, name: str, most: int) -> list[Attached]:
    """The text as files of at most `most` bytes each, cut after a line where there is one."""
    pieces: list[bytes] = []
    while len(data) > most:
        place = data.rfind(b"\n", 0, most) + 1 or _character_end(data, most)
        pieces.append(data[:place])
        data = data[place:]
    pieces.append(data)
    stem, dot, suffix = name.rpartition(".")
    names = [name, *(f"{stem}-{number}{dot}{suffix}" for number in range(2, len(pieces) + 1))]
    return [Attached(one, piece) for one, piece in zip(names, pieces, strict=True)]


def _character_end(data: bytes, place: int) -> int:
    """The last place up to `place` that is not within a character."""
    while place > 0 and data[place] & 0xC0 == 0x80:
        place -= 1
    return place
