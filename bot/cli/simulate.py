"""`recap simulate`: months of reviews for many learners on a virtual clock, by the code that runs them."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import inspect

from bot import database as schema
from bot.cli.opened import settings, stopped_at_the_end
from bot.cli.output import print_json, progress_bar
from bot.cli.simulate_shown import shown
from bot.config import Settings
from bot.core.drain import Drain
from bot.core.voice import Voice
from bot.settings import DatabaseSettings
from jobs.engine.protocol import Progress
from jobs.errors import SimulationError
from jobs.review.ladder import Ladder
from jobs.simulation.clock import VirtualClock
from jobs.simulation.loop import Server, Simulation
from jobs.simulation.notes import write_notes
from jobs.simulation.outcome import Outcome, outcome
from jobs.simulation.plan import START, Downtime, Plan
from jobs.simulation.platform import PLATFORM, Loopback
from knowledge.store import Database

COURSE = "simulation"


def simulate(
    learners: int,
    days: int,
    topics: int,
    intervals: Sequence[str],
    cap: int | None,
    seed: int,
    downtimes: Sequence[str],
    database: str | None,
    as_json: bool,
) -> None:
    """Simulates each ladder of `intervals` with the same people; exit 1 if a promise was broken.

    `intervals` empty, `cap` None: as in the settings. `database`: an empty one that is used and left as it
    is then, in place of a temporary one.
    """
    loaded = settings()
    ladders = [Ladder.parse(text) for text in intervals or [loaded.review.intervals]]
    if database is not None:
        _must_be_empty(database, ladders)
    off = tuple(Downtime.parse(text) for text in downtimes)
    plans = [
        Plan(learners, days, topics, ladder, cap or loaded.review.daily_cap, seed, off) for ladder in ladders
    ]
    outcomes = []
    with progress_bar(loaded.language, "cli.simulate.running") as progress:
        for number, plan in enumerate(plans):
            with tempfile.TemporaryDirectory(prefix="recap-simulation-") as place:
                moved = _settings_at(Path(place), loaded, plan, database)
                outcomes.append(_simulated(moved, plan, partial(_part, progress, number, len(plans))))
    if as_json:
        told = asdict(plans[0])
        common = {name: told[name] for name in ("learners", "days", "topics", "daily_cap", "seed")}
        print_json(common | {"outcomes": [one.to_json() for one in outcomes]})
    else:
        _show(Voice(loaded.language), plans[0], outcomes)
    if any(one.broken for one in outcomes):
        sys.exit(1)


def _simulated(moved: Settings, plan: Plan, progress: Progress) -> Outcome:
    from bot.wiring import KEPT, wire
    from knowledge.refresh import refresh

    clock = VirtualClock(START)
    folder = moved.data_path / "topics"
    notes = write_notes(folder, plan.topics)
    refresh(COURSE, folder, moved.index_path, None, clock)
    with stopped_at_the_end(wire(moved, clock)) as app:
        schema.upgrade(app.database)
        platform = Loopback(clock)
        drain = Drain(app.outbox, PLATFORM, lambda delivery, _: platform.send(delivery), app.core.present)
        server = Server(
            people=app.people,
            reviews=app.reviews,
            sessions=app.services.sessions,
            delivery=app.delivery,
            pauses=app.services.pauses,
            outbox=app.outbox,
            drain=drain.drain_once,
            keep_house=lambda: app.outbox.prune(clock.now() - KEPT),
            notes=notes,
        )
        simulation = Simulation(plan, clock, server, platform)
        simulation.run(progress)
        return outcome(plan, app.database, simulation, platform)


def _settings_at(place: Path, loaded: Settings, plan: Plan, database: str | None) -> Settings:
    """The product's settings with data of their own, one small course, and the plan's schedule."""
    changes: dict[str, Any] = {
        "data_path": place,
        "database": DatabaseSettings(url=SecretStr(database) if database else None),
        "courses": {},
        "notes": loaded.notes.model_copy(update={"course": COURSE, "path": place / "topics"}),
        "review": loaded.review.model_copy(
            update={"intervals": str(plan.ladder), "daily_cap": plan.daily_cap}
        ),
    }
    return loaded.model_copy(update=changes)


def _must_be_empty(url: str, ladders: Sequence[Ladder]) -> None:
    """Nobody's data is simulated upon."""
    if len(ladders) > 1:
        raise SimulationError("error.simulation_compared")
    try:
        DatabaseSettings(url=SecretStr(url))
    except ValueError as error:
        raise SimulationError("error.simulation_url", url=url) from error
    database = Database(url)
    try:
        tables = len(inspect(database.engine).get_table_names())
    finally:
        database.dispose()
    if tables:
        raise SimulationError("error.simulation_database", tables=tables)


def _part(progress: Progress, number: int, parts: int, share: float, stage: str) -> None:
    progress((number + share) / parts, stage)


def _show(voice: Voice, plan: Plan, outcomes: Sequence[Outcome]) -> None:
    from bot.platforms.terminal.render import Screen

    screen = Screen()
    for reply in shown(voice, plan, outcomes):
        screen.show(reply, numbered=False)
