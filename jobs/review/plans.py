"""Review plans: a table or a list in a note that says when to ask what."""

from __future__ import annotations

import re

from jobs.review.blocks import blocks, rows
from jobs.review.ladder import read_interval
from jobs.review.prompts import Prompt, plain, prompt_at
from knowledge.notes import Note, Section

PLAN = re.compile(
    r"spaced|review (plan|schedule|prompt)|(plan|schedule) (for|of) review|revision (plan|schedule)"
    r"|преговор|повторени|припомняне|复习|複習|温习",
    re.IGNORECASE,
)


def plan(note: Note) -> list[Prompt]:
    """The prompts of the note's review plan, a table or a list that says when to ask what."""
    found: list[Prompt] = []
    for section in note.sections:
        headed = any(PLAN.search(heading) for heading in section.headings)
        found += _plan_table(section, headed)
        if headed:
            found += _plan_list(section)
    return found


def _plan_table(section: Section, headed: bool) -> list[Prompt]:
    found: list[Prompt] = []
    for row in rows(section):
        if not headed and not any(PLAN.search(cell) for cell in row.header):
            continue
        timed = [(read_interval(plain(cell)), position) for position, cell in enumerate(row.cells)]
        interval, when = next(((read, at) for read, at in timed if read), (None, -1))
        texts = [cell for position, cell in enumerate(row.cells) if position != when and len(cell) > 1]
        if interval and texts:
            text = max(texts, key=len)
            found.append(prompt_at("plan", text, section, row.line, row.line, interval))
    return found


def _plan_list(section: Section) -> list[Prompt]:
    found: list[Prompt] = []
    for block in blocks(section):
        label, separator, text = _split(plain(block.text))
        interval = read_interval(label) if separator else None
        if interval and text:
            found.append(prompt_at("plan", text, section, block.start, block.end, interval))
    return found


def _split(text: str) -> tuple[str, str, str]:
    match = re.search(r"\s*(?:[:：]|\s[–—-])\s*", text)
    if match is None:
        return text, "", ""
    return text[: match.start()], match.group(), text[match.end() :]
