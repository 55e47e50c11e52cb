"""Quotations from the notes, numbered as the citations of a reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.catalogue import as_written, block, quote

if TYPE_CHECKING:
    from knowledge.answer import AnswerPart
    from knowledge.notes import Citation


def quoted(part: AnswerPart, citations: list[Citation]) -> str:
    """A part of an answer as Markdown with its number; its citation joins those of the reply."""
    if part.citation not in citations:
        citations.append(part.citation)
    marker = f"[{citations.index(part.citation) + 1}]"
    if part.kind == "code":
        fenced = part.text if part.text.lstrip().startswith(("```", "~~~")) else block(part.text)
        return f"{fenced}\n\n{marker}"
    return quote(f"{as_written(part.text)} {marker}")
