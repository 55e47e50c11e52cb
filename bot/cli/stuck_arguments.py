"""`recap review stuck`: the commands and their arguments; what they do is imported when they run."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.arguments import AsJson

stuck = typer.Typer(help="Messages that don't reach their learners, and why.", invoke_without_command=True)
Id = Annotated[str, typer.Argument(help="As the list has it.")]


@stuck.callback()
def stuck_list(context: typer.Context, as_json: AsJson = False) -> None:
    """List the messages that don't reach their learners, why, and what to do."""
    if context.invoked_subcommand is None:
        from bot.cli.stuck import show

        show(as_json)


@stuck.command("retry")
def stuck_retry(name: Annotated[str, typer.Argument(metavar="ID|all", help="As the list has it.")]) -> None:
    """Send one of them, or all, again."""
    from bot.cli.stuck import retry

    retry(name)


@stuck.command("drop")
def stuck_drop(name: Id) -> None:
    """Give a message up; its question can still be answered with /review."""
    from bot.cli.stuck import drop

    drop(name)
