"""A `Reply`: what Recap says, neutral. Each platform renders it within its own limits.

`text` is a Markdown subset: paragraphs, headings, lists, block quotes, tables, fenced code, emphasis,
inline code, links. `[1]` in it refers to the first citation. Mentions in it are only text.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, Literal

from knowledge.notes import Citation

Tone = Literal["plain", "answer", "question", "result", "note", "progress", "success", "error"]
Style = Literal["plain", "primary", "danger"]


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a form."""

    name: str
    label: str
    value: str = ""
    multiline: bool = False
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    """(value, label) pairs; empty: free text."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button; one with fields opens a form whose submission is the press.

    `id` holds all that is needed to act on it (`rate?attempt=12&rating=3`, at most 100 characters), so
    that a button works after any restart.
    """

    id: str
    label: str
    style: Style = "plain"
    fields: tuple[Field, ...] = ()
    group: str = ""
    """Actions of one message and one group are alternatives: once one has been carried out, a platform
    that can shows the others as settled. Empty: the action stands alone."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture. What it tells stands in `alt` as well, for who can't see it.

    Its pixels are for dense screens: it is meant to be seen at half its width and height.
    """

    png: bytes
    alt: str
    name: str = "picture.png"


@dataclass(frozen=True, slots=True)
class File:
    """A file to take along. Where a platform can't give it, it says so by the file's name."""

    name: str
    """Letters, digits, `.`, `_` and `-` of ASCII."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What Recap says to one turn, or unasked."""

    text: str
    tone: Tone = "plain"
    citations: tuple[Citation, ...] = ()
    table: Table | None = None
    image: Image | None = None
    actions: tuple[Action, ...] = ()
    progress: float | None = None
    """Share done, 0.0-1.0, of a message that will be edited."""
    private: bool = False
    """Only for the person who did the turn."""
    language: str = "en"
    course: str = ""
    """The course it is about, whose notes it cites; empty: the only one."""
    feedback: str = ""
    """The stem of the actions that tell whether it helped (`bot.core.feedback`); empty: it isn't judged."""
    files: tuple[File, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON types; `from_json` gives an equal reply back."""
        return _plain(self)  # type: ignore[no-any-return]

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Reply:
        table, image = data.get("table"), data.get("image")
        return cls(
            text=data["text"],
            tone=data["tone"],
            citations=tuple(
                Citation(**{**citation, "headings": tuple(citation["headings"])})
                for citation in data["citations"]
            ),
            table=_table(table) if table else None,
            image=Image(b64decode(image["png"]), image["alt"], image["name"]) if image else None,
            actions=tuple(_action(action) for action in data["actions"]),
            progress=data["progress"],
            private=data["private"],
            language=data["language"],
            course=data.get("course", ""),
            feedback=data.get("feedback", ""),
            files=tuple(File(one["name"], b64decode(one["content"])) for one in data.get("files", ())),
        )


def _table(data: dict[str, Any]) -> Table:
    return Table(tuple(data["header"]), tuple(tuple(row) for row in data["rows"]))


def _action(data: dict[str, Any]) -> Action:
    fields = tuple(
        Field(**{**field, "choices": tuple((value, label) for value, label in field["choices"])})
        for field in data["fields"]
    )
    return Action(data["id"], data["label"], data["style"], fields, data.get("group", ""))


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    return value
