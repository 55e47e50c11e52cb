"""`recap encoder`: trains the encoder that comes with Recap anew, and measures one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.cli.opened import settings
from bot.cli.output import out, print_json, progress_bar
from bot.config import Settings
from bot.core import catalogue
from knowledge.embed import Encoder
from knowledge.encoder.training.card import share
from knowledge.encoder.training.corpus import read_corpus
from knowledge.encoder.training.device import AUTO, chosen_device
from knowledge.encoder.training.evaluation import Measure, as_json, evaluate
from knowledge.encoder.training.recipe import Recipe
from knowledge.encoder.training.run import train_encoder
from knowledge.encoder.training.teacher import load_teacher
from knowledge.notes import Language


def train(pairs: Path, folder: Path, teacher: str, device: str, as_json_: bool, **chosen: Any) -> None:
    """Trains an encoder into a folder. `chosen`: numbers of the recipe, None for the usual one."""
    loaded = settings()
    recipe = replace(Recipe(), **{name: value for name, value in chosen.items() if value is not None})
    with progress_bar(loaded.language, "stage.training") as progress:
        device = chosen_device(device)
        measures = train_encoder(
            pairs,
            folder.absolute(),
            recipe,
            lambda: _named(loaded, teacher, device, recipe.teacher_window),
            device,
            progress,
        )
    if as_json_:
        print_json(as_json(measures))
        return
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    out(catalogue.label(loaded.language, "cli.encoder.trained", path=folder, megabytes=f"{size / 1e6:.1f}"))
    if measures:
        _show(loaded.language, measures)


def measure(name: str, pairs: Path, left_out: Sequence[str] | None, as_json_: bool) -> None:
    """Measures an encoder, of a folder or by name, on what its recipe held back."""
    loaded = settings()
    held = Recipe.read(Path(name)).left_out if left_out is None else left_out
    with progress_bar(loaded.language, "stage.measuring") as progress:
        corpus = read_corpus(pairs, held)
        measures = evaluate(_named(loaded, name, chosen_device(AUTO), None), corpus, progress)
    if as_json_:
        print_json(as_json(measures))
    else:
        _show(loaded.language, measures)


def _named(loaded: Settings, name: str, device: str, window: int | None) -> Encoder:
    """A model by its folder, or by its name where it has been fetched."""
    from bot.engine import engine_settings
    from jobs.engine.models import Models

    if not Path(name).is_dir():
        located = Models(engine_settings(loaded)).locate(name) if "/" in name else None
        name = str(located.folder) if located else name
    return load_teacher(name, device, window)


def _show(language: Language, measures: Sequence[Measure]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=catalogue.label(language, "cli.encoder.title"), title_justify="left")
    for column in ("task", "question", "answer"):
        table.add_column(catalogue.label(language, f"cli.encoder.{column}"))
    for column in ("questions", "pooled", "soft"):
        table.add_column(catalogue.label(language, f"cli.encoder.{column}"), justify="right")
    for one in measures:
        task = catalogue.label(language, f"cli.encoder.{one.task}")
        table.add_row(task, one.asked, one.found, str(one.questions), share(one.pooled), share(one.soft))
    Console().print(table)
