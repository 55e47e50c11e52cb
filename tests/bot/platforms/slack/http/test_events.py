"""Requests over real sockets: what is Slack's own is worked on once, everything else not at all."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.platforms.slack.http.asgi import Served
from bot.platforms.slack.http.events import MOST, Events
from bot.platforms.slack.http.signature import WINDOW
from tests.bot.platforms.slack.conftest import Serve
from tests.bot.platforms.slack.http.bolt import Bolt
from tests.bot.platforms.slack.http.sender import FORM, JSON, SECRET, Sender, command, event, signed
from tests.doubles.clock import FrozenClock

PATH = "/slack/events"
MENTION = event(type="app_mention", user="U1", channel="C1", text="hi", ts="1.1")


@pytest.fixture
def bolt() -> Iterator[Bolt]:
    with Bolt() as bolt:
        yield bolt


@pytest.fixture
def sender(serve: Serve, bolt: Bolt, clock: FrozenClock) -> Sender:
    return Sender(serve({PATH: Served(Events(SECRET, bolt.taking, clock, patience=0.3))}) + PATH, clock)


@pytest.fixture
def heard(bolt: Bolt) -> list[dict[str, Any]]:
    """The mentions that got through."""
    heard: list[dict[str, Any]] = []

    @bolt.app.event("app_mention")
    async def mentioned(event: dict[str, Any]) -> None:
        heard.append(event)

    return heard


def test_an_event_reaches_bolt_on_its_own_loop(sender: Sender, heard: list[dict[str, Any]]) -> None:
    response = sender.send(MENTION)
    assert (response.status_code, response.text) == (200, "")
    assert [one["text"] for one in heard] == ["hi"]


def test_an_address_is_verified(sender: Sender) -> None:
    response = sender.send(json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}))
    assert response.status_code == 200
    assert response.json() == {"challenge": "3eZbrw1a"}


def test_what_a_listener_says_goes_back(sender: Sender, bolt: Bolt) -> None:
    @bolt.app.command("/ask")
    async def asked(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"Търся: {command['text']}")

    response = sender.send(command("/ask", "какво е пасаж?"), FORM)
    assert response.status_code == 200
    assert "Търся: какво е пасаж?" in response.text


@pytest.mark.parametrize("off", [-WINDOW, 0, WINDOW])
def test_a_timestamp_may_be_five_minutes_off(sender: Sender, heard: list[dict[str, Any]], off: int) -> None:
    assert sender.post(MENTION, {**JSON, **signed(MENTION, sender.now + off)}).status_code == 200
    assert heard


@pytest.mark.parametrize("off", [-WINDOW - 1, WINDOW + 1, -(10**9)])
def test_an_older_one_is_refused_however_well_it_is_signed(
    sender: Sender, heard: list[dict[str, Any]], off: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert sender.post(MENTION, {**JSON, **signed(MENTION, sender.now + off)}).status_code == 401
    assert not heard
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == [
        "a request in Slack's name was refused: old timestamp"
    ]


def test_a_bad_signature_is_refused_and_told_once(
    sender: Sender, heard: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    good = signed(MENTION, sender.now)
    for headers in (
        signed(MENTION, sender.now, secret="another"),  # noqa: S106
        signed(MENTION + " ", sender.now),
        {**good, "x-slack-request-timestamp": str(sender.now - 1)},
        {**good, "x-slack-signature": good["x-slack-signature"].upper()},
        {**good, "x-slack-signature": good["x-slack-signature"].removeprefix("v0=")},
        {**good, "x-slack-signature": "v0="},
    ):
        response = sender.post(MENTION, {**JSON, **headers})
        assert (response.status_code, response.text) == (401, "")
    assert not heard
    told = [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING]
    assert told == ["a request in Slack's name was refused: bad signature"]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1", "1e9", "１７７２４４２０００", "9" * 40, "17724420 00"]
)
def test_what_is_no_timestamp_is_refused(sender: Sender, heard: list[dict[str, Any]], timestamp: str) -> None:
    headers = {**JSON, **signed(MENTION, sender.now), "x-slack-request-timestamp": timestamp}
    assert sender.post(MENTION, headers).status_code == 401
    assert not heard


def test_nothing_is_taken_without_a_signature(sender: Sender, heard: list[dict[str, Any]]) -> None:
    assert sender.post(MENTION, JSON).status_code == 401
    assert sender.post(b"ssl_check=1&token=x", FORM).status_code == 401
    assert not heard


def test_the_same_request_again_is_no_work(
    sender: Sender, heard: list[dict[str, Any]], clock: FrozenClock
) -> None:
    headers = {**JSON, **signed(MENTION, sender.now)}
    assert sender.post(MENTION, headers).status_code == 200
    assert sender.post(MENTION, headers).status_code == 401
    clock.move(timedelta(seconds=WINDOW))
    assert sender.post(MENTION, headers).status_code == 401
    clock.move(timedelta(seconds=1))
    assert sender.post(MENTION, headers).status_code == 401
    assert len(heard) == 1


def test_slacks_own_retry_is_signed_anew_and_taken(
    sender: Sender, heard: list[dict[str, Any]], clock: FrozenClock
) -> None:
    sender.send(MENTION)
    clock.move(timedelta(seconds=4))
    again = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    assert sender.send(MENTION, JSON, **again).status_code == 200
    assert len(heard) == 2


def test_while_slack_is_down_it_is_asked_to_come_again_with_the_very_same(
    sender: Sender, bolt: Bolt, heard: list[dict[str, Any]]
) -> None:
    bolt.down = True
    assert sender.send(MENTION).status_code == 503
    bolt.down = False
    assert sender.send(MENTION).status_code == 200
    assert len(heard) == 1


def test_a_loop_that_was_closed_just_now_is_down_too(sender: Sender, bolt: Bolt) -> None:
    bolt.stop()
    assert sender.send(MENTION).status_code == 503


def test_what_is_acknowledged_late_is_done_all_the_same(
    sender: Sender, bolt: Bolt, caplog: pytest.LogCaptureFixture
) -> None:
    go_on, done = threading.Event(), threading.Event()

    @bolt.app.command("/ask")
    async def asked(ack: Any) -> None:
        await asyncio.to_thread(go_on.wait, 10)
        await ack()
        done.set()

    assert sender.send(command("/ask", "x"), FORM).status_code == 503
    assert "not acknowledged" in caplog.text
    go_on.set()
    assert done.wait(10)


def test_a_fault_of_ours_is_an_error_that_tells_nothing(
    sender: Sender, bolt: Bolt, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(request: object) -> None:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(bolt.app, "async_dispatch", broken)
    response = sender.send(MENTION)
    assert (response.status_code, response.text) == (500, "")


def test_a_body_that_is_too_large_is_refused_unread(sender: Sender, heard: list[dict[str, Any]]) -> None:
    large = event(type="app_mention", user="U1", text="x" * MOST)
    assert sender.send(large).status_code == 413
    pieces = (b"x" * 65536 for _ in range(MOST // 65536 + 2))
    headers = {**JSON, **signed("", sender.now)}
    response = httpx.post(sender.url, content=pieces, headers=headers, trust_env=False)
    assert response.status_code == 413
    assert not heard


def test_a_large_one_within_the_limit_is_taken(sender: Sender, heard: list[dict[str, Any]]) -> None:
    assert sender.send(event(type="app_mention", user="U1", text="x" * (MOST - 1000))).status_code == 200
    assert len(heard) == 1


@pytest.mark.parametrize("body", ["{", "[1]", "payload=%7B", "payload=%5B%5D"])
def test_what_is_signed_but_unreadable_is_refused(
    sender: Sender, heard: list[dict[str, Any]], body: str
) -> None:
    assert sender.send(body, FORM if "=" in body else JSON).status_code == 400
    assert not heard


def test_unsigned_headers_do_not_steer_bolt(sender: Sender, bolt: Bolt) -> None:
    ran: list[str] = []

    async def acked(ack: Any) -> None:
        await ack("acknowledged")

    async def later(body: dict[str, Any]) -> None:
        ran.append("later")

    bolt.app.command("/ask")(ack=acked, lazy=[later])
    steering = {"x-slack-bolt-lazy-only": "1", "x-slack-bolt-lazy-function-name": "later"}
    assert sender.send(command("/ask", "x"), FORM, **steering).text == "acknowledged"


def test_slack_may_look_at_the_certificate(sender: Sender) -> None:
    assert httpx.get(f"{sender.url}?ssl_check=1&token=x", trust_env=False).status_code == 200
    assert httpx.get(sender.url, trust_env=False).status_code == 405


def test_who_hangs_up_harms_nobody(sender: Sender, heard: list[dict[str, Any]]) -> None:
    url = httpx.URL(sender.url)
    headers = signed(MENTION, sender.now)
    head = "".join(f"{name}: {value}\r\n" for name, value in {**JSON, **headers}.items())
    with socket.create_connection((url.host, url.port or 80)) as connection:
        connection.sendall(
            f"POST {PATH} HTTP/1.1\r\nhost: x\r\n{head}content-length: {len(MENTION)}\r\n\r\n{{".encode()
        )
    assert sender.send(MENTION).status_code == 200
    assert len(heard) == 1
