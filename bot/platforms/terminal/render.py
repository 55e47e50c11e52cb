"""A `Reply` on a terminal, or as plain text in a pipe."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from markdown_it import MarkdownIt
from rich.console import Console, Group, RenderableType
from rich.markdown import Markdown
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

from bot.core import catalogue
from bot.core.bars import bar
from bot.core.reply import File, Reply, Table
from knowledge.notes import Citation, Language

log = logging.getLogger(__name__)

PIPED_WIDTH = 100
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
_BORDERS = {"question": "cyan", "error": "red", "success": "green"}


class Screen:
    """Shows replies; safe to use from several threads."""

    def __init__(
        self, file: IO[str] | None = None, width: int = PIPED_WIDTH, folder: Path | None = None
    ) -> None:
        """`width`: columns of what is no terminal. `folder`: where a reply's files are put."""
        self._folder = folder
        self._console = Console(file=file, highlight=False)
        if not self._console.is_terminal:
            self._console = Console(file=file, highlight=False, width=width, no_color=True)
        self._lock = threading.Lock()

    @property
    def interactive(self) -> bool:
        return self._console.is_terminal

    def show(self, reply: Reply, numbered: bool = True) -> None:
        """The reply with its table, citations and, if `numbered`, its actions as a numbered list."""
        parts: list[RenderableType] = [_markdown(clean(reply.text))]
        if reply.progress is not None:
            parts.append(Text(bar(reply.progress), style="dim"))
        if reply.table is not None and reply.table.rows:
            parts.append(_table(reply.table))
        if reply.citations:
            parts.append(_citations(reply.language, reply.citations))
        if reply.files:
            parts.append(Text(clean("\n".join(self._saved(reply.files, reply.language)))))
        if numbered and reply.actions:
            labels = (f"({n}) {action.label}" for n, action in enumerate(reply.actions, start=1))
            parts.append(Text(clean("   ".join(labels)), style="bold"))
        shown: RenderableType = Group(*_spaced(parts))
        border = _BORDERS.get(reply.tone)
        if border and self.interactive:
            shown = Panel(shown, border_style=border)
        with self._lock:
            self._console.print(shown)
            self._console.print()

    def _saved(self, files: Sequence[File], language: str) -> list[str]:
        """Puts the files into the folder; tells for each where it lies, or that it doesn't."""
        known: Language = next((one for one in catalogue.LANGUAGES if one == language), "en")
        told = []
        for file in files:
            try:
                if self._folder is None:
                    raise OSError("no folder for files")
                self._folder.mkdir(parents=True, exist_ok=True)
                path = self._folder / file.name
                path.write_bytes(file.content)
            except OSError:
                log.warning("a file of a reply could not be saved: %s", file.name, exc_info=True)
                told.append(catalogue.label(known, "terminal.unsaved", file=file.name))
            else:
                told.append(catalogue.label(known, "terminal.saved", path=path))
        return told


def clean(text: str) -> str:
    """Text without the control characters that would steer a terminal."""
    return _CONTROLS.sub("", text)


def _markdown(text: str) -> Markdown:
    shown = Markdown("")
    # rich's own parser takes HTML for markup and drops it; `<b>` in a note is text like any other.
    shown.parsed = _PARSER.parse(text)
    return shown


def _table(table: Table) -> RichTable:
    shown = RichTable(show_edge=False, pad_edge=False)
    for heading in table.header:
        shown.add_column(clean(heading), overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(clean(cell)) for cell in row))
    return shown


def _citations(language: Language | str, citations: tuple[Citation, ...]) -> Text:
    known: Language = next((one for one in catalogue.LANGUAGES if one == language), "en")
    lines = []
    for number, citation in enumerate(citations, start=1):
        if citation.end > citation.start:
            key = "terminal.source" if citation.heading else "terminal.source_top"
        else:
            key = "terminal.source_line" if citation.heading else "terminal.source_top_line"
        lines.append(
            f"[{number}] "
            + catalogue.label(
                known,
                key,
                note=citation.note,
                heading=citation.heading,
                start=citation.start,
                end=citation.end,
            )
        )
    return Text(clean("\n".join(lines)), style="dim")


def _spaced(parts: list[RenderableType]) -> list[RenderableType]:
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [part] if not spaced else [Text(""), part]
    return spaced
