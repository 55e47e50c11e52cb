"""Puts a reply's messages together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core import catalogue
from bot.core.bars import bar
from bot.core.language import locale_language
from bot.core.reply import Image, Reply, Tone
from bot.platforms.hosted.render import markdown
from bot.platforms.hosted.render.attached import Attached
from bot.platforms.hosted.render.document import document, file_name, in_files, picture_name
from bot.platforms.hosted.render.inline import plain
from bot.platforms.hosted.render.measure import clean, cut_within, is_blank, one_line, shortened
from bot.platforms.hosted.render.prose import Paragraph, line
from bot.platforms.hosted.render.runs import Run
from bot.platforms.slack.render import controls, rich, sources, tables
from bot.platforms.slack.render.feedback import thumbs
from bot.platforms.slack.render.limits import BLOCKS, DESCRIPTION, FILE_BYTES, TEXT, TOTAL, size
from bot.platforms.slack.render.pages import PAGE, Page, pack, weigh
from bot.platforms.slack.render.rendered import Rendered
from bot.platforms.slack.render.rich import Block, Part
from knowledge.notes import Language

MOST_MESSAGES = 3
"""A longer reply is shown with its beginning, and whole in a file."""
LONG = 24_000
"""Characters from which on a text is not even tried in messages: reading it takes time."""

_NOTHING = "…"
_BEGINNING = 3000
_ACCENTS: dict[Tone, str] = {"error": "⚠️ ", "success": "✅ "}


def render(
    reply: Reply, *, most: int = MOST_MESSAGES, rich: bool = True, mentioned: str | None = None
) -> list[Rendered]:
    """The messages that say it, in order; at least one.

    A text that needs more than `most` messages comes with its beginning and whole as a file. `rich` False:
    without files, for places where none can be, in however many messages. `mentioned` is the id of the user
    who is called by the first message; nobody else ever is.
    """
    language = locale_language(reply.language)
    parts, files = _parts(reply, language, rich)
    listed = sources.parts(reply.citations, language)
    pages = pack([*parts, *listed])
    if rich and (len(pages) > most or len(reply.text) > LONG):
        short = listed if sum(weigh(one) for one in listed) < PAGE // 3 else []
        pages = pack([*_beginning(reply, language), *short])
        files = [*in_files(document(reply), file_name(reply), FILE_BYTES), *files]
    buttons = [
        *controls.blocks_of(reply.actions, language),
        *sources.passages(reply.citations, reply.course, language),
        *thumbs(reply, language),
    ]
    messages = [
        _message(page, mentioned if not number else None) for number, page in enumerate(pages or [()])
    ]
    first, *further = controls.by_message(messages[-1].blocks, buttons, TOTAL, BLOCKS)
    messages[-1] = _with(messages[-1], first)
    more = markdown.parse(catalogue.say(language, "hosted.more_buttons"))
    above = _message(tuple(one for one in more if isinstance(one, Paragraph)), None)
    messages += [_with(above, one) for one in further]
    messages[-1] = replace(messages[-1], files=tuple(files))
    if reply.tone == "answer":
        messages = [replace(one, flows=True) for one in messages]
    return messages


def escaped(text: str) -> str:
    """Text that shows itself wherever Slack reads its own markup: no mention, no link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _parts(reply: Reply, language: Language, whole: bool) -> tuple[list[Part], list[Attached]]:
    """All that stands in the words, and what is uploaded with them."""
    text = clean(reply.text)
    prose = markdown.parse(text if not whole else text[: LONG + 1])
    table = reply.table if reply.table and (reply.table.rows or any(reply.table.header)) else None
    parts = _accented(list(tables.parts(prose, last=table is None)), reply.tone)
    files: list[Attached] = []
    parts += _progress(reply)
    if reply.image is not None:
        parts += _picture(reply.image, files, whole)
    for file in reply.files:
        if whole and len(file.content) <= FILE_BYTES:
            files.append(Attached(file.name, file.content))
        else:
            parts += tables.parts(
                markdown.parse(catalogue.say(language, "hosted.no_file", file=file.name)), last=False
            )
    parts += [
        line(plain(label), marker="- ", gap=number == 0)
        for number, label in enumerate(controls.too_long(reply.actions))
    ]
    if table is not None:
        shown, attached = tables.table_parts(table, language, rich=whole)
        parts += shown
        files += attached
    return parts, files


def _accented(parts: list[Part], tone: Tone) -> list[Part]:
    """The parts with a sign of the tone before the first words, if they stand by themselves."""
    first = parts[0] if parts else None
    accent = _ACCENTS.get(tone)
    if not accent or not isinstance(first, Paragraph):
        return parts
    if first.heading or first.at.lists or first.at.quotes:
        return parts
    return [replace(first, lines=((Run(accent), *first.lines[0]), *first.lines[1:])), *parts[1:]]


def _progress(reply: Reply) -> list[Part]:
    if reply.progress is None:
        return []
    share = min(1.0, max(0.0, reply.progress))
    return [line((Run(bar(share), code=True), Run(f" {round(share * 100)} %")), gap=False)]


def _picture(image: Image, files: list[Attached], whole: bool) -> list[Part]:
    """Attaches the picture; the text tells what it shows where the picture or its alt text can't."""
    alt = one_line(image.alt)
    attached = whole and len(image.png) <= FILE_BYTES
    if attached:
        files.append(Attached(picture_name(image), image.png, shortened(alt, DESCRIPTION, size)))
    return [line(plain(alt))] if alt and (not attached or size(alt) > DESCRIPTION) else []


def _beginning(reply: Reply, language: Language) -> list[Part]:
    """As much of a long text as is worth showing, and where the rest is."""
    prose = markdown.parse(clean(reply.text)[: 2 * _BEGINNING])
    shown = pack(tables.parts(prose, last=False), _BEGINNING)[:1]
    notice = markdown.parse(catalogue.say(language, "hosted.long", file=file_name(reply)))
    below = [replace(one, at=replace(one.at, gap=True)) for one in notice if isinstance(one, Paragraph)]
    return [*(part for page in shown for part in page), *below, *_progress(reply)]


def _message(page: Page, mentioned: str | None) -> Rendered:
    blocks = rich.blocks(page, mentioned or "")
    told = rich.told(page)
    if is_blank(told):
        page = (line((Run(_NOTHING),)),)
        blocks, told = rich.blocks(page, mentioned or ""), _NOTHING
    call = f"<@{mentioned}> " if mentioned else ""
    return Rendered(call + escaped(_fallback(told, TEXT - len(call))), tuple(blocks))


def _fallback(told: str, room: int) -> str:
    if size(told) <= room:
        return told
    return told[: cut_within(told, room - 1, size)].rstrip() + _NOTHING


def _with(message: Rendered, buttons: Sequence[Block]) -> Rendered:
    return replace(message, blocks=tuple(controls.identified([*message.blocks, *buttons])))
