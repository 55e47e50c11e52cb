"""Buttons, menus, sources and pictures of a reply, and what remains of them after a choice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.reply import Action, Field, Image, Reply
from bot.platforms.slack.render import OWN, Rendered, fingerprint_of, render, settled
from knowledge.notes import Citation
from tests.bot.platforms.slack.render.reading import values, words
from tests.doubles.scripted_core import ANSWER, NOTE

Element = dict[str, Any]


def rows(message: Rendered) -> list[list[Element]]:
    return [block["elements"] for block in message.blocks if block["type"] == "actions"]


def labels(blocks: Any) -> list[list[str]]:
    found = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [[one["text"]["text"] if "text" in one else "menu" for one in row] for row in found]


def citation(number: int, heading: str = "Part") -> Citation:
    return Citation(f"note-{number}.md", (heading,), number, number + 2, "quote", "0" * 16)


def test_buttons_have_their_action_as_value_and_a_style() -> None:
    actions = (
        Action("a", "Go", "primary", (Field("x", "X"),)),
        Action("b", "Stop", "danger"),
        Action("c?d=e", "More"),
    )
    (message,) = render(Reply("?", actions=actions))
    assert [(one["value"], one.get("style")) for one in rows(message)[0]] == [
        ("a", "primary"),
        ("b", "danger"),
        ("c?d=e", None),
    ]


def test_ids_are_ours_unique_and_the_same_for_the_same_content() -> None:
    def ids(text: str, count: int) -> list[str]:
        actions = tuple(Action(f"x?n={n}", str(n), group=str(n % 2)) for n in range(count))
        (message,) = render(Reply(text, actions=actions))
        blocks = [block for block in message.blocks if block["type"] == "actions"]
        return [one["action_id"] for row in rows(message) for one in row] + [
            one["block_id"] for one in blocks
        ]

    assert ids("a", 6) == ids("b", 6) != ids("a", 5)
    assert len(set(ids("a", 6))) == 12
    assert all(one.startswith(OWN) for one in ids("a", 6))


def test_alternatives_stand_in_a_row_of_their_own() -> None:
    actions = (*(Action(f"rate?{n}", str(n), group="r") for n in range(4)), Action("learn", "Open the note"))
    (message,) = render(Reply("?", actions=actions))
    assert labels(message.blocks) == [["0", "1", "2", "3"], ["Open the note"]]


def test_many_choices_are_a_menu() -> None:
    actions = (
        *(Action(f"learn?note={n}", f"Note {n}") for n in range(20)),
        Action("learn?page=2", "More", "primary"),
    )
    (message,) = render(Reply("Notes:", actions=actions, language="bg"))
    (button,), (menu,) = rows(message)
    assert button["text"]["text"] == "More"
    assert menu["placeholder"]["text"] == "Избери…"
    assert [one["value"] for one in menu["options"]] == [f"learn?note={n}" for n in range(20)]


def test_more_than_a_message_can_hold_goes_on_in_the_next() -> None:
    actions = tuple(Action(f"x?n={n}", str(n), "primary") for n in range(300))
    first, *further = render(Reply("Pick:", actions=actions))
    assert further
    assert all(words(one).strip() for one in further)
    assert values([first, *further]) == [one.id for one in actions]


def test_a_label_that_is_too_long_is_shown_whole_in_the_text() -> None:
    long = "Why " + "very " * 30 + "long?"
    (message,) = render(Reply("Pick:", actions=(Action("a", long), Action("b", "short"))))
    ((first, second),) = labels(message.blocks)
    assert first.endswith("…")
    assert len(first) <= 75
    assert second == "short"
    assert long in words(message)


def test_the_same_action_twice_is_one_button() -> None:
    (message,) = render(Reply("?", actions=(Action("a", "Go"), Action("a", "Go"))))
    assert labels(message.blocks) == [["Go"]]


@pytest.mark.parametrize("action", ["", "x" * 101])
def test_an_id_against_the_core_s_contract_is_refused_clearly(action: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 100 characters"):
        render(Reply("?", actions=(Action(action, "Go"),)))


def test_sources_are_listed_in_small_print_with_a_button_each() -> None:
    (message,) = render(ANSWER)
    (small,) = [block for block in message.blocks if block["type"] == "context"]
    title, first, *_ = small["elements"][0]["text"].split("\n")
    assert title == "Sources"
    assert first == f"[1] {NOTE} § What a tokenizer does, lines 14–15"
    assert labels(message.blocks)[1] == ["Show passage 1", "Show passage 2", "Show passage 3"]
    assert rows(message)[1][0]["value"].startswith(f"passage?note={NOTE}&at=14-15")


def test_many_sources_have_a_menu() -> None:
    cited = tuple(citation(n) for n in range(1, 9))
    (message,) = render(Reply("All.", "answer", cited, course="Nets"))
    ((menu,),) = rows(message)
    option = menu["options"][2]
    assert (option["text"]["text"], option["description"]["text"]) == ("[3] Part", "note-3.md, lines 3–5")
    assert all(len(one["value"]) <= 100 for one in menu["options"])


def test_a_picture_comes_with_its_alt_text() -> None:
    (message,) = render(Reply("Look:", image=Image(b"png", "Bars that rise.", "../the chart.png")))
    (file,) = message.files
    assert (file.name, file.data, file.description) == ("..thechart.png", b"png", "Bars that rise.")
    assert words(message).strip() == "Look:"
    (plain,) = render(Reply("Look:", image=Image(b"png", "Bars that rise.")), rich=False)
    assert words(plain).strip() == "Look:\n\nBars that rise."


def test_alt_text_beyond_slack_s_limit_is_in_the_text() -> None:
    alt = "Bars. " * 300
    (message,) = render(Reply("Look:", image=Image(b"png", alt)))
    assert " ".join(alt.split()) in words(message)


def test_speaks_the_reply_s_language() -> None:
    (message,) = render(Reply("。", "answer", (citation(1),), language="zh"))
    assert "出处\n" in words(message)
    assert labels(message.blocks) == [["查看原文 1"]]
    assert "第 1–3 行" in words(message)


RATED = (
    Action("rate?attempt=12&rating=3", "Good", "primary", group="rate12"),
    Action("rate?attempt=12&rating=1", "Again", group="rate12"),
    Action("learn?note=a.md", "Open the note"),
)


def returned(reply: Reply) -> list[Element]:
    """The blocks of its message as Slack gives them back."""
    (message,) = render(reply)
    blocks: list[Element] = json.loads(json.dumps(message.blocks))
    for number, block in enumerate(blocks):
        block.setdefault("block_id", f"b{number}")
    return blocks


def test_a_choice_stands_where_its_alternatives_were() -> None:
    before = returned(Reply("How was it?", actions=RATED))
    after = settled(before, "rate?attempt=12&rating=1")
    assert after is not None
    assert [block["type"] for block in after] == ["rich_text", "context", "actions"]
    assert after[1]["elements"] == [{"type": "plain_text", "text": "✓ Again", "emoji": False}]
    assert labels(after) == [["Open the note"]]
    assert settled(after, "rate?attempt=12&rating=1") is None
    assert before == returned(Reply("How was it?", actions=RATED))


def test_what_has_no_alternatives_or_belongs_to_others_settles_nothing() -> None:
    blocks = returned(Reply("How was it?", actions=RATED))
    assert settled(blocks, "learn?note=a.md") is None
    assert settled(blocks, "rate?attempt=13&rating=1") is None
    foreign = [{"type": "actions", "block_id": "theirs", "elements": blocks[1]["elements"]}]
    assert settled(foreign, "rate?attempt=12&rating=1") is None


def test_messages_that_show_the_same_have_one_fingerprint() -> None:
    (message,) = render(Reply("a < b 🙂", actions=RATED))
    back = {"blocks": returned(Reply("a < b 🙂", actions=RATED)), "text": "whatever"}
    section = back["blocks"][0]["elements"][0]  # type: ignore[index]
    section["elements"] = [
        {"type": "text", "text": "a &lt; b "},
        {"type": "emoji", "name": "slightly_smiling_face", "unicode": "1f642"},
    ]
    assert fingerprint_of(back) == message.fingerprint()
    assert render(Reply("a > b", actions=RATED))[0].fingerprint() != message.fingerprint()
    assert render(Reply("a < b 🙂"))[0].fingerprint() != message.fingerprint()
