"""What the web chat refuses, and what it never shows."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from bot.core.reply import Reply
from bot.platforms.web.errors import WebError
from bot.platforms.web.identity import IDENTITY, PASS, preferred_locale
from bot.platforms.web.options import WebOptions, host_name
from jobs.outbox import Outbox
from knowledge.store import Database
from tests.bot.platforms.web.client import Page
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer

TOKEN = "group-token-1"  # noqa: S105
ADMIN = "admin-token-1"


@pytest.fixture
def exposed(script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock) -> Iterator[WebServer]:
    options = WebOptions(port=0, token=TOKEN, admin_token=ADMIN, hosts=("study.example",))
    with WebServer(script, store, outbox, clock, options) as server:
        yield server


# --- on loopback ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8080", "127.0.0.1.evil.test", "", "localhost.evil.test"]
)
def test_a_foreign_host_name_is_refused(server: WebServer, host: str) -> None:
    for path in ("/", "/api/session", "/static/app.js", "/healthz"):
        response = httpx.get(server.url + path, headers={"host": host}, trust_env=False)
        assert response.status_code == 421
        assert "Traceback" not in response.text


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "http://localhost:1", None])
def test_a_post_of_another_page_is_refused(page: Page, script: ScriptedCore, origin: str | None) -> None:
    if origin is None:
        del page.http.headers["origin"]
    else:
        page.http.headers["origin"] = origin
    for path in ("/api/turn", "/api/seen", "/api/login"):
        response = page.http.post(path, json={"id": page.new_id(), "text": "hi"})
        assert response.status_code == 403
        assert response.json()["error"]
    assert script.turns == []


def test_a_plain_form_of_another_page_is_refused(page: Page) -> None:
    response = page.http.post(
        "/api/turn", content='{"id":"12345678","text":"x"}', headers={"content-type": "text/plain"}
    )
    assert response.status_code == 415


def test_every_response_carries_the_policy(page: Page) -> None:
    for path in ("/", "/static/app.js", "/api/session", "/api/passage", "/nowhere"):
        headers = page.http.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_has_no_inline_script_or_style(page: Page) -> None:
    html = page.http.get("/").text
    assert " style=" not in html
    assert " on" not in html.replace(" only", "")
    assert html.count("<script") == html.count("<script src=") + html.count('<script type="module" src=')


def test_the_identity_is_a_cookie_that_scripts_cannot_read(server: WebServer) -> None:
    cookie = httpx.get(server.url, trust_env=False).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Max-Age=31536000" in cookie


def test_the_cookie_itself_is_not_stored(page: Page, script: ScriptedCore) -> None:
    page.say("hello")
    assert page.http.cookies[IDENTITY] not in script.turns[0].place


def test_without_a_cookie_nothing_is_told(server: WebServer) -> None:
    for path in ("/api/messages", "/api/events", "/api/complete?line=/", "/api/passage?note=a&start=1&end=1"):
        response = httpx.get(server.url + path, trust_env=False)
        assert response.status_code == 401
        assert response.json()["error"]


def test_a_megabyte_is_refused_with_a_sentence(page: Page, script: ScriptedCore) -> None:
    response = page.turn("x" * 1_000_000)
    assert response.status_code == 413
    assert response.json()["error"] == "That is too much for one message: at most 256 KB."
    response = page.turn("я" * 20_001)
    assert response.status_code == 413
    assert "20000 characters" in response.json()["error"]
    assert script.turns == []
    assert page.say("still there?")["tone"] == "answer"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"id":1,"text":"x"}',
        b'{"id":"short","text":"x"}',
        b'{"id":"12345678","text":null}',
        b'{"id":"12345678","text":"   "}',
        b'{"id":"12345678","press":{}}',
        b'{"id":"12345678","press":{"action":"a","message":true}}',
        b'{"id":"12345678","press":{"action":"a","message":1,"fields":{"a":1}}}',
        b'{"id":"12345678","press":{"action":"a","message":99999999999999999999}}',
        b"[" * 20_000,
        b'{"id":"12345678","text":"\xff"}',
    ],
)
def test_a_broken_request_is_a_sentence_and_never_a_traceback(page: Page, body: bytes) -> None:
    response = page.http.post("/api/turn", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500
    assert response.json()["error"]
    assert "Traceback" not in response.text


def test_characters_that_no_database_takes_are_replaced(page: Page) -> None:
    body = b'{"id":"12345678","text":"a\\ud800\\u0000b"}'
    response = page.http.post("/api/turn", content=body, headers={"content-type": "application/json"})
    assert response.json()["said"]["text"] == "a?b"


@pytest.mark.parametrize(
    "path", ["/nowhere", "/static/../server.py", "/static/%2e%2e/server.py", "/static/nothing"]
)
def test_what_is_not_there_is_a_sentence(page: Page, path: str) -> None:
    response = page.http.get(path)
    assert response.status_code == 404
    assert set(response.json()) == {"error", "key"}


def test_a_failure_inside_shows_a_sentence(page: Page, script: ScriptedCore) -> None:
    def broken(note: str, start: int, end: int) -> None:
        raise ZeroDivisionError("secret")

    script.passage = broken  # type: ignore[assignment,method-assign]
    response = page.http.get("/api/passage", params={"note": "a", "start": 1, "end": 1})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert response.json()["error"]


def test_what_a_note_or_a_model_wrote_stays_text(page: Page, script: ScriptedCore) -> None:
    script.answers["x"] = Reply(
        "<script>alert(1)</script> [a](javascript:alert(1)) @everyone \u202egnp.exe " + "y" * 99_000
    )
    html = page.say("x")["html"]
    assert "<script" not in html
    assert "javascript:" not in html.replace("(javascript:", "")
    assert "\u202e" not in html
    said = page.turn("<img src=x onerror=alert(1)>").json()["said"]
    assert said["text"] == "<img src=x onerror=alert(1)>"  # the page sets it as text, see the browser tests


# --- exposed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        WebOptions(host="0.0.0.0"),  # noqa: S104
        WebOptions(host="::"),
        WebOptions(host="192.168.1.5"),
        WebOptions(hosts=("a.example",)),
    ],
)
def test_an_exposed_chat_without_a_token_is_refused_at_the_start(options: WebOptions) -> None:
    with pytest.raises(WebError) as caught:
        options.check()
    assert caught.value.key == "web.error.token_required"
    assert caught.value.params["setting"] == "web.token"


def test_loopback_needs_no_token() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        WebOptions(host=host).check()


def test_without_the_token_there_is_only_the_question_for_it(
    exposed: WebServer, script: ScriptedCore
) -> None:
    with Page(exposed.url) as page:
        assert 'id="login"' in page.http.get("/").text
        assert page.turn("hello").status_code == 401
        assert page.http.get("/api/messages").status_code == 401
        session = page.http.get("/api/session").json()
        assert session["entered"] is False
        assert "welcome" not in session
    assert script.turns == []


def test_the_token_opens_the_chat_but_not_the_admin_s_part(exposed: WebServer, script: ScriptedCore) -> None:
    with Page(exposed.url) as page:
        for wrong in ("wrong", "", "\ud800", "я", TOKEN + " x"):
            body = json.dumps({"token": wrong})
            response = page.http.post(
                "/api/login", content=body, headers={"content-type": "application/json"}
            )
            assert response.status_code == 403
        assert page.http.post("/api/login", json={"token": TOKEN}).json() == {"admin": False}
        assert page.say("hello")["tone"] == "answer"
    assert not script.turns[0].person.is_admin


def test_the_admin_token_makes_an_admin(exposed: WebServer, script: ScriptedCore) -> None:
    with Page(exposed.url) as page:
        assert page.http.post("/api/login", json={"token": ADMIN}).json() == {"admin": True}
        page.say("hello")
    assert script.turns[0].person.is_admin


def test_a_link_with_the_token_is_exchanged_for_a_cookie(exposed: WebServer) -> None:
    with Page(exposed.url) as page:
        response = page.http.get("/", params={"token": TOKEN})
        assert (response.status_code, response.headers["location"]) == (303, "/")
        assert TOKEN not in str(response.headers)
        assert page.say("hello")["tone"] == "answer"
        page.http.get("/", params={"token": "wrong"})
        assert page.say("again")["tone"] == "answer"


def test_a_pass_is_worth_nothing_with_another_identity(exposed: WebServer) -> None:
    with Page(exposed.url) as page, Page(exposed.url) as thief:
        page.http.post("/api/login", json={"token": TOKEN})
        thief.http.cookies.set(PASS, page.http.cookies[PASS])
        assert thief.turn("hello").status_code == 401


def test_guessing_is_slowed_down(exposed: WebServer) -> None:
    with Page(exposed.url) as page:
        for number in range(10):
            page.http.post("/api/login", json={"token": f"guess {number}"})
        response = page.http.post("/api/login", json={"token": TOKEN})
        assert response.status_code == 429
        assert "Wait a minute" in response.json()["error"]


def test_a_named_host_is_served(exposed: WebServer) -> None:
    with Page(exposed.url, host="study.example") as page:
        assert page.http.post("/api/login", json={"token": TOKEN}).is_success
        assert page.say("hello")["tone"] == "answer"
    assert httpx.get(exposed.url, headers={"host": "other.example"}, trust_env=False).status_code == 421


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost:80", "localhost"),
        ("[::1]:80", "::1"),
        ("A.Example", "a.example"),
        ("[::1]", "::1"),
        ("", ""),
    ],
)
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("bg-BG,bg;q=0.9,en;q=0.8", "bg-BG"),
        ("fr-FR, en;q=0.5, zh;q=0.8", "zh"),
        ("fr", "fr"),
        ("", "en"),
        ("<script>", "en"),
        ("en;q=x, zh;q=0.2", "zh"),
    ],
)
def test_the_first_language_that_we_speak(header: str, locale: str) -> None:
    from starlette.requests import Request

    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert preferred_locale(request) == locale
