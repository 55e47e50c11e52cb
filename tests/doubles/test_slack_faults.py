"""What goes wrong on purpose on the loopback Slack, as a client sees it."""

from __future__ import annotations

import threading
from datetime import timedelta

import httpx
import pytest

from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Channel
from tests.doubles.slack_server import SlackServer
from tests.doubles.steps import Stopped
from tests.doubles.web_api import WebApi


@pytest.fixture
def study(slack_server: SlackServer) -> Channel:
    return slack_server.channel("study", slack_server.person("Ada"), bot=True)


def texts(server: SlackServer, channel: Channel) -> list[str]:
    return [each.text for each in server.by_bot(channel)]


def test_answers_that_fail(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    slack_server.faults.add("chat.postMessage", 429, retry_after=7)
    slack_server.faults.add("chat.*", 503)
    slack_server.faults.add("chat.postMessage", "fatal_error", served=True)
    limited = api.send("chat.postMessage", channel=study.id, text="1")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert limited.json() == {"ok": False, "error": "ratelimited"}
    assert api.send("chat.postMessage", channel=study.id, text="2").status_code == 503
    assert api.error("chat.postMessage", channel=study.id, text="3") == "fatal_error"
    assert api.error("chat.postMessage", channel=study.id, text="4") == ""
    assert texts(slack_server, study) == ["3", "4"]
    assert [each.failed_by for each in slack_server.refusals] == ["429", "503", "fatal_error"]


@pytest.mark.parametrize(("kind", "done"), [("reset", []), ("reset after", ["x"])])
def test_connections_that_break(
    slack_server: SlackServer, api: WebApi, study: Channel, kind: str, done: list[str]
) -> None:
    slack_server.faults.add("chat.postMessage", kind)
    with pytest.raises(httpx.HTTPError):
        api("chat.postMessage", channel=study.id, text="x")
    assert texts(slack_server, study) == done


def test_an_answer_that_never_comes(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    fault = slack_server.faults.add("chat.postMessage", "hang")
    failures: list[Exception] = []

    def ask() -> None:
        try:
            api("chat.postMessage", channel=study.id, text="x")
        except httpx.HTTPError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    slack_server.wait(lambda: fault.hits)
    slack_server.faults.clear()
    asking.join(10)
    assert failures
    assert texts(slack_server, study) == []


def test_response_urls_and_files_fail_too(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    asked = slack_server.command(study.members[0], study, "/x")
    slack_server.faults.add("response_url", 500)
    assert api.http.post(asked.response_url, json={"text": "x"}).status_code == 500
    assert asked.hook is not None
    assert asked.hook.uses == 0
    given = api("files.getUploadURLExternal", filename="a.txt", length=1)
    slack_server.faults.add("upload", 502, served=True)
    assert api.http.post(given["upload_url"], content=b"x").status_code == 502
    assert slack_server.world.files[given["file_id"]].uploaded


def test_a_process_that_dies_midway_gets_no_answer(
    slack_server: SlackServer, api: WebApi, study: Channel
) -> None:
    def die() -> None:
        raise Stopped

    slack_server.steps.before(slack_server.next_number, die)
    with pytest.raises(httpx.HTTPError):
        api("chat.postMessage", channel=study.id, text="1")
    slack_server.steps.after(slack_server.next_number, die)
    with pytest.raises(httpx.HTTPError):
        api("chat.postMessage", channel=study.id, text="2")
    assert texts(slack_server, study) == ["2"]


def test_tiers_run_by_the_clock(
    slack_server: SlackServer, api: WebApi, study: Channel, clock: FrozenClock
) -> None:
    slack_server.rates.enforce()
    other = slack_server.channel("other", bot=True)
    for _ in range(60):
        assert api.error("chat.postMessage", channel=study.id, text="x") == ""
    limited = api.send("chat.postMessage", channel=study.id, text="x")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "60")
    assert api.error("chat.postMessage", channel=other.id, text="x") == ""
    clock.move(timedelta(seconds=61))
    assert api.error("chat.postMessage", channel=study.id, text="x") == ""
    assert slack_server.rates.refused == 1


def test_a_limit_of_the_tests_own(slack_server: SlackServer, api: WebApi) -> None:
    slack_server.rates.limit("users.list", 1, per=30)
    assert api.error("users.list") == ""
    assert api.error("users.list") == "ratelimited"
    assert api.error("team.info") == ""
