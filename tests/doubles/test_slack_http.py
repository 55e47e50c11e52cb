"""Signed requests: dated, tried again, and whatever a stranger may send."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.doubles.slack.http import FORM
from tests.doubles.slack.world import User
from tests.doubles.slack_bot import Bot
from tests.doubles.slack_running import Running
from tests.doubles.slack_server import SlackServer


@pytest.fixture
def bot(slack_server: SlackServer) -> Iterator[Bot]:
    bot = Bot(slack_server)
    with Running(slack_server, bot, http=True):
        yield bot


@pytest.fixture
def ada(slack_server: SlackServer) -> User:
    return slack_server.person("Ada")


@pytest.mark.usefixtures("bot")
def test_only_slack_is_believed(slack_server: SlackServer, ada: User) -> None:
    asked = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x").acknowledged()
    assert (asked.status, asked.ack) == (200, "quietly: x")
    assert slack_server.replay(asked).status == 200
    body = "command=%2Fquiet&text=x"
    assert slack_server.post(body, FORM, secret="wrong").status == 401  # noqa: S106
    assert slack_server.post(body, FORM, at=int(time.time()) - 301).status == 401
    assert slack_server.post(body, FORM, headers={"X-Slack-Signature": "v0=00"}).status == 401
    assert slack_server.verify_url().status == 200


def test_events_that_fail_come_again_at_once(slack_server: SlackServer, bot: Bot, ada: User) -> None:
    real = slack_server.http.events
    slack_server.http.events = real.replace("/slack/events", "/nowhere")
    said = slack_server.say(ada, slack_server.dm(ada), "x")
    slack_server.wait(lambda: said.events[0].deliveries == 2)
    slack_server.http.events = real
    slack_server.redeliver(said)
    assert slack_server.replied(said).text == "hi x"
    assert bot.heard("try") == "2"
    tries = [each for each in slack_server.desk.post.deliveries if each.invocation is said.events[0]]
    assert tries[1].answer is not None
    assert tries[1].answer.sent["X-Slack-Retry-Reason"] == "http_error"


@pytest.mark.usefixtures("bot")
def test_an_app_that_is_not_there(slack_server: SlackServer, ada: User) -> None:
    slack_server.http.commands = "http://127.0.0.1:9/"
    asked = slack_server.command(ada, slack_server.dm(ada), "/quiet", "x")
    slack_server.wait(lambda: asked.failed)
    assert asked.failed.startswith("connection_failed")
    with pytest.raises(AssertionError, match="dispatch_failed"):
        asked.acknowledged()


@pytest.mark.usefixtures("bot")
def test_requests_are_as_slack_sends_them(slack_server: SlackServer, ada: User) -> None:
    slack_server.say(ada, slack_server.dm(ada), "x").events[0].acknowledged()
    slack_server.command(ada, slack_server.dm(ada), "/ask", "x")
    card = slack_server.message(slack_server.dm(ada), "a card")
    slack_server.press(ada, card, "hint").acknowledged()
    deliveries = slack_server.desk.post.deliveries
    slack_server.wait(lambda: sum(each.answer is not None for each in deliveries) >= 3, what="three answers")
    sent = [each.answer for each in deliveries if each.answer is not None]
    kinds = {each.sent["Content-Type"] for each in sent}
    assert kinds == {FORM, "application/json"}
    assert any(each.body.startswith("payload=%7B") for each in sent)
    assert any(json.loads(each.body)["type"] == "event_callback" for each in sent if each.body[0] == "{")
