"""Forms as modals: what they show, what comes back, and where it belongs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.catalogue import LANGUAGES
from bot.core.forms import Form, blank, plan_fields
from bot.core.reply import Field
from bot.core.voice import Voice
from bot.platforms.slack.places import place
from bot.platforms.slack.render import (
    FIELD,
    FILES,
    FORM,
    action_of,
    errors,
    modal,
    source_of,
    submitted,
    uploaded,
)
from bot.platforms.slack.seam import Source
from knowledge.notes import Language
from tests.bot.platforms.hosted.render.replies import strings, unhurried
from tests.bot.platforms.slack.render.blockkit import broken, view_by_models
from tests.bot.platforms.slack.render.reading import called

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOURCE = Source(
    key="press:1",
    place=place("thread:T1/C1/1700000000.000100"),
    user="U1",
    channel="C1",
    thread="1700000000.000100",
    response_url="https://hooks.slack.com/actions/T1/1/xyz",
    at=AT,
    pressed="1700000001.000200",
    pressed_private=True,
)
ASKED = Form(
    "Your answer to this question",
    (
        Field("response", "Answer", multiline=True),
        Field("sure", "How sure?", "b", choices=(("a", "A little"), ("b", "Very"))),
        Field("hour", "Hour", "7", required=False, choices=tuple((str(n), f"{n}:00") for n in range(24))),
    ),
    "What does **it** do? <!channel>\n\n- this\n- that",
)


def answered(
    view: Mapping[str, Any], values: Mapping[str, str], files: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The view as Slack sends it with a submission."""
    state: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        value: dict[str, Any] = {"type": element["type"]}
        if element["type"] == "plain_text_input":
            value["value"] = values.get(name)
        elif element["type"] == "file_input":
            value["files"] = [{"id": one} for one in files]
        else:
            chosen = [one for one in element["options"] if one["value"] == values.get(name)]
            value["selected_option"] = chosen[0] if chosen else None
        state[name] = {element["action_id"]: value}
    return {**json.loads(json.dumps(view)), "id": "V1", "state": {"values": state}}


def test_a_form_is_a_modal() -> None:
    view = modal("answer?attempt=1", ASKED, "en", SOURCE)
    lead, answer, sure, hour = view["blocks"]
    assert (view["type"], view["callback_id"]) == ("modal", FORM)
    assert view["title"]["text"] == "Your answer to this que…"
    assert [element["type"] for element in lead["elements"]] == ["rich_text_section", "rich_text_list"]
    assert list(called(view["blocks"])) == []
    assert answer["element"] == {
        "type": "plain_text_input",
        "multiline": True,
        "max_length": 3000,
        "action_id": FIELD,
    }
    assert (sure["element"]["type"], sure["element"]["initial_option"]["value"]) == ("radio_buttons", "b")
    assert (hour["element"]["type"], hour["optional"]) == ("static_select", True)
    assert hour["element"]["initial_option"]["value"] == "7"


def test_what_is_submitted_is_told_by_the_view_alone() -> None:
    view = answered(modal("answer?attempt=1", ASKED, "en", SOURCE), {"response": "it\r\nlearns", "sure": "a"})
    assert action_of(view) == "answer?attempt=1"
    assert submitted(view) == {"response": "it\nlearns", "sure": "a", "hour": ""}
    later = source_of(view, "form:2", "U2", at=datetime(2026, 3, 2, tzinfo=UTC))
    assert later == Source(
        key="form:2",
        place=SOURCE.place,
        user="U2",
        channel=SOURCE.channel,
        thread=SOURCE.thread,
        response_url=SOURCE.response_url,
        at=AT,
        pressed=SOURCE.pressed,
        pressed_private=True,
    )


def test_a_form_that_was_opened_without_a_source_has_none() -> None:
    view = answered(modal("settings", Form("Settings", (Field("zone", "Zone"),)), "en"), {"zone": "x"})
    assert source_of(view, "form:1", "U1") is None


def test_an_address_too_long_to_be_kept_is_left_out() -> None:
    source = Source("press:1", place("dm:T1/U1"), "U1", response_url="https://a.b/" + "x" * 4000)
    view = modal("settings", Form("Settings", (Field("zone", "Zone"),)), "en", source)
    assert len(view["private_metadata"]) <= 3000
    again = source_of(view, "form:1", "U1")
    assert again is not None
    assert (again.place, again.response_url) == (source.place, "")


def test_files_can_be_added_where_they_are_asked_for() -> None:
    form = Form("Upload", ())
    view = modal("upload", form, "bg", SOURCE, uploads=True)
    (files,) = view["blocks"]
    assert (files["block_id"], files["element"]["type"]) == (FILES, "file_input")
    assert "md" in files["element"]["filetypes"]
    sent = answered(view, {}, ("F1", "F2"))
    assert [one["id"] for one in uploaded(sent)] == ["F1", "F2"]
    assert submitted(sent) == {}
    assert broken("SlackModalView", view) == []


def test_errors_stand_at_their_fields() -> None:
    view = modal("answer?attempt=1", ASKED, "en", SOURCE)
    answer = errors(view, {"hour": "No **such** hour.", "": "Not `now`.", "gone": "Nor later."})
    assert answer == {
        "response_action": "errors",
        "errors": {"hour": "No such hour.", "response": "Not now. Nor later."},
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", ["answer?attempt=1", "group_answer?round=1", "group_plan", "settings"])
def test_every_form_of_the_core_is_a_modal_that_slack_takes(action: str, language: Language) -> None:
    form = blank(action, language)
    assert form is not None
    for one in (form, Form(form.title, plan_fields(Voice(language)), "> lead")):
        view = modal(action, one, language, SOURCE)
        assert broken("SlackModalView", view) == []
        assert view_by_models(view)["blocks"] == view["blocks"]


fields = st.builds(
    Field,
    st.uuids().map(str),
    strings,
    st.text(max_size=20),
    st.booleans(),
    st.booleans(),
    st.lists(st.tuples(strings, strings), max_size=4).map(tuple),
)


@unhurried
@given(strings, st.lists(fields, min_size=1, max_size=4).map(tuple), strings)
def test_whatever_a_form_holds_slack_takes_its_modal(title: str, asked: tuple[Field, ...], lead: str) -> None:
    view = modal("answer?attempt=1", Form(title, asked, lead), "en", SOURCE)
    assert broken("SlackModalView", view) == []
    assert list(called(view["blocks"])) == []
    assert all(len(view[name]["text"]) <= 24 and view[name]["text"].strip() for name in ("title", "submit"))
    assert set(submitted(answered(view, {}))) == {field.name for field in asked}


def test_a_value_that_slack_can_t_take_is_filled_in_as_far_as_it_can() -> None:
    field = Field("text", "Text", "\ud800" + "x" * 2997 + "😀😀")
    (block,) = modal("a", Form("T", (field,)), "en")["blocks"]
    assert block["element"]["initial_value"] == "\ufffd" + "x" * 2997 + "😀"
