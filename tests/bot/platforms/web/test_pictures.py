"""Pictures over HTTP: kept with their message, served to its reader alone, never the same address twice."""

from __future__ import annotations

import base64

from bot.core.reply import Image, Reply
from tests.bot.platforms.web.client import Page
from tests.doubles.scripted_core import ScriptedCore
from tests.doubles.web_server import WebServer

RED = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AAQQgWXAYAQ7gF+y3tNzQAAAAASUVORK5CYII="
)
BLUE = RED[:-8] + b"moreIEND"


def told(png: bytes) -> Reply:
    return Reply("How you stand:", image=Image(png, "Tokenization: step 1 of 4.", "progress.png"))


def test_a_picture_is_told_by_its_address_words_and_size(page: Page, script: ScriptedCore) -> None:
    script.answers["/progress"] = told(RED)
    image = page.say("/progress")["image"]
    assert image["alt"] == "Tokenization: step 1 of 4."
    assert (image["width"], image["height"]) == (2, 1), "half of 3 x 2, rounded up"
    response = page.http.get(image["address"])
    assert response.content == RED
    assert response.headers["content-type"] == "image/png"
    assert "immutable" in response.headers["cache-control"]
    assert "private" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_message_without_a_picture_says_so(page: Page) -> None:
    assert page.say("/help")["image"] is None


def test_a_picture_is_kept_with_its_message(page: Page, script: ScriptedCore, server: WebServer) -> None:
    script.answers["/progress"] = told(RED)
    image = page.say("/progress")["image"]
    assert page.messages()["messages"][1]["image"] == image
    assert page.http.get(image["address"]).content == RED


def test_only_its_reader_gets_a_picture(page: Page, script: ScriptedCore, server: WebServer) -> None:
    script.answers["/progress"] = told(RED)
    address = page.say("/progress")["image"]["address"]
    with Page(server.url) as stranger:
        assert stranger.http.get(address).status_code == 404
        stranger.http.cookies.clear()
        assert stranger.http.get(address).status_code == 401


def test_an_edited_message_shows_its_new_picture_and_no_old_one(page: Page, script: ScriptedCore) -> None:
    script.answers["/progress"] = told(RED)
    before = page.say("/progress")
    with page.events(after=before["change"]) as events:
        script.queue(script.turns[-1].place, "job:1:result", told(BLUE), str(before["id"]))
        _, after = next(events)
    assert after["image"]["address"] != before["image"]["address"]
    assert page.http.get(after["image"]["address"]).content == BLUE
    assert page.http.get(before["image"]["address"]).status_code == 404


def test_an_address_that_names_no_picture_is_not_found(page: Page, script: ScriptedCore) -> None:
    script.answers["/progress"] = told(RED)
    number = page.say("/progress")["id"]
    for address in (f"{number}/0", f"{number - 1}/0", "99999999999999/0", "x/0", "1/2/3"):
        assert page.http.get(f"/api/picture/{address}").status_code == 404


def test_words_of_a_picture_cannot_reorder_the_page(page: Page, script: ScriptedCore) -> None:
    script.answers["/progress"] = Reply("x", image=Image(b"not a picture", "a\u202eb"))
    image = page.say("/progress")["image"]
    assert "\u202e" not in image["alt"]
    assert "width" not in image
