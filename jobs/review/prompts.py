"""A question as a note gives it, before it becomes a card."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jobs.review.choices import Choice
from jobs.review.ladder import Interval
from knowledge.notes import Section

NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}(?:\.\d{1,3})*[.):、．]?|[一二三四五六七八九十]+[、.])\s+|^[#>\s]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question, and the lines that it stands in."""

    origin: str
    """plan | quiz | definition | choice | cloze | list | table | code | order | predict | proposed
    | recall | section"""
    text: str
    section: Section
    start: int
    end: int
    interval: Interval | None = None
    own: bool = False
    """Its own lines answer it; else the answer stands elsewhere in the note."""
    choices: tuple[Choice, ...] = ()
    """As the note lists them; empty: to be answered freely."""
    explanation: str = ""
    """What the author says behind the choices; Markdown on one line."""
    expected: tuple[str, ...] = ()
    """What fills the gap, the note's own word first, then what counts as the same; empty: there is none."""
    run: Mapping[str, Any] | None = None
    """What a model is to do with it (`jobs.review.predict.Run`); None: nothing."""
    quality: float = 0.0
    """How good a made question is likely to be, among those of its note; higher is better."""


_ANCHOR = re.compile(r"\s*\[\[[^\[\]]*\]\]\s*$")


def heading(title: str) -> str:
    """A heading as it is spoken of: without its number, its anchor and pictographs."""
    title = re.sub(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]", "", _ANCHOR.sub("", title))
    return NUMBERING.sub("", title.strip()).strip()


def plain(text: str) -> str:
    """A question or term without bold, italics, links and tags; `code` stays."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"<[^<>]+>", "", text)
    text = re.sub(r"(?<!\w)(\*\*|__|\*|_)(?=\S)(.+?)(?<=\S)\1(?!\w)", r"\2", text)
    return " ".join(text.replace("**", "").split())


def prompt_at(
    origin: str,
    text: str,
    section: Section,
    start: int,
    end: int,
    interval: Interval | None = None,
    own: bool = False,
) -> Prompt:
    """A prompt whose text is freed of its markup."""
    return Prompt(origin, plain(text), section, start, end, interval, own)
