"""The chat over HTTP: turns, history, events, the outbox's end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from bot.core.reply import Action, Field, Reply
from bot.platforms.web.errors import WebError
from bot.platforms.web.options import WebOptions
from jobs.outbox import Delivery, Outbox
from knowledge.store import Database
from tests.bot.platforms.web.client import Page
from tests.doubles.clock import FrozenClock
from tests.doubles.scripted_core import NOTE, ScriptedCore
from tests.doubles.web_server import WebServer


def test_a_line_gets_its_reply_and_both_are_kept(page: Page) -> None:
    reply = page.say("What is a tokenizer?")
    assert reply["tone"] == "answer"
    assert 'data-cite="1"' in reply["html"]
    assert reply["citations"][0]["lines"] == "lines 14–15"
    history = page.messages()
    assert [one["author"] for one in history["messages"]] == ["learner", "recap"]
    assert history["messages"][1] == reply


def test_the_same_request_twice_does_the_work_once(page: Page, script: ScriptedCore) -> None:
    first = page.turn("hello", "client-same").json()
    again = page.turn("hello", "client-same").json()
    assert first == again
    assert len(script.turns) == 1


def test_the_same_request_at_the_same_time_does_the_work_once(page: Page, script: ScriptedCore) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(page.turn, "/slow", "client-same") for _ in range(4)]
        _until(lambda: bool(script.turns))
        script.hold.set()
        bodies = [answer.result(10).json() for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert len(script.turns) == 1


def test_a_page_that_leaves_still_gets_its_reply_into_the_history(page: Page, script: ScriptedCore) -> None:
    with pytest.raises(httpx.ReadTimeout):
        page.http.post("/api/turn", json={"id": page.new_id(), "text": "/slow"}, timeout=0.5)
    assert page.messages()["messages"][1]["pending"]
    script.hold.set()
    _until(lambda: not page.messages()["messages"][1].get("pending"))
    assert "Finally" in page.messages()["messages"][1]["html"]


def test_slow_turns_do_not_hold_up_others(page: Page, script: ScriptedCore) -> None:
    with ThreadPoolExecutor(3) as pool:
        slow = [pool.submit(page.turn, "/slow") for _ in range(3)]
        _until(lambda: len(script.turns) == 3)
        assert "Or type a command" in page.say("/help")["html"]
        assert page.http.get("/api/complete", params={"line": "/"}).is_success
        script.hold.set()
        assert all(answer.result(10).is_success for answer in slow)


def test_a_turn_carries_who_where_and_how_to_edit_the_reply(page: Page, script: ScriptedCore) -> None:
    page.http.headers["x-recap-zone"] = "Europe/Sofia"
    page.http.headers["accept-language"] = "fr;q=0.9, bg-BG;q=0.8, en;q=0.7"
    reply = page.say("здравей")
    turn = script.turns[0]
    assert turn.platform == "web"
    assert turn.place == f"web:{turn.person.external_id}"
    assert turn.reply_ref == str(reply["id"])
    assert (turn.person.locale, turn.person.zone, turn.person.is_admin) == ("bg-BG", "Europe/Sofia", True)


def test_two_browsers_are_two_people(page: Page, server: WebServer) -> None:
    page.say("hello")
    with Page(server.url) as other:
        assert other.messages()["messages"] == []


def test_history_comes_in_pages(page: Page) -> None:
    for number in range(25):
        page.say(f"/help {number}")
    last = page.messages()
    assert len(last["messages"]) == 40
    assert last["more"]
    first = page.messages(before=last["messages"][0]["id"])
    assert [one["text"] for one in first["messages"][::2]] == [f"/help {number}" for number in range(5)]
    assert not first["more"]


# --- buttons -------------------------------------------------------------------------------------


def test_a_press_is_a_turn_told_in_words(page: Page, script: ScriptedCore) -> None:
    note = page.say("/learn")
    told = page.press(note["id"], f"studied?note={NOTE}").json()
    assert told["said"]["via"] == "I studied this"
    assert told["reply"]["tone"] == "success"
    actions = _message(page, note["id"])["actions"]
    assert [action["state"] for action in actions] == ["pressed"]


def test_a_form_s_answer_is_told_as_what_the_learner_wrote(page: Page, script: ScriptedCore) -> None:
    script.answers["/quiz"] = script.question(late=False)
    question = page.say("/quiz")
    told = page.press(question["id"], "answer?attempt=1", response="They split rare words").json()
    assert (told["said"]["via"], told["said"]["text"]) == ("Answer", "They split rare words")
    states = [action["state"] for action in _message(page, question["id"])["actions"]]
    assert states == ["pressed", "settled", "settled"]


def test_several_fields_are_listed_with_their_labels(page: Page) -> None:
    settings = page.say("/settings")
    told = page.press(settings["id"], "settings", language="bg", hour="9").json()
    assert told["said"]["text"] == "Language: български\nReview hour: 9"
    assert _message(page, settings["id"])["actions"][0]["state"] == "ready"


@pytest.mark.parametrize(
    "fields", [{}, {"language": "xx", "hour": "1"}, {"language": "bg", "hour": "1", "x": "y"}]
)
def test_a_form_is_held_against_its_fields(page: Page, script: ScriptedCore, fields: dict[str, str]) -> None:
    settings = page.say("/settings")
    response = page.press(settings["id"], "settings", **fields)
    assert response.status_code == 400
    assert response.json()["error"].startswith("The form can't be sent")
    assert len(script.turns) == 1


def test_only_what_was_offered_can_be_pressed(page: Page, server: WebServer) -> None:
    note = page.say("/learn")
    assert page.press(note["id"], "rate?attempt=1&rating=4").status_code == 409
    assert page.press(note["id"] + 1000, f"studied?note={NOTE}").status_code == 409
    with Page(server.url) as other:
        assert other.press(note["id"], f"studied?note={NOTE}").status_code == 409


def test_the_welcome_s_buttons_work_before_there_is_any_message(page: Page) -> None:
    welcome = page.http.get("/api/session").json()["welcome"]
    told = page.press(None, welcome["actions"][0]["id"]).json()
    assert told["reply"]["tone"] == "note"


def test_a_press_that_failed_may_be_pressed_again(page: Page, script: ScriptedCore) -> None:
    script.answers["/x"] = Reply(
        "?", actions=(Action("nothing", "Try", fields=(Field("text", "Text"),), group="g"),)
    )
    message = page.say("/x")
    script.dispatch = lambda turn: Reply("No.", "error")  # type: ignore[method-assign]
    assert page.press(message["id"], "nothing", text="a").json()["reply"]["tone"] == "error"
    assert _message(page, message["id"])["actions"][0]["state"] == "ready"


# --- events and the outbox -----------------------------------------------------------------------


def test_every_open_page_hears_of_a_turn(page: Page) -> None:
    with page.events() as first, page.events() as second:
        page.say("hello")
        for events in (first, second):
            assert next(events)[1]["text"] == "hello"
            assert next(message for _, message in events if message.get("tone") == "answer")


def test_progress_and_result_edit_the_reply(page: Page) -> None:
    reply = page.say("/try tokenize Unbelievable!")
    with page.events(after=0) as events:
        for _, message in events:
            if message["id"] == reply["id"] and message.get("tone") == "result":
                break
    assert len(page.messages()["messages"]) == 2


def test_a_message_arrives_by_itself_once(page: Page, script: ScriptedCore) -> None:
    page.say("hello")
    place = script.turns[0].place
    seen = page.messages()["change"]
    with page.events(after=seen) as events:
        script.queue(place, "review:7", script.question(late=False))
        _, message = next(events)
    assert message["unasked"]
    assert message["tone"] == "question"


def test_a_delivery_that_is_repeated_after_a_crash_shows_once(
    page: Page, server: WebServer, script: ScriptedCore, outbox: Outbox, clock: FrozenClock
) -> None:
    page.say("hello")
    script.queue(script.turns[0].place, "review:7", script.question(late=False))
    _until(lambda: len(page.messages()["messages"]) == 3)
    delivery = _delivery("review:7", script.turns[0].place)
    again = server.platform.send(delivery, script.question(late=False))
    assert again == str(page.messages()["messages"][2]["id"])
    assert len(page.messages()["messages"]) == 3


def test_a_stream_resumes_after_the_last_event(page: Page) -> None:
    page.say("one")
    seen = page.messages()["change"]
    page.say("two")
    with page.events(after=0, last=seen) as events:
        assert next(events)[1]["text"] == "two"


def test_unread_counts_until_seen(page: Page, script: ScriptedCore) -> None:
    reply = page.say("hello")
    assert page.http.get("/api/session").json()["unread"] == 1
    assert page.http.post("/api/seen", json={"id": reply["id"]}).status_code == 204
    assert page.http.get("/api/session").json()["unread"] == 0


# --- the rest of the page ------------------------------------------------------------------------


def test_the_page_speaks_the_learner_s_language(page: Page) -> None:
    assert page.http.get("/api/session").json()["strings"]["show_all"] == "Show all"
    page.http.headers["accept-language"] = "zh-CN"
    session = page.http.get("/api/session").json()
    assert (session["language"], session["strings"]["show_all"]) == ("zh", "显示全部")
    page.press(page.say("/settings")["id"], "settings", language="bg", hour="9")
    assert page.http.get("/api/session").json()["strings"]["show_all"] == "Покажи всичко"


def test_commands_complete(page: Page) -> None:
    found = page.http.get("/api/complete", params={"line": "/tr"}).json()["suggestions"]
    assert found == [
        {"insert": "/try ", "label": "/try task text [model:…]", "detail": "runs a model on your text"}
    ]
    assert page.http.get("/api/complete", params={"line": "x" * 5000}).json()["suggestions"] == []


def test_a_citation_opens_its_lines(page: Page) -> None:
    view = page.http.get("/api/passage", params={"note": NOTE, "start": 14, "end": 15}).json()
    assert view["lines"][view["start"] - view["first_line"]].startswith("A model never reads text")


def test_a_note_that_is_gone_is_a_sentence(page: Page) -> None:
    response = page.http.get("/api/passage", params={"note": "gone.md", "start": 1, "end": 2})
    assert response.status_code == 404
    assert "gone.md" in response.json()["error"]


def test_health_tells_readiness(page: Page) -> None:
    assert page.http.get("/healthz").json() == {"status": "ready"}


# --- start and stop ------------------------------------------------------------------------------


def test_history_and_buttons_survive_a_restart(
    script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    with WebServer(script, store, outbox, clock) as server, Page(server.url) as page:
        note = page.say("/learn")
        cookies = dict(page.http.cookies)
    with WebServer(script, store, outbox, clock) as server, Page(server.url) as page:
        page.http.cookies.update(cookies)
        assert page.messages()["messages"][1] == note
        assert page.press(note["id"], f"studied?note={NOTE}").json()["reply"]["tone"] == "success"


def test_a_turn_cut_off_by_a_crash_says_so_and_can_be_sent_again(
    script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    with WebServer(script, store, outbox, clock) as server, Page(server.url) as page:
        page.say("hello")
        place, cookies = script.turns[0].place, dict(page.http.cookies)
        server.platform._history.begin(place, "client-crashed", "and then?", None, "en")
    with WebServer(script, store, outbox, clock) as server, Page(server.url) as page:
        page.http.cookies.update(cookies)
        assert "stopped before I could answer" in page.messages()["messages"][-1]["html"]
        assert page.turn("and then?", "client-crashed").json()["reply"]["tone"] == "answer"
        assert len(page.messages()["messages"]) == 4


def test_the_server_stops_quickly_with_streams_open(
    script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    with WebServer(script, store, outbox, clock) as server, Page(server.url) as page:
        page.say("hello")
        with page.events() as events:
            next(events)
            started = time.perf_counter()
            server.stop()
            assert time.perf_counter() - started < 2
    assert not [thread for thread in threading.enumerate() if thread.name.startswith(("drain", "web-server"))]


def test_a_stop_waits_for_turns_in_work(
    script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    with (
        WebServer(script, store, outbox, clock) as server,
        Page(server.url) as page,
        ThreadPoolExecutor(1) as pool,
    ):
        answer = pool.submit(page.turn, "/slow")
        _until(lambda: bool(script.turns))
        server.platform.stop()
        script.hold.set()
        assert "Finally" in answer.result(10).json()["reply"]["html"]


def test_a_busy_port_is_an_error_that_names_the_setting(
    server: WebServer, script: ScriptedCore, store: Database, outbox: Outbox, clock: FrozenClock
) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(WebError) as caught, WebServer(script, store, outbox, clock, WebOptions(port=port)):
        pass
    assert caught.value.key == "web.error.port_busy"
    assert caught.value.params["setting"] == "web.port"


def _until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Waits for a condition of another thread."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        threading.Event().wait(0.02)


def _message(page: Page, message_id: int) -> dict[str, Any]:
    return next(one for one in page.messages()["messages"] if one["id"] == message_id)


def _delivery(key: str, place: str) -> Delivery:
    return Delivery(1, key, "web", place, None, "scripted", {}, None, 2)
