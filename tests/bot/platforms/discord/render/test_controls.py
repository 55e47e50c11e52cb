"""Buttons, menus, sources and pictures of a reply."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.reply import Action, Field, Image, Reply
from bot.platforms.discord.render import MENU, Rendered, render
from knowledge.notes import Citation
from tests.doubles.scripted_core import ANSWER, NOTE


def rows(message: Rendered) -> list[list[dict[str, Any]]]:
    return [list(row["components"]) for row in message.rows]


def labels(message: Rendered) -> list[list[str]]:
    return [[one.get("label", "menu") for one in row] for row in rows(message)]


def citation(number: int, heading: str = "Part") -> Citation:
    return Citation(f"note-{number}.md", (heading,), number, number + 2, "quote", "0" * 16)


def test_buttons_have_their_action_s_id_and_a_style() -> None:
    actions = (
        Action("a", "Go", "primary", (Field("x", "X"),)),
        Action("b", "Stop", "danger"),
        Action("c?d=e", "More"),
    )
    (message,) = render(Reply("?", actions=actions))
    assert [(one["custom_id"], one["style"]) for one in rows(message)[0]] == [
        ("a", 1),
        ("b", 4),
        ("c?d=e", 2),
    ]


def test_alternatives_stand_in_a_row_of_their_own() -> None:
    actions = (*(Action(f"rate?{n}", str(n), group="r") for n in range(4)), Action("learn", "Open the note"))
    (message,) = render(Reply("?", actions=actions))
    assert labels(message) == [["0", "1", "2", "3"], ["Open the note"]]


def test_many_choices_are_a_menu() -> None:
    actions = (
        *(Action(f"learn?note={n}", f"Note {n}") for n in range(20)),
        Action("learn?page=2", "More", "primary"),
    )
    (message,) = render(Reply("Notes:", actions=actions, language="bg"))
    button, menu = rows(message)[0][0], rows(message)[1][0]
    assert button["label"] == "More"
    assert menu["custom_id"].startswith(MENU)
    assert menu["placeholder"] == "Избери…"
    assert [one["value"] for one in menu["options"]] == [f"learn?note={n}" for n in range(20)]


def test_more_than_a_message_can_hold_goes_on_in_the_next() -> None:
    actions = tuple(Action(f"x?n={n}", str(n), "primary") for n in range(60))
    first, *further = render(Reply("Pick:", actions=actions))
    assert [len(first.rows), *(len(one.rows) for one in further)] == [5, 5, 2]
    assert all(one.content for one in further)


def test_a_label_that_is_too_long_is_shown_whole_in_the_text() -> None:
    long = "Why " + "very " * 30 + "long?"
    (message,) = render(Reply("Pick:", actions=(Action("a", long), Action("b", "short"))))
    ((first, second),) = labels(message)
    assert first.endswith("…")
    assert len(first) <= 80
    assert second == "short"
    assert long in message.content


def test_the_same_action_twice_is_one_button() -> None:
    (message,) = render(Reply("?", actions=(Action("a", "Go"), Action("a", "Go"))))
    assert labels(message) == [["Go"]]


@pytest.mark.parametrize("action", ["", "x" * 101])
def test_an_id_against_the_core_s_contract_is_refused_clearly(action: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 100 characters"):
        render(Reply("?", actions=(Action(action, "Go"),)))


def test_sources_are_listed_with_a_button_each() -> None:
    (message,) = render(ANSWER)
    (embed,) = message.embeds
    assert embed["title"] == "Sources"
    assert embed["description"].split("\n")[0] == f"[1] {NOTE} § What a tokenizer does, lines 14–15"
    assert labels(message)[1] == ["Show passage 1", "Show passage 2", "Show passage 3"]
    assert rows(message)[1][0]["custom_id"].startswith(f"passage?note={NOTE}&at=14-15")


def test_many_sources_have_a_menu() -> None:
    cited = tuple(citation(n) for n in range(1, 9))
    (message,) = render(Reply("All.", "answer", cited))
    ((menu,),) = rows(message)
    assert menu["options"][2] | {"value": ""} == {
        "label": "[3] Part",
        "value": "",
        "description": "note-3.md, lines 3–5",
    }


def test_the_colour_goes_with_the_tone_and_is_never_all() -> None:
    shown = {
        tone: render(Reply("x", tone, (citation(1),)))[0].embeds[0]["color"]
        for tone in ("answer", "question", "result", "error")
    }
    assert len(set(shown.values())) == 4
    assert render(Reply("x", "error"))[0].embeds == ()


def test_a_picture_comes_with_its_alt_text() -> None:
    (message,) = render(Reply("Look:", image=Image(b"png", "Bars that rise.", "../the chart.png")))
    (file,) = message.files
    assert (file.name, file.data, file.description) == ("..thechart.png", b"png", "Bars that rise.")
    assert message.content == "Look:"
    (plain,) = render(Reply("Look:", image=Image(b"png", "Bars that rise.")), rich=False)
    assert plain.content == "Look:\n\nBars that rise."


def test_alt_text_beyond_discord_s_limit_is_in_the_text() -> None:
    alt = "Bars. " * 300
    messages = render(Reply("Look:", image=Image(b"png", alt)))
    assert " ".join(alt.split()) in " ".join(message.content for message in messages)


def test_speaks_the_reply_s_language() -> None:
    (message,) = render(Reply("。", "answer", (citation(1),), language="zh"))
    assert message.embeds[0]["title"] == "出处"
    assert labels(message) == [["查看原文 1"]]
    assert "第 1–3 行" in message.embeds[0]["description"]
