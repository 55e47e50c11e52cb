"""Slack's published descriptions as judges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.doubles.slack import contract_since
from tests.doubles.slack.contract import Contract
from tests.doubles.slack_bot import FEEDBACK, Bot, button, form, options, section, words
from tests.doubles.slack_running import Running
from tests.doubles.slack_server import CannotDo, SlackServer, Upload
from tests.doubles.web_api import WebApi

Json = dict[str, Any]

ASKED: dict[str, tuple[str, Json, str]] = {
    "a misspelt argument": (
        "chat.postMessage",
        {"channel": "C", "text": "x", "thread": "1"},
        "thread is unknown",
    ),
    "a missing argument": ("chat.postMessage", {"text": "x"}, "channel is missing"),
    "a wrong type": ("conversations.history", {"channel": "C", "limit": "many"}, "limit"),
    "a new method's argument": ("chat.startStream", {"channel": "C"}, "thread_ts is missing"),
    "a method that isn't there": ("chat.postMassage", {}, "serve"),
}


@pytest.mark.usefixtures("slack_contract")
@pytest.mark.parametrize("case", ASKED)
def test_a_request_that_no_description_knows(slack_server: SlackServer, api: WebApi, case: str) -> None:
    method, args, problem = ASKED[case]
    with slack_server.violations.expected(problem):
        assert api(method, None, **args)["ok"] is False


def test_what_came_after_the_description_has_a_reason(slack_contract: Contract) -> None:
    for method in contract_since.METHODS_SINCE:
        assert f"/{method}" not in slack_contract.web["paths"], method
    for method, arguments in contract_since.ARGUMENTS_SINCE.items():
        assert f"/{method}" in slack_contract.web["paths"], method
        assert all(reason for _, _, reason in arguments)
    reasons = [each for keys in contract_since.PAYLOADS_SINCE.values() for each in keys.values()]
    assert all(reasons)


def test_the_doubles_own_faults_are_found(slack_contract: Contract) -> None:
    assert slack_contract.of_answer("auth.test", {"ok": True})
    assert slack_contract.of_answer("auth.test", {"ok": False})
    assert slack_contract.of_answer("chat.delete", {"ok": True, "channel": "C0000000001", "ts": "x"})
    assert any(
        "extra" in each for each in slack_contract.of_answer("team.info", {"ok": True, "team": {"extra": 1}})
    )
    assert slack_contract.of_payload("command", "slash_commands", {"command": "/x", "comand": "/x"})
    assert slack_contract.of_payload("event", "events_api", {"event": {"type": "message"}})


def test_of_a_union_the_branch_that_was_meant_is_reported(slack_contract: Contract) -> None:
    problems = slack_contract.of_blocks([{"type": "section", "text": {"type": "mrkdwn", "text": 1}}])
    assert any("text" in problem for problem in problems), problems


def test_a_violation_that_nobody_expected_fails_the_test(slack_server: SlackServer, api: WebApi) -> None:
    api("chat.postMessage", channel="C", text="x" * 40_001)
    api("chat.update", channel=slack_server.channel("x").id, ts="1.000001", text="x")
    slack_server.violations.check()
    study = slack_server.channel("study", bot=True)
    api("chat.postMessage", channel=study.id, text="x" * 40_001)
    with pytest.raises(AssertionError, match="Slack's rules were violated"):
        slack_server.violations.check()
    slack_server.violations.expect("text")
    slack_server.violations.check()


def test_where_the_descriptions_are_absent_there_is_no_judge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tests.doubles.slack.contract.FOLDER", tmp_path)
    assert Contract.load.__wrapped__() is None


def test_a_bot_works_without_the_descriptions(slack_server: SlackServer, api: WebApi) -> None:
    slack_server.desk.contract = slack_server.desk.post.contract = None
    ada = slack_server.person("Ada")
    with Running(slack_server, Bot(slack_server)):
        answer = slack_server.command(ada, slack_server.dm(ada), "/ask", "x").answered()
        assert slack_server.press(ada, answer, "hint").updated().shown.startswith("a hint")
        with slack_server.violations.expected("slack_sdk"):
            api("chat.postMessage", channel=ada.id, text="x", blocks=[section("x" * 3001)])


CONFIRM = {"title": words("t"), "text": words("x"), "confirm": words("y"), "deny": words("n")}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": []}],
        },
    ],
}
CELL = {"type": "raw_text", "text": "x"}
EVERYTHING: list[Json] = [
    {"type": "header", "text": words("h")},
    {"type": "divider"},
    {
        **section("s"),
        "fields": [{"type": "mrkdwn", "text": "f"}],
        "accessory": button("b", "b1", confirm=CONFIRM),
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}, IMAGE]},
    {**IMAGE, "title": words("i")},
    {"type": "markdown", "text": "**m**"},
    {"type": "actions", "elements": [{"type": "overflow", "action_id": "o", "options": options("a", "b")}]},
    {
        "type": "actions",
        "elements": [{"type": "radio_buttons", "action_id": "r", "options": options("a", "b")}],
    },
    {"type": "actions", "elements": [{"type": "checkboxes", "action_id": "c", "options": options("a", "b")}]},
    {"type": "actions", "elements": [button("B", "go", style="primary")]},
    {"type": "table", "rows": [[CELL, CELL], [CELL, CELL]]},
    RICH,
    FEEDBACK,
]


def test_whatever_a_message_holds_is_given_back_as_described(slack_server: SlackServer, api: WebApi) -> None:
    ada = slack_server.person("Ada")
    study = slack_server.channel("study", ada, bot=True)
    api("chat.postMessage", channel=study.id, text="everything", blocks=EVERYTHING)
    message = slack_server.last(study)
    assert [each["type"] for each in message.blocks] == [each["type"] for each in EVERYTHING]
    with Running(slack_server, Bot(slack_server)):
        for action, value in (("o", "a"), ("r", "b"), ("c", "b")):
            slack_server.choose(ada, message, action, value)
        slack_server.press(ada, message, label="Bad").acknowledged()
    assert api("conversations.history", channel=study.id)["messages"][0]["text"] == "everything"


def test_every_field_of_a_form_comes_back(slack_server: SlackServer, api: WebApi) -> None:
    kinds: list[Json] = [
        {"type": "plain_text_input", "initial_value": "as it was"},
        {"type": "static_select", "options": options("a", "b"), "placeholder": words("?")},
        {"type": "radio_buttons", "options": options("a", "b"), "initial_option": options("b")[0]},
        {"type": "checkboxes", "options": options("a", "b")},
        {"type": "multi_static_select", "options": options("a", "b"), "placeholder": words("?")},
        {"type": "timepicker", "initial_time": "09:00"},
        {"type": "datepicker"},
        {"type": "users_select"},
        {"type": "number_input", "is_decimal_allowed": False},
        {"type": "email_text_input"},
        {"type": "file_input", "max_files": 1},
    ]
    view = form()
    view["blocks"] = [
        {"type": "input", "block_id": f"f{n}", "label": words("l"), "element": {**each, "action_id": "x"}}
        for n, each in enumerate(kinds)
    ]
    ada = slack_server.person("Ada")
    asked = slack_server.command(ada, slack_server.dm(ada), "/x")
    api("views.open", trigger_id=asked.trigger_id, view=view)
    filled: Json = {
        "f1": "a",
        "f3": ["a", "b"],
        "f4": ["b"],
        "f6": "2026-03-02",
        "f7": ada.id,
        "f8": "7",
        "f9": "a@b.c",
    }
    notes = [Upload("бележки.md", b"# A"), Upload("b.md", b"# B")]
    with pytest.raises(CannotDo, match="too many"):
        slack_server.submit(asked, {**filled, "f10": notes})
    sent = slack_server.submit(asked, {**filled, "f10": notes[:1]}).payload["view"]["state"]["values"]
    assert sent["f0"]["x"]["value"] == "as it was"
    assert sent["f2"]["x"]["selected_option"]["value"] == "b"
    assert [each["value"] for each in sent["f3"]["x"]["selected_options"]] == ["a", "b"]
    assert (sent["f5"]["x"]["selected_time"], sent["f7"]["x"]["selected_user"]) == ("09:00", ada.id)
    told = api("files.info", file=sent["f10"]["x"]["files"][0]["id"])["file"]
    assert told["name"] == "бележки.md"
