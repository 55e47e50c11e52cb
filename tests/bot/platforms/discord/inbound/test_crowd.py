"""Many people at once."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.core.turn import Call
from bot.wiring import App
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.bot.platforms.discord.inbound.cores import Scripted, Stuck
from tests.doubles.discord.interactions import DEFER
from tests.doubles.discord.interactions import Interaction as Asked

PEOPLE, COMMANDS, CHANNELS = 50, 500, 10


def crowd(town: Town) -> list[Asked]:
    """Commands of many people in many channels, all at once; each says its number."""
    people = [town.server.person(f"Person {n}") for n in range(PEOPLE)]
    town.server.join(town.guild, *people)
    channels = [town.server.text_channel(town.guild, f"room-{n}") for n in range(CHANNELS)]
    return [
        town.server.command(people[n % PEOPLE], channels[n % CHANNELS], "ask", {"question": f"number {n}"})
        for n in range(COMMANDS)
    ]


def test_a_crowd_is_acknowledged_to_the_last_and_answered_in_order(start: Start) -> None:
    core = Scripted()
    core.hold.set()
    town = start(core)
    asked = crowd(town)
    for one in asked:
        one.answered(timeout=60)
    assert {one.response for one in asked} == {DEFER}
    assert not any(one.late for one in asked)
    done: defaultdict[str, list[int]] = defaultdict(list)
    for turn in core.turns:
        assert isinstance(turn.did, Call)
        done[turn.place].append(int(turn.did.arguments["question"].removeprefix("number ")))
    assert sum(map(len, done.values())) == COMMANDS
    assert all(numbers == sorted(numbers) for numbers in done.values())
    assert all(f"number {n}'" in one.answered().text for n, one in enumerate(asked))


@pytest.mark.slow
def test_nobody_is_acknowledged_later_because_the_core_is_stuck(start: Start) -> None:
    core = Scripted()
    town = start(core)
    asked = crowd(town)
    for one in asked:
        one.acknowledged(timeout=60)
    assert core.turns == []
    core.hold.set()
    for one in asked:
        one.answered(timeout=60)


def test_forms_and_completions_come_while_every_worker_is_stuck(start: Start, app: App) -> None:
    core = Stuck(app)
    town = start(core)
    waiting = [
        town.server.command(town.ada, town.server.text_channel(town.guild, f"r{n}"), "quiz")
        for n in range(20)
    ]
    typed = town.server.autocomplete(town.boris, town.channel, "try", "task", "tok")
    assert [choice["value"] for choice in typed.choices()][:1] == ["tokenize"]
    core.hold.set()
    change = waiting[0].answered()
    assert change.ephemeral
    for one in waiting:
        one.answered()
