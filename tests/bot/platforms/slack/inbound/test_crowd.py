"""Many people at once."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bot.core.turn import Call
from bot.wiring import App
from tests.bot.platforms.slack.inbound.conftest import Start, Town
from tests.bot.platforms.slack.inbound.cores import Scripted, Stuck
from tests.doubles.slack.invocation import Invocation

PEOPLE, COMMANDS, CHANNELS = 50, 500, 10
AT_ONCE = 0.1
"""Seconds within which one that comes alone is acknowledged."""


def crowd(town: Town) -> list[Invocation]:
    """Commands of many people in many channels, all at once; each says its number."""
    if town.server.desk.post.caller is not None:
        town.server.http.timeout = 60  # of a machine that others keep busy as well
    people = [town.server.person(f"Person {n}") for n in range(PEOPLE)]
    channels = [town.server.channel(f"room-{n}", *people, bot=True) for n in range(CHANNELS)]
    return [
        town.server.command(people[n % PEOPLE], channels[n % CHANNELS], "/ask", f"number {n}")
        for n in range(COMMANDS)
    ]


def numbers(core: Scripted) -> dict[str, list[int]]:
    done: defaultdict[str, list[int]] = defaultdict(list)
    for turn in core.turns:
        assert isinstance(turn.did, Call)
        done[turn.place].append(int(turn.did.arguments["question"].removeprefix("number ")))
    return done


@pytest.mark.slow
def test_a_crowd_is_acknowledged_to_the_last_and_answered_in_order(
    start: Start, scripted: Scripted, transport: str
) -> None:
    town = start(scripted, transport=transport)
    asked = crowd(town)
    for one in asked:
        one.acknowledged(timeout=60)
    assert not any(one.late for one in asked)
    town.server.wait(lambda: len(scripted.turns) == COMMANDS, timeout=120, what="every turn")
    done = numbers(scripted)
    assert all(numbers == sorted(numbers) for numbers in done.values())
    rooms = {one.channel for one in asked if one.channel is not None}

    def answers() -> list[str]:
        return [said.text for room in rooms for said in town.server.by_bot(room)]

    town.server.wait(lambda: len(answers()) == COMMANDS, timeout=120, what="every answer")
    assert all(any(f"number {n}'" in said for said in answers()) for n in range(0, COMMANDS, 50))


@pytest.mark.slow
def test_nobody_is_acknowledged_later_because_the_core_is_stuck(
    start: Start, scripted: Scripted, transport: str
) -> None:
    scripted.hold.clear()
    town = start(scripted, transport=transport)
    asked = crowd(town)
    for one in asked:
        one.acknowledged(timeout=60)
    assert not any(one.late for one in asked)
    assert scripted.turns == []
    scripted.hold.set()
    town.server.wait(lambda: len(scripted.turns) == COMMANDS, timeout=120, what="every turn")


def test_one_that_comes_alone_is_acknowledged_at_once(
    start: Start, scripted: Scripted, transport: str
) -> None:
    scripted.hold.clear()
    town = start(scripted, transport=transport)
    town.server.command(town.ada, town.channel, "/ask", "warm up").acknowledged()
    took = []
    for number in range(10):
        took.append(town.server.command(town.ada, town.channel, "/ask", f"{number}").acknowledged().took or 0)
    scripted.hold.set()
    assert sorted(took)[len(took) // 2] < AT_ONCE


def test_forms_come_while_every_worker_is_stuck(start: Start, app: App) -> None:
    core = Stuck(app)
    town = start(core)
    rooms = [town.server.channel(f"room-{number}", town.ada, bot=True) for number in range(20)]
    for room in rooms:
        town.server.command(town.ada, room, "/quiz").acknowledged()
    form = town.server.command(town.boris, town.channel, "/try").opened()
    assert "tokenize" in str(form.blocks)
    core.hold.set()
    town.server.wait(lambda: len(town.replies.told) == len(rooms), timeout=30, what="every answer")
