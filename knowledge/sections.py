"""A note cut at its headings."""

from __future__ import annotations

import json
from collections import Counter

from markdown_it.token import Token

from knowledge.markdown import block_tokens, top_headings
from knowledge.notes import Section, content_hash


def split_sections(path: str, text: str) -> tuple[Section, ...]:
    """The sections of a note, in order; joined by newlines, their texts are the note again.

    Headings are CommonMark's (ATX and setext, not inside code, HTML, front matter, lists or quotes).
    `text` has \\n for newlines; `path` decides whether it is read as MDX and goes into the ids.
    """
    lines = text.split("\n")
    headings = list(top_headings(block_tokens(text, _is_mdx(path))))
    starts = [(0, 0, "")] if not headings or headings[0][1] > 0 else []
    starts += [(level, first, title) for level, first, _, title in headings]
    ends = [first for _, first, _ in starts[1:]] + [len(lines)]

    sections: list[Section] = []
    ancestry: list[tuple[int, str]] = []
    seen: Counter[tuple[str, ...]] = Counter()
    for (level, first, title), end in zip(starts, ends, strict=True):
        while ancestry and ancestry[-1][0] >= level:
            ancestry.pop()
        path_of_headings = tuple(name for _, name in ancestry if name) + ((title,) if level else ())
        if level:
            ancestry.append((level, title))
        sections.append(
            Section(
                id=_section_id(path, path_of_headings, seen[path_of_headings]),
                note=path,
                headings=path_of_headings,
                level=level,
                start=first + 1,
                end=end,
                text="\n".join(lines[first:end]),
            )
        )
        seen[path_of_headings] += 1
    return tuple(sections)


def section_tokens(section: Section) -> list[Token]:
    """The block tokens of a section read by itself."""
    return block_tokens(section.text, _is_mdx(section.note))


def _is_mdx(path: str) -> bool:
    return path.lower().endswith(".mdx")


def _section_id(note: str, headings: tuple[str, ...], occurrence: int) -> str:
    return content_hash(json.dumps([note, headings, occurrence], ensure_ascii=False))[:16]
