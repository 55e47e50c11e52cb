"""A note's stored cards brought in step with what the note says now, their history kept.

| the note                                    | the card                                                     |
|---------------------------------------------|--------------------------------------------------------------|
| asks the same, its lines may have moved     | stays as it is                                               |
| tells the same in other words               | is reworded; schedule and attempts stay                      |
| tells another fact (`jobs.review.facts`)    | is paused: not asked until an admin takes the new one        |
| is back at what it said before that         | is asked again                                               |
| asks it no more                             | is retired, never deleted; asked again when it comes back    |

A card that an admin withdrew follows its note too, and stays withdrawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.review.cards import Card
from jobs.review.choices import Choice, from_json, to_json
from jobs.review.facts import Content, fact_changed, likeness
from jobs.review.matching import AUTHORED
from jobs.review.records import CardReport
from jobs.tables import CardRow
from knowledge.notes import Note
from knowledge.store import insert
from knowledge.tables import CourseRow

FIELDS = (
    "key",
    "interval",
    "prompt",
    "choices",
    "explanation",
    "expected",
    "run",
    "source",
    "section_id",
    "section_hash",
    "headings",
    "start",
    "end",
    "answer",
)
"""What of a card waits for a yes while it is paused."""
_TOLD = ("prompt", "choices", "explanation", "expected", "answer")


@dataclass(slots=True)
class Kept:
    """What became of a note's cards."""

    report: CardReport
    moved: dict[str, str] = field(default_factory=dict)
    """The ids of sections that have another heading now: old to new."""


def keep(
    session: Session,
    course: str,
    note: Note,
    cards: Sequence[Card],
    defined: Collection[str],
    now: datetime,
) -> Kept:
    """Makes the note's rows say what its cards are. `defined`: the note's terms."""
    # One at a time, so that two processes that refresh at once do it once.
    session.execute(select(CourseRow).where(CourseRow.id == course).with_for_update(key_share=True))
    query = select(CardRow).where(CardRow.course_id == course, CardRow.note == note.path)
    rows = {row.key: row for row in session.scalars(query.execution_options(populate_existing=True))}
    keys = {card.key for card in cards}
    outcomes: Counter[str] = Counter()
    moves: list[tuple[str, str]] = []
    for position, card in enumerate(cards):
        row = rows.pop(card.key, None)
        if row is None and card.was not in keys:
            row = rows.pop(card.was, None)
        values = says(card)
        if row is None:
            _add(session, course, note, values, {"origin": card.origin, "position": position}, now)
            outcomes["added"] += 1
            continue
        if row.state != "retired":
            moves.append((row.section_id, card.section.id))
        row.position, row.language = position, note.language
        outcomes[_follow(row, card, values, defined)] += 1
        # Before another card may take the key that this one had.
        session.flush()
    outcomes["retired"] = retire(rows.values())
    session.flush()
    counted = {name: outcomes[name] for name in ("added", "kept", "reworded", "paused", "retired")}
    return Kept(CardReport(notes=1, **counted), _moved(note, moves))


def retire(rows: Iterable[CardRow]) -> int:
    """Nothing asks these any more; tells how many were asked until now, or waited for a yes."""
    retired = 0
    for row in rows:
        if row.state in ("active", "paused"):
            retired += 1
            row.state, row.pending = "retired", None
    return retired


def says(card: Card) -> dict[str, Any]:
    """A card as a row keeps it: `FIELDS`."""
    return {
        "key": card.key,
        "interval": card.interval,
        "prompt": card.prompt,
        "choices": to_json(card.choices) or None,
        "explanation": card.explanation,
        "expected": list(card.expected) or None,
        "run": dict(card.run) if card.run else None,
        "source": card.source,
        "section_id": card.section.id,
        "section_hash": card.section.hash,
        "headings": list(card.section.headings),
        "start": card.start,
        "end": card.end,
        "answer": card.answer,
    }


def take(session: Session, row: CardRow, values: Mapping[str, Any]) -> None:
    """From now on the card says and asks that."""
    taken = session.scalar(
        select(CardRow.id).where(
            CardRow.course_id == row.course_id, CardRow.key == values["key"], CardRow.id != row.id
        )
    )
    for name, value in values.items():
        if not (name == "key" and taken is not None):
            setattr(row, name, value)
    row.pending, row.state = None, "active"


def _add(
    session: Session,
    course: str,
    note: Note,
    values: Mapping[str, Any],
    place: Mapping[str, Any],
    now: datetime,
) -> None:
    session.execute(
        insert(session, CardRow)
        .values(
            **values,
            **place,
            course_id=course,
            note=note.path,
            language=note.language,
            state="active",
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["course_id", "key"])
    )


def _follow(row: CardRow, card: Card, values: dict[str, Any], defined: Collection[str]) -> str:
    """Brings one row in step; tells what that was."""
    told = {name: getattr(row, name) for name in _TOLD}
    same = all(told[name] == values[name] for name in _TOLD)
    if row.state == "withdrawn":
        row.pending = values
        return "withdrawn"
    if not same and _other_fact(row, card, values, defined):
        waited = row.state == "paused" and row.pending == values
        row.state, row.pending = "paused", values
        return "waits" if waited else "paused"
    back = row.state == "retired"
    for name, value in values.items():
        setattr(row, name, value)
    row.state, row.pending = "active", None
    return "added" if back else "kept" if same else "reworded"


def _other_fact(row: CardRow, card: Card, values: Mapping[str, Any], defined: Collection[str]) -> bool:
    choices = from_json(row.choices)
    # A made question is worded after its passage and heading, which say by themselves what has changed.
    asked = (row.prompt, card.prompt) if card.origin in AUTHORED else ("", "")
    before = Content(asked[0], _answer(row.answer, choices, row.explanation), choices)
    after = Content(asked[1], _answer(values["answer"], card.choices, card.explanation), card.choices)
    if card.intact:
        # The note still says word for word what it said: another passage was found that says it better.
        before, after = (Content(one.prompt, "", one.choices) for one in (before, after))
    return _expects_other(row.expected or (), card.expected) or fact_changed(before, after, defined)


def _expects_other(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether what was right to type into the gap is wrong now."""
    return bool(before) and not any(
        likeness(before[0], one) == 1.0 and not fact_changed(Content(before[0], ""), Content(one, ""))
        for one in after
    )


def _answer(answer: str, choices: Sequence[Choice], explanation: str) -> str:
    """All that a learner is told once the question is answered."""
    reasons = (choice.explain for choice in choices if choice.correct)
    return "\n\n".join(dict.fromkeys(text for text in (answer, *reasons, explanation) if text))


def _moved(note: Note, moves: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Of sections whose id the note has no more, where most of their cards are now."""
    there = {section.id for section in note.sections}
    gone: dict[str, Counter[str]] = {}
    for old, new in moves:
        if old != new and old not in there:
            gone.setdefault(old, Counter())[new] += 1
    return {old: targets.most_common(1)[0][0] for old, targets in gone.items()}
