"""`recap cards`: the commands and their arguments; what they do is imported when they run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.arguments import AsJson, Named

cards = typer.Typer(
    help="The cards of a course: for Anki and spreadsheets, from Anki, and proposed by a language model.",
    no_args_is_help=True,
)


@cards.command("export")
def cards_export(
    file: Annotated[Path, typer.Argument(help="What to write: an Anki package (.apkg) or a table (.csv).")],
    course: Named = None,
) -> None:
    """Write the cards of all notes of a course."""
    from bot.cli.cards import export_cards

    export_cards(file, course)


@cards.command("import")
def cards_import(
    file: Annotated[Path, typer.Argument(help="Of Anki: File, Export, Notes in Plain Text (.txt).")],
    course: Named = None,
) -> None:
    """Make a note of Anki's cards, beside the course's others, and refresh the index."""
    from bot.cli.cards import import_cards

    import_cards(file, course)


@cards.command("propose")
def cards_propose(
    note: Annotated[str | None, typer.Option("--note", help="One note alone, by its path.")] = None,
    course: Named = None,
    as_json: AsJson = False,
) -> None:
    """Ask the language model of the settings for questions on every section that has none of its author's."""
    from bot.cli.propose import propose_cards

    propose_cards(note, course, as_json)
