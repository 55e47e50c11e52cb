"""Socket Mode: connections come and go, and what wasn't acknowledged comes again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import User
from tests.doubles.slack_bot import Bot
from tests.doubles.slack_running import Running
from tests.doubles.slack_server import SlackServer
from tests.doubles.web_api import WebApi


@pytest.fixture
def bot(slack_server: SlackServer) -> Iterator[Bot]:
    bot = Bot(slack_server)
    with Running(slack_server, bot):
        yield bot


@pytest.fixture
def ada(slack_server: SlackServer) -> User:
    return slack_server.person("Ada")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_client_that_is_told_to_leave_comes_back(slack_server: SlackServer, ada: User, reason: str) -> None:
    slack_server.disconnect(reason)
    slack_server.reconnected(2)
    assert slack_server.command(ada, slack_server.dm(ada), "/quiet", "x").answered().text == "quietly: x"


def test_events_wait_for_the_next_connection(slack_server: SlackServer, bot: Bot, ada: User) -> None:
    with slack_server.world.lock:
        slack_server.kill_sockets()
        said = slack_server.say(ada, slack_server.dm(ada), "meanwhile")
        lost = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x")
    assert "no socket" in lost.failed
    assert slack_server.replied(said, timeout=20).text == "hi meanwhile"
    assert bot.heard("try") == "1"
    assert slack_server.socket.connects == 2


def test_what_went_into_a_dead_connection_comes_again(slack_server: SlackServer, bot: Bot, ada: User) -> None:
    slack_server.freeze_sockets()
    said = slack_server.say(ada, slack_server.dm(ada), "into the void")
    assert slack_server.replied(said, timeout=30).text == "hi into the void"
    assert (bot.heard("try"), said.events[0].deliveries) == ("1", 2)


def test_a_command_that_was_under_way_goes_out_on_the_next_connection(
    slack_server: SlackServer, bot: Bot, ada: User, clock: FrozenClock
) -> None:
    slack_server.freeze_sockets()
    asked = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x")
    assert asked.answered(timeout=30).text == "quietly: x"
    assert (asked.deliveries, asked.late) == (2, False)
    slack_server.freeze_sockets()
    late = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x")
    clock.move(timedelta(seconds=4))
    with pytest.raises(AssertionError, match="connection was lost"):
        late.acknowledged(timeout=30)


def test_once_socket_mode_is_switched_off_no_connection_is_had(
    slack_server: SlackServer, api: WebApi, bot: Bot
) -> None:
    slack_server.disconnect("link_disabled")
    slack_server.disconnected()
    refused = api.error("apps.connections.open", token=slack_server.app_token)
    assert refused == "socket_mode_not_enabled"


def test_a_ticket_is_good_for_one_connection(
    slack_server: SlackServer, api: WebApi, clock: FrozenClock
) -> None:
    url = api("apps.connections.open", token=slack_server.app_token)["url"].replace("ws://", "http://")
    clock.move(timedelta(seconds=31))
    assert httpx.get(url, trust_env=False).status_code == 403
    slack_server.refuse_sockets()
    assert httpx.get(url, trust_env=False).status_code == 503


def test_a_late_acknowledgement_does_nothing(slack_server: SlackServer, ada: User) -> None:
    sent: list[str] = []

    class Wire:
        def put(self, frame: dict[str, object]) -> None:
            sent.append(json.dumps(frame))

    with slack_server.world.lock:
        slack_server.desk.post.connected(Wire())
    asked = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x")
    envelope = json.loads(sent[0])["envelope_id"]
    clock = slack_server.clock
    assert isinstance(clock, FrozenClock)
    clock.move(timedelta(seconds=4))
    with slack_server.world.lock:
        slack_server.desk.post.acknowledged(envelope, {"text": "late"})
    assert (asked.acknowledged().late, asked.messages) == (True, [])
    with slack_server.violations.expected("twice"), slack_server.world.lock:
        slack_server.desk.post.acknowledged(envelope, None)
    with slack_server.violations.expected("never sent"), slack_server.world.lock:
        slack_server.desk.post.acknowledged("x", None)
    said = slack_server.say(ada, slack_server.dm(ada), "x")
    envelope = json.loads(sent[-1])["envelope_id"]
    with slack_server.violations.expected("says something"), slack_server.world.lock:
        slack_server.desk.post.acknowledged(envelope, {"text": "x"})
    assert said.events[0].acked


def test_events_come_again_by_the_clock_three_times(
    slack_server: SlackServer, ada: User, clock: FrozenClock
) -> None:
    frames: list[dict[str, object]] = []

    class Wire:
        def put(self, frame: dict[str, object]) -> None:
            frames.append(frame)

    with slack_server.world.lock:
        slack_server.desk.post.connected(Wire())
    said = slack_server.say(ada, slack_server.dm(ada), "x")
    for seconds, more in ((2, 0), (2, 1), (30, 0), (31, 1), (200, 0), (101, 1), (600, 0)):
        clock.move(timedelta(seconds=seconds))
        assert slack_server.tick() == more
    assert [frame["retry_attempt"] for frame in frames] == [0, 1, 2, 3]
    assert {str(frame["retry_reason"]) for frame in frames[1:]} == {"timeout"}
    assert "given up" in said.events[0].failed


def test_the_same_event_comes_again_when_a_test_asks(slack_server: SlackServer, bot: Bot, ada: User) -> None:
    said = slack_server.say(ada, slack_server.dm(ada), "x")
    bot.heard("message")
    slack_server.redeliver(said)
    assert bot.heard("try", lambda number: number == "1") == "1"
    assert said.events[0].deliveries == 2
