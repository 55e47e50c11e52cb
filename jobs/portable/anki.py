"""Cards as an Anki package, by genanki.

A card is the same note in Anki whenever it is exported (its id comes from the course and the card's key), so
that importing a later package brings changed answers and new questions, and keeps what Anki knows of the old
ones. The ids of the note type are fixed numbers, as genanki's documentation asks for.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path

import genanki
from markdown_it import MarkdownIt

from jobs.review.choices import Choice, from_json, shuffled
from jobs.review.predict import Run
from jobs.tables import CardRow

_NOTE_TYPE = 1_847_302_611
_STYLE = """
.card { font-family: system-ui, sans-serif; font-size: 20px; line-height: 1.45; text-align: left;
  max-width: 42em; margin: 0 auto; padding: 1em; }
.card pre { overflow-x: auto; padding: .6em .8em; border: 1px solid #8886; border-radius: 6px; }
.card ol.choices { list-style: upper-alpha; }
.card .source { margin-top: 1.2em; font-size: 14px; opacity: .7; }
"""
_FRONT = "{{Question}}"
_BACK = '{{FrontSide}}<hr id="answer">{{Answer}}<div class="source">{{Source}}</div>'
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])


def package(cards: Iterable[CardRow], titles: Mapping[str, str], now: datetime) -> bytes:
    """An `.apkg` with a deck for each note, `Recap::course::note`.

    `titles` names the courses by their ids; one that is missing goes by its id.
    """
    model = _model()
    decks: dict[tuple[str, str], genanki.Deck] = {}
    for card in cards:
        place = (card.course_id, card.note)
        if place not in decks:
            name = "::".join(("Recap", _part(titles.get(card.course_id, card.course_id)), _part(card.note)))
            decks[place] = genanki.Deck(_number("\n".join(place)), name)
        decks[place].add_note(_note(model, card))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "recap.apkg"
        genanki.Package(list(decks.values())).write_to_file(file, timestamp=now.timestamp())
        return file.read_bytes()


def _model() -> genanki.Model:
    return genanki.Model(
        _NOTE_TYPE,
        "Recap",
        fields=[{"name": "Question"}, {"name": "Answer"}, {"name": "Source"}],
        templates=[{"name": "Recap", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )


def _note(model: genanki.Model, card: CardRow) -> genanki.Note:
    choices = shuffled(from_json(card.choices), card.key)
    question = _html(card.prompt) + (_listed(choices) if choices else "")
    answer = _html(card.answer)
    if choices:
        right = "".join(f"<li>{_inline(one)}</li>" for one in choices if one.correct)
        answer = f"<ul>{right}</ul>{_html(card.explanation)}{answer}"
    if run := Run.from_json(card.run):  # nothing runs it there
        said = f"<p><b>{escape(run.answer)}</b> ({escape(run.model)})</p>"
        answer = f"{answer}{said}" if choices else f"{said}{answer}"
    elif card.expected:
        answer = f"<p><b>{escape(card.expected[0])}</b></p>{answer}"
    lines = f"{card.start}–{card.end}" if card.end > card.start else str(card.start)
    source = " § ".join(part for part in (card.source or card.note, " > ".join(card.headings)) if part)
    return genanki.Note(
        model=model,
        fields=[question, answer, escape(f"{source}, {lines}")],
        guid=genanki.guid_for("recap", card.course_id, card.key),
        tags=[_tag(card.note), _tag(card.origin)],
    )


def _listed(choices: tuple[Choice, ...]) -> str:
    items = "".join(f"<li>{_PARSER.renderInline(one.text)}</li>" for one in choices)
    return f'<ol class="choices">{items}</ol>'


def _inline(choice: Choice) -> str:
    text = _PARSER.renderInline(choice.text)
    return f"{text} – {_PARSER.renderInline(choice.explain)}" if choice.explain else text


def _html(text: str) -> str:
    return str(_PARSER.render(text.replace("\0", ""))) if text.strip() else ""


def _part(name: str) -> str:
    """A level of a deck's name: two colons would begin another one."""
    return " ".join(name.replace("::", ":").split()) or "–"


def _tag(name: str) -> str:
    """Anki parts tags at blanks."""
    return "recap::" + "_".join(name.replace("::", ":").split())


def _number(name: str) -> int:
    """An id as genanki wants them, from 2^30 to 2^31."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (1 << 30) + (1 << 30)
