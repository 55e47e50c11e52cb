"""`recap review rebuild`: what waits, held against the log and mended."""

from __future__ import annotations

from dataclasses import asdict

import typer

from bot.cli.opened import application
from bot.cli.output import out, print_json, progress_bar
from bot.core import catalogue
from bot.wiring import pacing_of
from jobs.review.rebuild import rebuild


def rebuild_reviews(check: bool, as_json: bool) -> None:
    """Rebuilds every waiting review; with `check` it compares only, and exits 1 where any differs."""
    with application() as app:
        language = app.settings.language
        with progress_bar(language, "stage.rebuilding") as progress:
            found = rebuild(app.database, pacing_of(app.settings), check, progress)
    if as_json:
        print_json({**asdict(found), "differing": found.differing, "mended": not check})
    else:
        key = "checked" if check else "rebuilt"
        told = {**asdict(found), "differing": found.differing}
        out(catalogue.label(language, f"cli.review.{key}", **told))
        if found.failed:
            out(catalogue.label(language, "cli.review.failed", learners=found.failed))
    if found.failed or (check and found.differing):
        raise typer.Exit(1)
