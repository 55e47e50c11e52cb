"""What goes wrong between Slack and us."""

from __future__ import annotations

import json
import logging
import threading

import pytest

from bot.core.turn import Line
from tests.bot.platforms.slack.inbound.conftest import Start
from tests.bot.platforms.slack.inbound.cores import Scripted

SORRY = {"ada": "went wrong", "boris": "Нещо се обърка", "chen": "出了"}


@pytest.mark.parametrize("way", ["command", "mention", "direct"])
@pytest.mark.parametrize("who", SORRY)
def test_a_database_that_is_away_is_told_of_in_a_sentence(
    start: Start, scripted: Scripted, who: str, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    town = start(scripted)
    user = getattr(town, who)
    town.server.command(user, town.channel, "/quiz").answered()
    town.replies.failure = OSError("the database is away")
    with caplog.at_level(logging.ERROR, "bot"):
        if way == "command":
            answer = town.server.command(user, town.channel, "/quiz").answered()
            assert answer.ephemeral_to is user
        elif way == "mention":
            town.server.mention(user, town.channel, "?")
            answer = town.server.message(town.channel, SORRY[who])
        else:
            answer = town.server.replied(town.server.say(user, town.dm(user), "?"))
        assert SORRY[who] in answer.text
    assert len(scripted.turns) == 1
    assert "could not be taken" in caplog.text


def test_a_database_that_is_slow_holds_no_acknowledgement_up(
    start: Start, scripted: Scripted, transport: str
) -> None:
    town = start(scripted, transport=transport)
    town.replies.slow = threading.Event()
    rooms = [town.server.channel(f"room-{number}", town.ada, bot=True) for number in range(30)]
    asked = [town.server.command(town.ada, room, "/quiz").acknowledged() for room in rooms]
    assert scripted.turns == []
    town.replies.slow.set()
    for one in asked:
        one.answered()
    assert len(scripted.turns) == 30


def test_what_can_t_be_told_stops_nobody_else(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    town.server.command(town.ada, town.channel, "/quiz").answered()
    scripted.turns.clear()
    town.replies.failure = OSError("the database is away")
    town.server.faults.add("*", 503, times=None)
    town.server.mention(town.ada, town.channel, "What is BPE?")
    town.server.requested("chat.postEphemeral")
    town.server.faults.clear()
    town.replies.failure = None
    town.server.replied(town.server.mention(town.ada, town.channel, "And WordPiece?"))
    assert [turn.did for turn in scripted.turns] == [Line("And WordPiece?")]


def test_who_we_are_is_looked_up_where_an_event_does_not_say(start: Start, scripted: Scripted) -> None:
    town = start(scripted, transport="http")
    body = {
        "type": "event_callback",
        "team_id": town.server.team.id,
        "api_app_id": town.server.app.id,
        "event_id": "Ev1",
        "event": {
            "type": "message",
            "channel": town.dm(town.ada).id,
            "channel_type": "im",
            "user": town.ada.id,
            "text": "What is BPE?",
            "ts": "1772442000.000001",
        },
    }
    assert town.server.post(json.dumps(body), at=None).status == 200
    town.server.said(town.dm(town.ada))
    assert scripted.turns[0].did == Line("What is BPE?")


def test_a_form_that_nobody_knows_any_more_is_told_of(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    form = town.server.command(town.ada, town.channel, "/try").opened()
    form.body["private_metadata"] = "{}"
    town.server.submit(form, {"task": "tokenize", "text": "x"}).acknowledged()
    town.server.said(town.dm(town.ada))
