"""Forms as modals."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.core.complete import Choice
from bot.core.forms import Form, blank
from bot.core.reply import Field
from bot.platforms.discord.inbound.completion import choices
from bot.platforms.discord.inbound.forms import modal, submitted


def sent(action: str, form: Form) -> dict[str, Any]:
    async def main() -> dict[str, Any]:
        made = modal(action, form)
        assert made.is_finished(), "discord.py would keep it in memory"
        return made.to_dict()

    return asyncio.run(main())


def test_a_modal_is_named_by_its_action_and_filled_with_what_stands() -> None:
    fields = (
        Field("language", "Language", "bg", choices=(("en", "English"), ("bg", "български"))),
        Field("zone", "Zone", "Europe/Sofia"),
        Field("note", "Note", multiline=True, required=False),
    )
    data = sent("settings", Form("Settings", fields, "What is **asked**?"))
    assert (data["custom_id"], data["title"]) == ("settings", "Settings")
    lead, language, zone, note = data["components"]
    assert lead["content"] == "What is **asked**?"
    assert [option["default"] for option in language["component"]["options"]] == [False, True]
    assert zone["component"]["value"] == "Europe/Sofia"
    assert zone["component"]["required"]
    assert note["label"] == "Note"
    assert not note["component"]["required"]
    assert note["component"]["style"] == 2


def test_whatever_a_form_holds_fits_into_discord_s_limits() -> None:
    many = tuple((str(n), "x" * 200) for n in range(40))
    fields = tuple(Field(f"f{n}", "label " * 20, "value " * 2000, choices=many[: n * 12]) for n in range(5))
    data = sent("a" * 100, Form("title " * 20, fields, "lead " * 2000))
    assert len(data["title"]) <= 45
    assert len(data["components"]) == 5
    for component in data["components"]:
        assert len(component["label"]) <= 45
        assert len(component["component"].get("value") or "") <= 4000
        options = component["component"].get("options", ())
        assert len(options) <= 25
        assert all(len(option["label"]) <= 100 for option in options)


def test_nobody_is_mentioned_by_what_stands_above_the_fields() -> None:
    data = sent("answer?attempt=1", Form("Answer", (Field("response", "Your answer"),), "Ask @everyone"))
    assert "@everyone" not in data["components"][0]["content"]


def test_a_submission_gives_the_fields_of_its_form_and_no_others() -> None:
    components: list[dict[str, Any]] = [
        {"type": 10, "id": 1},
        {"type": 18, "component": {"type": 3, "custom_id": "language", "values": ["zh"]}},
        {"type": 18, "component": {"type": 4, "custom_id": "zone", "value": " Asia/Shanghai\x00"}},
        {"type": 1, "components": [{"type": 4, "custom_id": "quiet", "value": None}]},
        {"type": 18, "component": {"type": 3, "custom_id": "hour", "values": []}},
        {"type": 18, "component": {"type": 3, "custom_id": "where", "values": ["here"]}},
        {"type": 18, "component": {"type": 4, "custom_id": "attempt", "value": "7"}},
    ]
    assert submitted("settings", components) == {
        "language": "zh",
        "zone": "Asia/Shanghai",
        "quiet": "",
        "hour": "",
        "where": "here",
    }
    assert submitted("rate?attempt=1&rating=1", components) == {}


def test_a_blank_form_is_a_valid_modal() -> None:
    form = blank("settings", "zh")
    assert form is not None
    assert [item["label"] for item in sent("settings", form)["components"]][1] == "时区"


def test_completions_keep_to_what_discord_takes() -> None:
    known = [Choice("v" * 101, "too long"), Choice("", ""), *(Choice(f"v{n}", "d" * 200) for n in range(40))]
    offered = choices(known)
    assert len(offered) == 25
    assert offered[0].value == "v0"
    assert all(len(one.name) <= 100 for one in offered)
