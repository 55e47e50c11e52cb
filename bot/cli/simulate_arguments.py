"""`recap simulate`: the arguments; what it does is imported when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.arguments import AsJson


def simulate(
    learners: Annotated[int, typer.Option(min=1, help="How many people study.")] = 1000,
    days: Annotated[int, typer.Option(min=7, max=3660, help="For how long.")] = 120,
    topics: Annotated[int, typer.Option(min=1, max=500, help="Notes that each of them studies.")] = 3,
    intervals: Annotated[
        list[str] | None,
        typer.Option("--intervals", help="As in 1d,3d,1w,1mo; again for another ladder to compare."),
    ] = None,
    cap: Annotated[
        int | None, typer.Option(min=1, help="Most reviews a day; else as in the settings.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    downtime: Annotated[
        list[str] | None,
        typer.Option("--downtime", help="As in 7d@30: off for 7 days from day 30 on; may come again."),
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", help="URL of an empty database, in place of a temporary one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the reviews of many learners on a virtual clock: load, delays, recall; exit 1 if one is lost."""
    from bot.cli.simulate import simulate

    simulate(learners, days, topics, intervals or (), cap, seed, downtime or (), database, as_json)
