"""`recap models`: which are on disk, and fetching them."""

from __future__ import annotations

from dataclasses import asdict

from bot.cli.opened import settings
from bot.cli.output import out, print_json, progress_bar
from bot.core import catalogue
from jobs.engine.models import Models


def list_models(as_json: bool) -> None:
    """One line for each default and each allowed model."""
    from bot.engine import engine_settings

    loaded = settings()
    listed = Models(engine_settings(loaded)).listing()
    if as_json:
        print_json([asdict(one) for one in listed])
        return
    width = max(len(one.name) for one in listed)
    for one in listed:
        state = "bundled" if one.bundled and one.on_disk else "on_disk" if one.on_disk else "absent"
        told = catalogue.label(loaded.language, f"cli.model_{state}", megabytes=one.megabytes)
        out(f"{one.name:<{width}}  {told}")


def pull(name: str) -> None:
    """Fetches one model, with a bar."""
    from bot.engine import engine_settings

    loaded = settings()
    with progress_bar(loaded.language, "stage.fetching") as progress:
        located = Models(engine_settings(loaded)).pull(name, progress)
    out(catalogue.label(loaded.language, "cli.model_pulled", model=located.name, path=located.folder))
