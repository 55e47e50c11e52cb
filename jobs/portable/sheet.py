"""Tables as CSV files (RFC 4180) that spreadsheets open as they are: UTF-8 with its mark, no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from jobs.portable.history import Answered, History, Planned
from jobs.review.choices import from_json
from jobs.tables import CardRow

_LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
_CARD = (
    *("course", "note", "headings", "start", "end", "kind", "question", "choices", "expected"),
    *("answer", "explanation"),
)


def answers(told: History) -> bytes:
    """A line for each asking, oldest first; the columns are `Answered`'s."""
    return _table([field.name for field in fields(Answered)], (_values(one) for one in told.answered))


def schedule(told: History) -> bytes:
    """A line for each review to come, soonest first; the columns are `Planned`'s."""
    return _table([field.name for field in fields(Planned)], (_values(one) for one in told.planned))


def questions(cards: Iterable[CardRow]) -> bytes:
    """A line for each card: what is asked, what is right, and where it stands."""
    return _table(
        _CARD,
        (
            (
                card.course_id,
                card.source or card.note,
                " > ".join(card.headings),
                card.start,
                card.end,
                card.origin,
                card.prompt,
                "\n".join(f"[{'x' if one.correct else ' '}] {one.text}" for one in from_json(card.choices)),
                "\n".join(card.expected or ()),
                card.answer,
                card.explanation,
            )
            for card in cards
        ),
    )


def _values(one: Answered | Planned) -> tuple[object, ...]:
    return tuple(getattr(one, field.name) for field in fields(one))


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(header)
    sheet.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, tuple):
        value = " > ".join(value)
    if isinstance(value, str):
        value = value.replace("\0", "")
        return f"'{value}" if value.startswith(_LIVE) else value
    return value
