"""`recap review`: the commands and their arguments; what they do is imported when they run."""

from __future__ import annotations

import typer

from bot.cli.stuck_arguments import stuck

review = typer.Typer(help="The reviews of all learners.", no_args_is_help=True)


@review.callback()
def _group() -> None:
    """The reviews of all learners."""


review.add_typer(stuck, name="stuck")
