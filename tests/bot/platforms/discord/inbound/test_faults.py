"""What goes wrong between Discord and us."""

from __future__ import annotations

import logging
import threading

import pytest

from tests.bot.platforms.discord.inbound.conftest import Start
from tests.bot.platforms.discord.inbound.cores import Scripted
from tests.doubles.discord.faults import Kind


@pytest.fixture
def core() -> Scripted:
    core = Scripted()
    core.hold.set()
    return core


@pytest.mark.parametrize("kind", ["reset", "reset after"])
def test_an_acknowledgement_whose_connection_breaks_is_sent_again(
    start: Start, core: Scripted, kind: Kind
) -> None:
    town = start(core)
    town.server.faults.once("POST", "/callback", kind)
    if kind == "reset after":
        town.server.violations.expect("40060")
    answer = town.server.command(town.ada, town.channel, "quiz").answered()
    assert answer.text
    assert len(core.turns) == 1
    assert town.replies.lost == []


def test_an_acknowledgement_that_never_gets_through_is_logged_once_and_the_rest_goes_on(
    start: Start, core: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    town = start(core)
    town.server.faults.once("POST", "/callback", 404, code=10062, message="Unknown interaction")
    with caplog.at_level(logging.WARNING, "bot"):
        town.server.command(town.ada, town.channel, "quiz")
        assert town.server.said(town.dm(town.ada))[0].text
    assert len(core.turns) == 1
    told = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert len(told) == 1
    assert "10062" in told[0]
    assert str(town.channel.id) in told[0]


def test_a_rate_limit_on_the_acknowledgement_is_waited_out(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.faults.once("POST", "/callback", 429, retry_after=0.01)
    assert town.server.command(town.ada, town.channel, "quiz").answered().text


@pytest.mark.parametrize("private", [True, False])
def test_a_database_that_is_away_is_told_of_in_a_sentence(
    start: Start, core: Scripted, private: bool, caplog: pytest.LogCaptureFixture
) -> None:
    town = start(core)
    town.replies.failure = OSError("the database is away")
    with caplog.at_level(logging.ERROR, "bot"):
        if private:
            answer = town.server.command(town.boris, town.channel, "quiz").answered()
        else:
            town.server.say(town.boris, town.channel, "какво?", mentions=[town.server.bot])
            answer = town.server.said(town.channel)[-1]
    assert "Нещо се обърка" in answer.text or "went wrong" in answer.text
    assert core.turns == []
    assert "could not be taken" in caplog.text


def test_a_reply_that_can_t_be_written_down_is_told_of_in_a_sentence(
    start: Start, core: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    town = start(core)
    town.replies.unfillable = OSError("the database went away meanwhile")
    with caplog.at_level(logging.ERROR, "bot"):
        answer = town.server.command(town.ada, town.channel, "quiz").answered()
    assert "went wrong" in answer.text
    assert len(core.turns) == 1


def test_a_database_that_is_slow_holds_no_acknowledgement_up(start: Start, core: Scripted) -> None:
    town = start(core)
    town.replies.slow = threading.Event()
    rooms = [town.server.text_channel(town.guild, f"room-{n}") for n in range(30)]
    asked = [town.server.command(town.ada, room, "quiz").acknowledged() for room in rooms]
    assert core.turns == []
    town.replies.slow.set()
    for one in asked:
        one.answered()
    assert len(core.turns) == 30


def test_what_can_t_be_told_stops_nobody_else(start: Start, core: Scripted) -> None:
    town = start(core)
    town.replies.failure = OSError("the database is away")
    town.server.faults.always("*", "/webhooks/", 403, code=50001, message="Missing Access")
    town.server.command(town.ada, town.channel, "quiz").acknowledged()
    town.server.requested("*".replace("*", "POST"), "/webhooks/")
    town.server.faults.clear()
    town.replies.failure = None
    assert town.server.command(town.ada, town.channel, "quiz").answered().text
