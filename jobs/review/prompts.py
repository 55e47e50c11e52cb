"""A question as a note gives it, before it becomes a card."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jobs.review.choices import Choice
from jobs.review.ladder import Interval
from knowledge.notes import Section

NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}(?:\.\d{1,3})*[.):、．]?|[一二三四五六七八九十]+[、.])\s+|^[#>\s]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question, and the lines that it stands in."""

    origin: str
    """plan | quiz | definition | recall"""
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
