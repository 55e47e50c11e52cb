"""What commands of the shell share: sentences, errors, progress, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.core import catalogue
from knowledge.errors import RecapError
from knowledge.notes import Language

if TYPE_CHECKING:
    from jobs.engine.protocol import Progress


def print_json(value: Any) -> None:
    """One JSON document to stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


def out(line: str) -> None:
    """A line to stdout."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def err(line: str) -> None:
    """A line to stderr."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def sentence(language: Language, error: RecapError) -> str:
    """An error as one plain sentence; the general one of its kind where it lacks a parameter."""
    keys = [error.key, *(vars(kind)["key"] for kind in type(error).__mro__ if "key" in vars(kind))]
    for key in keys:
        try:
            told = catalogue.label(language, key, **{"reference": "-", **error.params})
        except KeyError:
            continue
        return told.replace("`", "").replace("*", "").replace("\n", " ")
    return error.key


@contextmanager
def progress_bar(language: Language, key: str) -> Iterator[Progress]:
    """A bar on stderr for something slow; nothing where stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(show_speed=False),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(catalogue.label(language, key), total=None)

        def tell(share: float, stage: str) -> None:
            stage_key = f"stage.{stage}"
            description = catalogue.label(language, stage_key if catalogue.has(stage_key) else key)
            bar.update(task, completed=share, total=1.0, description=description)

        yield tell
