"""Puts a reply's messages together.

The words stand in the message's text, where every client, every screen reader and everybody who has
switched embeds off finds them. An embed, in the colour of the tone, only lists the sources. Pictures are
attached with their alt text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core import catalogue
from bot.core.bars import bar
from bot.core.language import locale_language
from bot.core.reply import Image, Reply, Tone
from bot.platforms.discord.render import controls, sources, tables
from bot.platforms.discord.render.blocks import Block, Text, pack
from bot.platforms.discord.render.limits import (
    ATTACHMENT_BYTES,
    ATTACHMENTS,
    CONTENT,
    DESCRIPTION,
    EMBED_DESCRIPTION,
    REQUEST_BYTES,
    size,
)
from bot.platforms.discord.render.parse import parse
from bot.platforms.discord.render.rendered import Component, Embed, Rendered
from bot.platforms.hosted.render.attached import Attached
from bot.platforms.hosted.render.document import document, file_name, in_files, picture_name
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.measure import clean, is_blank, one_line, shortened
from bot.platforms.hosted.render.runs import Run
from bot.platforms.hosted.render.sources import title
from bot.platforms.hosted.render.tables import FILE, SHOWN_ROWS, as_csv
from knowledge.notes import Language

MOST_MESSAGES = 5
"""A longer reply is shown with its beginning, and whole in a file."""
LONG = 24_000
"""Characters from which on a text is not even tried in messages: reading it takes time."""

_NOTHING = "…"
_BEGINNING = 1500
_FILES_ROOM = REQUEST_BYTES - 256 * 1024
_COLOURS: dict[Tone, int] = {
    "plain": 0x5865F2,
    "answer": 0x3B82F6,
    "question": 0xF59E0B,
    "result": 0x8B5CF6,
    "note": 0x64748B,
    "progress": 0x94A3B8,
    "success": 0x22C55E,
    "error": 0xEF4444,
}


def render(
    reply: Reply, *, most: int = MOST_MESSAGES, rich: bool = True, mentioned: int | None = None
) -> list[Rendered]:
    """The messages that say it, in order; at least one.

    A text that needs more than `most` messages comes with its beginning and whole as a file. `rich` False:
    without embeds and files, for places where they aren't allowed, in however many messages. `mentioned` is
    the user who is called by the first message; nobody else ever is.
    """
    language = locale_language(reply.language)
    call = f"<@{mentioned}> " if mentioned is not None else ""
    blocks, files = _body(reply, language, rich)
    listed = sources.items(reply.citations, language)
    embed = _sources(listed, reply.tone, language) if rich else None
    if listed and embed is None:
        blocks += [Text((plain(title(language), "**"),)), *listed]
    texts = _texts(blocks, call)
    if rich and (len(texts) > most or len(reply.text) > LONG):
        texts = [call + _beginning(reply, language)]
        files = [*in_files(document(reply), file_name(reply), ATTACHMENT_BYTES), *files]
    rows = [
        *controls.rows_of(reply.actions, language),
        *sources.passages(reply.citations, reply.course, language),
    ]
    messages = [Rendered(text) for text in texts]
    if embed is not None:
        messages[-1] = replace(messages[-1], embeds=(embed,))
    messages = _with_files(messages, files)
    messages = _with_rows(messages, controls.by_message(rows), language)
    if mentioned is not None:
        messages[0] = replace(messages[0], mentioned=mentioned)
    return [_told(message) for message in messages]


def _body(reply: Reply, language: Language, rich: bool) -> tuple[list[Block], list[Attached]]:
    """All that stands in the text, and what is attached to it."""
    text = clean(reply.text)
    blocks: list[Block] = list(parse(text if not rich else text[: LONG + 1]))
    files: list[Attached] = []
    blocks += _progress(reply)
    if reply.table is not None and (reply.table.rows or any(reply.table.header)):
        table = reply.table
        if rich and len(table.rows) > tables.MOST_ROWS:
            files += in_files(as_csv(table), FILE, ATTACHMENT_BYTES)
            shown = replace(table, rows=table.rows[:SHOWN_ROWS])
            blocks += tables.table_blocks(shown)
            more = catalogue.say(
                language, "hosted.rest_of_table", count=len(table.rows) - len(shown.rows), file=FILE
            )
            blocks += parse(more)
        else:
            blocks += tables.table_blocks(table)
    if reply.image is not None:
        blocks += _picture(reply.image, files, rich)
    for file in reply.files:
        if rich and len(file.content) <= ATTACHMENT_BYTES:
            files.append(Attached(file.name, file.content))
        else:
            blocks += parse(catalogue.say(language, "hosted.no_file", file=file.name))
    blocks += [
        Text((plain(label),), "- ", "  ", gap=number == 0)
        for number, label in enumerate(controls.too_long(reply.actions))
    ]
    return blocks, files


def _progress(reply: Reply) -> list[Block]:
    if reply.progress is None:
        return []
    share = min(1.0, max(0.0, reply.progress))
    return [Text(((Run(bar(share), code=True), Run(f" {round(share * 100)} %")),), gap=False)]


def _picture(image: Image, files: list[Attached], rich: bool) -> list[Block]:
    """Attaches the picture; the text tells what it shows where the picture or its alt text can't."""
    alt = one_line(image.alt)
    attached = rich and len(image.png) <= ATTACHMENT_BYTES
    if attached:
        files.append(Attached(picture_name(image), image.png, shortened(alt, DESCRIPTION)))
    return [Text((plain(alt),))] if alt and (not attached or size(alt) > DESCRIPTION) else []


def _texts(blocks: Sequence[Block], call: str) -> list[str]:
    """The blocks as contents, the first behind the call."""
    pages = pack(blocks, CONTENT - size(call)) or [""]
    return [f"{call}{pages[0]}".rstrip(" "), *pages[1:]]


def _beginning(reply: Reply, language: Language) -> str:
    """As much of a long text as one message shows, and where the rest is."""
    shown = pack(parse(clean(reply.text)[: 2 * _BEGINNING]), _BEGINNING)[:1]
    notice = parse(catalogue.say(language, "hosted.long", file=file_name(reply)))
    return "\n\n".join((*shown, *(block.text for block in (*notice, *_progress(reply)))))


def _sources(listed: Sequence[Text], tone: Tone, language: Language) -> Embed | None:
    """The list of sources as an embed; None where there is none or it is too long for one."""
    text = "\n".join(item.text for item in listed)
    if not listed or size(text) > EMBED_DESCRIPTION:
        return None
    return {"title": title(language), "description": text, "color": _COLOURS[tone]}


def _with_files(messages: list[Rendered], files: Sequence[Attached]) -> list[Rendered]:
    """The files at the last message, as far as they go into one."""
    for file in files:
        last = messages[-1]
        room = _FILES_ROOM - sum(len(one.data) for one in last.files)
        if len(last.files) == ATTACHMENTS or len(file.data) > room:
            messages = [*messages, Rendered(files=(file,))]
        else:
            messages = [*messages[:-1], replace(last, files=(*last.files, file))]
    return messages


def _with_rows(
    messages: list[Rendered], rows: Sequence[tuple[Component, ...]], language: Language
) -> list[Rendered]:
    """The first rows under the last message, the others under messages of their own."""
    if not rows:
        return messages
    more = catalogue.say(language, "hosted.more_buttons")
    return [
        *messages[:-1],
        replace(messages[-1], rows=rows[0]),
        *(Rendered(more, rows=further) for further in rows[1:]),
    ]


def _told(message: Rendered) -> Rendered:
    """Discord refuses a message in which nothing can be seen."""
    if message.embeds or message.files or not is_blank(message.content):
        return message
    return replace(message, content=_NOTHING)
