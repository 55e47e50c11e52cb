"""`recap review`: the commands and their arguments; what they do is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.arguments import AsJson
from bot.cli.stuck_arguments import stuck

review = typer.Typer(help="The reviews of all learners.", no_args_is_help=True)


@review.callback()
def _group() -> None:
    """The reviews of all learners."""


review.add_typer(stuck, name="stuck")


@review.command("rebuild")
def review_rebuild(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit 1 if anything differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Rebuild every waiting review from the log of studies, answers and ratings."""
    from bot.cli.rebuild import rebuild_reviews

    rebuild_reviews(check, as_json)
