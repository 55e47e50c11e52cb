"""What Slack wouldn't take is found by the loopback Slack, whichever of its judges knows of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.doubles.slack.world import Channel
from tests.doubles.slack_bot import button, form, section
from tests.doubles.slack_server import SlackServer
from tests.doubles.web_api import WebApi

Json = dict[str, Any]


@pytest.fixture
def study(slack_server: SlackServer) -> Channel:
    return slack_server.channel("study", slack_server.person("Ada"), bot=True)


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


TOO_MUCH: dict[str, tuple[Json, str]] = {
    "the text": ({"text": "x" * 40_001}, "text: more than 40000"),
    "blocks": ({"blocks": [section("x")] * 51}, "more than 50"),
    "the text of a section": ({"blocks": [section("x" * 3001)]}, "3000"),
    "blocks altogether": ({"blocks": [section("x" * 3000)] * 5}, "msg_blocks_too_long"),
    "markdown altogether": ({"blocks": [markdown(7000), markdown(7000)]}, "markdown"),
    "a label": ({"blocks": [actions(button("x" * 76, "a"))]}, "75"),
    "a button's value": ({"blocks": [actions({**button("x", "a"), "value": "x" * 2001})]}, "2000"),
    "an action_id": ({"blocks": [actions(button("x", "a" * 256))]}, "255"),
    "one action_id twice": ({"blocks": [actions(button("x", "a"), button("y", "a"))]}, "action_id 'a' twice"),
    "one block_id twice": ({"blocks": [section("x") | {"block_id": "b"}] * 2}, "block_id 'b' twice"),
    "buttons": ({"blocks": [actions(*(button("x", f"a{n}") for n in range(26)))]}, "25"),
    "a misspelt key": ({"blocks": [{**section("x"), "txet": "y"}]}, "txet"),
    "an unknown block": ({"blocks": [{"type": "sectoin"}]}, "unknown block"),
    "an input in a message": ({"blocks": form()["blocks"][:1]}, "input stands in views only"),
    "blocks without text": ({"text": "", "blocks": [section("x")]}, "text: none beside the blocks"),
    "metadata without a payload": ({"metadata": {"event_type": "x"}}, "event_payload"),
    "metadata of any size": (
        {"metadata": {"event_type": "x", "event_payload": {"x": "y" * 15_000}}},
        "bytes",
    ),
    "text and markdown": ({"markdown_text": "x"}, "stands alone"),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_a_message(slack_server: SlackServer, api: WebApi, study: Channel, case: str) -> None:
    body, problem = TOO_MUCH[case]
    with slack_server.violations.expected(problem):
        assert api("chat.postMessage", **{"channel": study.id, "text": "x", **body})["ok"] is False
    ts = api("chat.postMessage", channel=study.id, text="x")["ts"]
    with slack_server.violations.expected(problem):
        assert api("chat.update", **{"channel": study.id, "ts": ts, "text": "x", **body})["ok"] is False


@pytest.mark.parametrize("case", ["blocks", "the text of a section", "an unknown block"])
def test_what_is_said_through_a_response_url(
    slack_server: SlackServer, api: WebApi, study: Channel, case: str
) -> None:
    body, problem = TOO_MUCH[case]
    asked = slack_server.command(study.members[0], study, "/x")
    with slack_server.violations.expected(problem):
        assert api.http.post(asked.response_url, json={"text": "x", **body}).status_code == 400
    with slack_server.violations.expected("unknown keys"):
        assert api.http.post(asked.response_url, json={"txet": "x"}).status_code == 400
    assert asked.hook is not None
    assert asked.hook.uses == 0


VIEWS: dict[str, tuple[Json, str]] = {
    "a title": (form("x" * 25), "24"),
    "blocks": ({**form(), "blocks": [section("x")] * 101}, "100"),
    "private_metadata": ({**form(), "private_metadata": "x" * 3001}, "3000"),
    "no way to send": ({**form(), "submit": None}, "submit: missing"),
    "a misspelt key": ({**form(), "titel": "x"}, "titel"),
    "one block_id twice": ({**form(), "blocks": form()["blocks"][:1] * 2}, "block_id 'answer' twice"),
    "markdown": ({**form(), "blocks": [markdown(3)]}, "messages only"),
    "a home": ({"type": "home", "blocks": [section("x")]}, "a modal is opened"),
}


@pytest.mark.parametrize("case", VIEWS)
def test_a_modal(slack_server: SlackServer, api: WebApi, study: Channel, case: str) -> None:
    view, problem = VIEWS[case]
    asked = slack_server.command(study.members[0], study, "/x")
    if case in ("a misspelt key",) and slack_server.desk.contract is None:
        pytest.skip("only the description knows the keys of a view")
    with slack_server.violations.expected(problem):
        assert api("views.open", trigger_id=asked.trigger_id, view=view)["ok"] is False


def test_other_limits(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    ada = study.members[0]
    pane = slack_server.open_assistant(ada)
    where = {"channel_id": pane.channel.id, "thread_ts": pane.ts}
    prompts = [{"title": "x", "message": "y"}] * 5
    with slack_server.violations.expected("prompts: 1 to 4"):
        api("assistant.threads.setSuggestedPrompts", None, prompts=prompts, **where)
    with slack_server.violations.expected("a home is published"):
        api("views.publish", user_id=ada.id, view=form())
    with slack_server.violations.expected("length"):
        api("files.getUploadURLExternal", filename="x", length=0)
    given = api("files.getUploadURLExternal", filename="x.txt", length=5)
    with slack_server.violations.expected("5 were announced"):
        api.http.post(given["upload_url"], content=b"four")
    with slack_server.violations.expected("metadata"):
        note = {"event_type": "x", "event_payload": {}}
        api("chat.postEphemeral", channel=study.id, user=ada.id, text="x", metadata=note)


def test_fields_of_a_form_have_their_limits(slack_server: SlackServer, api: WebApi, study: Channel) -> None:
    from tests.doubles.slack_server import CannotDo

    view = form()
    view["blocks"][0]["element"] |= {"min_length": 2, "max_length": 4}
    asked = slack_server.command(study.members[0], study, "/x")
    api("views.open", trigger_id=asked.trigger_id, view=view)
    for text in ("x", "xxxxx"):
        with pytest.raises(CannotDo, match="2 to 4 characters"):
            slack_server.submit(asked, {"answer": text})
    with pytest.raises(CannotDo, match="has no"):
        slack_server.submit(asked, {"nothing": "x"})
