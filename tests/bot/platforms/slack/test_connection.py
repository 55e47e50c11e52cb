"""The platform's life on a loopback Slack, with the unmodified Bolt and slack_sdk."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from bot.platforms.slack import portal
from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.scopes import SCOPES
from bot.platforms.slack.standing import Standing
from tests.bot.platforms.slack.connected import Connect, connect, options, slack_server
from tests.doubles.clock import FrozenClock
from tests.doubles.slack_server import SlackServer

__all__ = ["connect", "options", "slack_server"]

NOWHERE = "http://127.0.0.1:9"


def asks(server: SlackServer) -> str:
    """A member asks by a command in direct messages; what is answered."""
    ada = server.person("Ada")
    answered = server.command(ada, server.dm(ada), "/ask", "What is a tokenizer?").answered()
    return answered.shown


def lines(caplog: pytest.LogCaptureFixture, least: int) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= least]


def test_it_comes_online_answers_and_leaves_in_order(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect()
    online = running.until("online")
    assert (online.name, online.home) == ("recap", "Study")
    assert "token" in asks(slack_server)
    running.stop()
    assert running.until("stopped")
    slack_server.disconnected()
    assert lines(caplog, logging.WARNING) == []


def test_the_environment_names_no_proxy_for_it(
    slack_server: SlackServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, NOWHERE)
    connect().until("online")
    assert "token" in asks(slack_server)


def test_other_apps_tokens_in_the_environment_are_left_alone(
    slack_server: SlackServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID"):
        monkeypatch.setenv(name, "xoxb-of-another")
    connect().until("online")
    assert "token" in asks(slack_server)
    assert not slack_server.refusals


def test_a_wrong_token_is_one_clear_line_and_never_tried_again(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect(bot_token="xoxb-not-the-token")  # noqa: S106
    assert running.until("refused").problem == "token"
    assert len(slack_server.requests) == 1
    (line,) = lines(caplog, logging.WARNING)
    assert "slack.bot_token" in line
    assert "the rest of Recap goes on" in line
    assert "xoxb-not-the-token" not in caplog.text


def test_a_wrong_token_of_the_app_is_one_clear_line_too(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect(app_token="xapp-not-the-token")  # noqa: S106
    assert running.until("refused").problem == "app_token"
    (line,) = lines(caplog, logging.WARNING)
    assert "slack.app_token" in line
    assert "xapp-not-the-token" not in caplog.text


def test_an_uninstalled_app_is_one_clear_line(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    slack_server.uninstall()
    assert connect().until("refused").problem == "uninstalled"
    (line,) = lines(caplog, logging.WARNING)
    assert "install it again" in line


def test_an_app_that_is_uninstalled_while_it_runs_ends_slack_alone(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect()
    running.until("online")
    slack_server.uninstall()
    running.rounds.release(20)
    assert running.until("refused").problem == "uninstalled"
    errors = lines(caplog, logging.ERROR)
    assert len(errors) == 1
    assert "the rest of Recap goes on" in errors[0]


def test_missing_scopes_are_named_once_and_the_rest_works(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    slack_server.take_scopes("files:write", "usergroups:read")
    connect().until("online")
    (line,) = lines(caplog, logging.WARNING)
    assert "files:write, usergroups:read" in line
    assert "Study" in line
    assert "token" in asks(slack_server)


def test_socket_mode_switched_off_is_said_once_and_comes_back_by_itself(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    running = connect()
    running.until("online")
    slack_server.disconnect("link_disabled")
    assert running.until("waiting").problem == "socket"
    slack_server.requested("apps.connections.open", 3)
    slack_server.app.socket_mode = True
    running.until("online")
    assert "token" in asks(slack_server)
    warned = lines(caplog, logging.WARNING)
    assert len(warned) == 1
    assert "Socket Mode" in warned[0]


def test_slack_away_at_the_start_is_waited_for(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    slack_server.faults.add("auth.test", 503, times=3)
    running = connect()
    running.until("online")
    assert running.pauses == [5, 10, 20]
    assert len(lines(caplog, logging.WARNING)) == 1


def test_a_limit_at_the_start_is_waited_out(slack_server: SlackServer, connect: Connect) -> None:
    slack_server.faults.add("apps.connections.open", 429, retry_after=60)
    running = connect()
    running.until("online")
    assert running.pauses == [5]


def test_a_connection_is_followed_by_the_next_before_it_closes(
    slack_server: SlackServer, connect: Connect
) -> None:
    running = connect()
    running.until("online")
    slack_server.disconnect("warning")
    slack_server.reconnected(2)
    assert len(slack_server.socket.connections) == 2, "the old one is read to its end"
    assert "token" in asks(slack_server)
    assert running.platform.status().state == "online"
    assert running.told.empty(), "nobody was told of a gap, for there was none"
    assert running.pauses == []


@pytest.mark.parametrize("how", ["refresh_requested", "broken off"])
def test_it_comes_back_at_once_however_slack_lets_go(
    slack_server: SlackServer, connect: Connect, how: str
) -> None:
    running = connect()
    running.until("online")
    if how == "broken off":
        slack_server.kill_sockets()
    else:
        slack_server.disconnect(how)
    slack_server.reconnected(2)
    assert "token" in asks(slack_server)
    assert running.pauses == []


def test_what_is_asked_while_no_socket_is_there_is_not_lost(
    slack_server: SlackServer, connect: Connect
) -> None:
    running = connect()
    running.until("online")
    ada = slack_server.person("Ada")
    place = slack_server.dm(ada)
    slack_server.refuse_sockets()
    slack_server.kill_sockets()
    running.until("waiting")
    slack_server.say(ada, place, "What is a tokenizer?")
    slack_server.refuse_sockets(False)
    running.until("online")
    (said,) = slack_server.said(place)
    assert "token" in said.shown


def test_sockets_that_slack_closes_at_once_are_not_opened_without_end(
    slack_server: SlackServer, connect: Connect, clock: FrozenClock
) -> None:
    running = connect()
    running.until("online")
    for count in range(2, 6):
        slack_server.kill_sockets()
        if count < 5:
            slack_server.reconnected(count)
    assert running.until("waiting").problem == "unreachable"
    running.until("online")
    clock.move(timedelta(hours=1))
    slack_server.kill_sockets()
    slack_server.reconnected(6)


def test_a_session_that_ends_answers_what_is_in_hand(slack_server: SlackServer, connect: Connect) -> None:
    running = connect()
    running.until("online")
    ada = slack_server.person("Ada")
    asked = slack_server.command(ada, slack_server.dm(ada), "/ask", "What is a tokenizer?")
    asked.acknowledged()
    running.stop()
    assert "token" in asked.answered().shown


def test_an_event_that_nobody_listens_to_is_acknowledged(
    slack_server: SlackServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    connect().until("online")
    ada = slack_server.person("Ada")
    channel = slack_server.channel("study", ada, bot=True)
    slack_server.archive(channel)
    slack_server.wait(lambda: not slack_server.unacknowledged, what="all of it to be acknowledged")
    assert lines(caplog, logging.WARNING) == []


def test_all_works_with_what_the_manifest_asks_for_and_nothing_else(
    slack_server: SlackServer, connect: Connect
) -> None:
    slack_server.app.configure(manifest(SlackOptions()))
    slack_server.take_scopes(*(slack_server.app.scopes - set(SCOPES)))
    connect().until("online")
    assert "token" in asks(slack_server)


def test_the_portal_knows_what_is_missing(slack_server: SlackServer, options: SlackOptions) -> None:
    assert portal.standing(options) == Standing("recap", "Study", ())
    slack_server.take_scopes("files:write")
    assert portal.standing(options).missing == ("files:write",)
    portal.check_socket(options)
    assert slack_server.socket.connects == 0, "asking opens none"


@pytest.mark.parametrize(
    ("method", "kind", "key"),
    [
        ("auth.test", 503, "error.slack_unreachable"),
        ("auth.test", "invalid_auth", "slack.refused.token"),
        ("auth.test", "account_inactive", "slack.refused.uninstalled"),
        ("apps.connections.open", "missing_scope", "slack.refused.scope"),
        ("apps.connections.open", "invalid_auth", "slack.refused.app_token"),
        ("apps.connections.open", "socket_mode_not_enabled", "slack.refused.socket"),
        ("apps.connections.open", "reset", "error.slack_unreachable"),
    ],
)
def test_the_portal_says_what_is_wrong(
    slack_server: SlackServer, options: SlackOptions, method: str, kind: int | str, key: str
) -> None:
    slack_server.faults.add(method, kind)
    with pytest.raises(SlackError) as refused:
        portal.standing(options) if method == "auth.test" else portal.check_socket(options)
    assert refused.value.key == key
