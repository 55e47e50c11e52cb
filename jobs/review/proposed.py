"""Proposed questions that are a note's cards already: they stay while their section says what it said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from jobs.review.choices import from_json
from jobs.review.prompts import Prompt
from jobs.tables import CardRow
from knowledge.notes import Note

ORIGIN = "proposed"


def proposed(
    note: Note, rows: Iterable[CardRow], fresh: Iterable[Prompt], covered: Collection[str]
) -> list[Prompt]:
    """The proposed questions of a note, where they stand now, in its order; retired ones may come back.

    Of its `rows` and of what is `fresh` those whose section is word for word what it was. `covered`: ids of
    sections that the author asks about by now; they need none.
    """
    there = {(section.id, section.hash): section for section in note.sections}
    found: list[Prompt] = []
    for row in rows:
        section = there.get((row.section_id, row.section_hash)) if row.origin == ORIGIN else None
        if section is None or row.answer not in section.text:
            continue
        start = section.start + section.text[: section.text.index(row.answer)].count("\n")
        choices, expected = from_json(row.choices), tuple(row.expected or ())
        end = start + row.answer.count("\n")
        found.append(
            Prompt(ORIGIN, row.prompt, section, start, end, own=True, choices=choices, expected=expected)
        )
    for prompt in fresh:
        section = there.get((prompt.section.id, prompt.section.hash))
        if section is not None:
            moved = section.start - prompt.section.start
            found.append(replace(prompt, section=section, start=prompt.start + moved, end=prompt.end + moved))
    left = [prompt for prompt in found if prompt.section.id not in covered]
    return sorted(left, key=lambda prompt: (prompt.start, prompt.end, prompt.text))
