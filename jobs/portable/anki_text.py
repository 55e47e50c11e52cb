"""Anki's *Notes in Plain Text* as a note of the course: each card a `Q:` with its `A:`.

The format is the one of Anki's manual, "Importing, Text Files": lines `#key:value` first, then one note a
line with fields apart by a separator, quoted as in CSV where they hold it or a newline. The columns of
note id, note type, deck and tags are named in the head; of the rest, the first is the question and what
follows its answer. A cloze note (`{{c1::hidden::hint}}`) gives a question for each of its numbers.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from jobs.errors import ImportRefused

MOST = 20_000
"""Notes of one file."""
_HEAD = re.compile(
    r"^#(?P<key>separator|html|tags|columns|notetype|deck|if matches"
    r"|(?:notetype|deck|tags|guid) column)\s*:(?P<value>.*)$",
    re.IGNORECASE,
)
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "space": " ", "pipe": "|", "colon": ":"}
_CLOZE = re.compile(r"\{\{c(?P<number>\d+)::(?P<hidden>.*?)(?:::(?P<hint>.*?))?\}\}", re.DOTALL)
_SOUND = re.compile(r"\[sound:[^\]]*\]")
_MATH = re.compile(r"\\[(\[](.*?)\\[)\]]|\[\$\$?\](.*?)\[/\$\$?\]", re.DOTALL)
_LABEL = re.compile(r"^(?P<label>\s*(?:[QA]|В|О|问|答)\s*)(?=[:：])", re.IGNORECASE)
_BLOCKS = {"div", "p", "br", "li", "ul", "ol", "tr", "hr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`", "kbd": "`", "tt": "`"}


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with its answer, as lines of Markdown without blank ones; the answer may have several."""

    deck: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds."""

    pairs: tuple[Pair, ...]
    skipped: int
    """Notes without a question or an answer: pictures and sounds alone."""


@dataclass(frozen=True, slots=True)
class _Head:
    separator: str
    html: bool
    deck: str
    deck_column: int
    """0-based; -1: none. So are `apart`."""
    apart: frozenset[int]


def is_export(content: bytes) -> bool:
    """Whether a text file says by its first line that it is Anki's."""
    first = content[:200].decode("utf-8-sig", "replace").split("\n", 1)[0].rstrip("\r")
    return bool(_HEAD.match(first))


def read_export(content: bytes) -> Imported:
    """The cards of an export, in its order, each question once.

    `ImportRefused`: `error.import_encoding` where it isn't UTF-8, `error.import_table` (`line`) where it
    can't be parted into fields, `error.import_empty` where it holds no question with an answer,
    `error.import_long` (`most`) where it holds too many.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused("error.import_encoding") from error
    head, body = _head(text.replace("\0", ""))
    pairs: dict[str, Pair] = {}
    skipped = 0
    for fields in _rows(head, body):
        found = list(_pairs(head, fields))
        skipped += not found
        for pair in found:
            pairs.setdefault(pair.question.casefold(), pair)
        if len(pairs) > MOST:
            raise ImportRefused("error.import_long", most=MOST)
    if not pairs:
        raise ImportRefused("error.import_empty")
    return Imported(tuple(pairs.values()), skipped)


def as_note(imported: Imported, title: str) -> str:
    """The note that says the same, a section for each deck. Recap reads its cards from the `Q:` lines."""
    decks: dict[str, list[Pair]] = {}
    for pair in imported.pairs:
        decks.setdefault(pair.deck, []).append(pair)
    parts = [f"# {_line(title)}"]
    for deck, pairs in decks.items():
        if deck:
            parts.append(f"## {_line(deck.replace('::', ' – '))}")
        parts += [f"Q: {pair.question}\nA: {pair.answer}" for pair in pairs]
    return "\n\n".join(parts) + "\n"


def _head(text: str) -> tuple[_Head, str]:
    """The head's values, and what stands under it."""
    given: dict[str, str] = {}
    place = 0
    lines = text.splitlines(keepends=True)
    for line in lines:
        match = _HEAD.match(line.rstrip("\r\n"))
        if match is None:
            break
        given[match["key"].casefold()] = match["value"].strip(" \r\n") or match["value"]
        place += 1
    body = "".join(lines[place:])
    named = given.get("separator", "")
    separator = _SEPARATORS.get(named.casefold()) or named[:1] or _guessed(body)
    columns = {key: _column(value) for key, value in given.items() if key.endswith("column")}
    head = _Head(
        separator,
        given.get("html", "").casefold() != "false" if "html" in given else "<" in body,
        given.get("deck", ""),
        columns.get("deck column", -1),
        frozenset(columns.values()),
    )
    return head, body


def _column(value: str) -> int:
    return int(value) - 1 if value.isascii() and value.isdigit() else -1


def _guessed(body: str) -> str:
    """The separator of a file that names none: a tab, else what its first line holds."""
    first = body.split("\n", 1)[0]
    return next((sign for sign in ("\t", ";", "|", ",") if sign in first), "\t")


def _rows(head: _Head, body: str) -> Iterator[Sequence[str]]:
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=head.separator, strict=False)
    before = csv.field_size_limit(max(len(body), 131_072))
    try:
        for row in rows:
            if any(field.strip() for field in row) and not row[0].startswith("#"):
                yield row
    except csv.Error as error:
        raise ImportRefused("error.import_table", line=rows.line_num) from error
    finally:
        csv.field_size_limit(before)


def _pairs(head: _Head, fields: Sequence[str]) -> Iterator[Pair]:
    deck = head.deck
    if 0 <= head.deck_column < len(fields):
        deck = fields[head.deck_column]
    told = [field for place, field in enumerate(fields) if place not in head.apart]
    if any(_CLOZE.search(field) for field in told):
        yield from _clozes(head, deck, told)
        return
    texts = [_plain(field, head.html) for field in told]
    question = _line(texts[0]) if texts else ""
    answer = _lines([text for text in texts[1:] if text])
    if question and answer:
        yield Pair(deck, _unlabelled(question), answer)


def _clozes(head: _Head, deck: str, fields: Sequence[str]) -> Iterator[Pair]:
    """A question for each number: what it hides is a gap, what the others hide stands there."""
    place = next(place for place, field in enumerate(fields) if _CLOZE.search(field))
    numbers = dict.fromkeys(match["number"] for match in _CLOZE.finditer(fields[place]))
    rest = [_plain(field, head.html) for field in fields[place + 1 :]]
    for number in numbers:
        hidden: list[str] = []

        def gap(match: re.Match[str], number: str = number, hidden: list[str] = hidden) -> str:
            if match["number"] != number:
                return match["hidden"]
            hidden.append(match["hidden"])
            return f"_____ ({match['hint']})" if match["hint"] else "_____"

        question = _line(_plain(_CLOZE.sub(gap, fields[place]), head.html))
        answers = [_plain(one, head.html) for one in dict.fromkeys(hidden)]
        answer = _lines([", ".join(_line(one) for one in answers if one), *(text for text in rest if text)])
        if answers and question and answer:
            yield Pair(deck, _unlabelled(question), answer)


def _plain(field: str, is_html: bool) -> str:
    """A field as Markdown: its marks as signs, its blocks as lines, without sounds, pictures and styles."""
    text = _SOUND.sub("", field)
    text = _MATH.sub(lambda match: f"${(match[1] or match[2] or '').strip()}$", text)
    if not is_html:
        return text
    reader = _Html()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


class _Html(HTMLParser):
    """Collects the text of a field."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self._hidden += 1
        elif tag == "img":
            alt = dict(attrs).get("alt") or ""
            self.parts.append(html.unescape(alt))
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        else:
            self.parts.append(_MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._hidden = max(self._hidden - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")
        else:
            self.parts.append(_MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _line(text: str) -> str:
    """On one line."""
    return " ".join(text.split())


def _lines(texts: Sequence[str]) -> str:
    """Without blank lines, none of which begins a question or an answer of its own."""
    lines = [line for text in texts for one in text.splitlines() if (line := _line(one)).strip("-*`_ ")]
    return "\n".join([*lines[:1], *(_unlabelled(line) for line in lines[1:])])


def _unlabelled(line: str) -> str:
    """A text that begins like a label (`Q:`) with its colon set apart, so that it is none."""
    line = re.sub(r"^#+(?=\s)", lambda match: "\\" + match[0], line)
    return _LABEL.sub(lambda match: f"{match['label'].rstrip()} ", line)
