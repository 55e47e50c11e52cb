"""Arguments that several commands of the shell share."""

from __future__ import annotations

from typing import Annotated

import typer

Named = Annotated[
    str | None, typer.Option("--course", help="A further course's short name; without it the first one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
