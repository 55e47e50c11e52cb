"""A reply's Markdown reads well on Slack, and is cut where it makes sense."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.catalogue import block, quote
from bot.core.reply import Reply, Table
from bot.platforms.hosted.render.measure import clusters
from bot.platforms.slack.render import Rendered, render
from bot.platforms.slack.render.limits import TEXT, TOTAL, total
from tests.bot.platforms.slack.render.reading import called, links, words

Element = dict[str, Any]


def one(text: str, **values: Any) -> Rendered:
    (message,) = render(Reply(text, **values))
    return message


def rich(text: str) -> list[Element]:
    """The elements of a message that is one block of rich text."""
    (shown,) = one(text).blocks
    assert shown["type"] == "rich_text"
    elements: list[Element] = shown["elements"]
    return elements


def pages(text: str) -> list[str]:
    return [words(message).strip("\n") for message in render(Reply(text))]


def plain(text: str, **style: bool) -> Element:
    return {"type": "text", "text": text} | ({"style": style} if style else {})


@pytest.mark.parametrize(
    ("markdown", "inline"),
    [
        ("one\ntwo  \nthree", [plain("one two"), plain("\n"), plain("three")]),
        ("one\n\ntwo", [plain("one"), plain("\n\n"), plain("two")]),
        (
            "a **b** *c* ***d*** ~~e~~ `f`",
            [
                plain("a "),
                plain("b", bold=True),
                plain(" "),
                plain("c", italic=True),
                plain(" "),
                plain("d", italic=True, bold=True),
                plain(" "),
                plain("e", strike=True),
                plain(" "),
                plain("f", code=True),
            ],
        ),
        ("``a`b``", [plain("a`b", code=True)]),
        ("### Small\n\ntext", [plain("Small", bold=True), plain("\n"), plain("text")]),
        ("[docs](https://a.b/c_d)", [{"type": "link", "url": "https://a.b/c_d", "text": "docs"}]),
        (
            "https://a.b/c_d. Next",
            [{"type": "link", "url": "https://a.b/c_d", "text": "https://a.b/c_d"}, plain(". Next")],
        ),
        ("[x](javascript:alert)", [plain("[x](javascript:alert)")]),
        ("![A cat](https://a.b/c.png)", [{"type": "link", "url": "https://a.b/c.png", "text": "A cat"}]),
        ("snake_case * 2 :smile: &amp;", [plain("snake_case * 2 :smile: &")]),
    ],
)
def test_inline_text_keeps_its_look(markdown: str, inline: list[Element]) -> None:
    assert rich(markdown) == [{"type": "rich_text_section", "elements": inline}]


def test_a_label_that_looks_like_another_address_hides_nothing() -> None:
    message = one("[https://good.example](https://bad.example)")
    assert words(message).startswith("https://good.example (https://bad.example")
    assert list(links(message.blocks)) == ["https://bad.example"]


def test_lists_are_slack_s_own() -> None:
    assert rich("- a\n  1. b\n  2. c\n\n     more\n- d\n\n5. e") == [
        _list("bullet", [plain("a")]),
        _list("ordered", [plain("b")], [plain("c"), plain("\n"), plain("more")], indent=1),
        _list("bullet", [plain("d")]),
        _list("ordered", [plain("e")], offset=4),
    ]


def _list(style: str, *items: list[Element], **more: int) -> Element:
    sections = [{"type": "rich_text_section", "elements": item} for item in items]
    return {"type": "rich_text_list", "elements": sections, "style": style, **more}


def test_an_item_after_a_list_within_goes_on_counting() -> None:
    first, within, second = rich("1. a\n   - b\n2. c")
    assert "offset" not in first
    assert within["indent"] == 1
    assert second["offset"] == 1


def test_quotes_and_code_are_slack_s_own() -> None:
    assert rich("> one\n>\n> > two\n\nafter\n\n```python\nx < 1\n```\nend") == [
        {
            "type": "rich_text_quote",
            "elements": [plain("one"), plain("\n\n"), plain("› "), plain("two")],
        },
        {"type": "rich_text_section", "elements": [plain("\n"), plain("after")]},
        {"type": "rich_text_preformatted", "elements": [plain("x < 1")]},
        {"type": "rich_text_section", "elements": [plain("end")]},
    ]


def test_code_and_lists_in_a_quote_have_its_border() -> None:
    assert [element.get("border") for element in rich("> - a\n>\n> ```\n> x\n> ```")] == [1, 1]


def test_two_quotes_are_two() -> None:
    message = one("> one\n\n> other")
    assert [shown["elements"][0]["type"] for shown in message.blocks] == ["rich_text_quote"] * 2


def test_a_title_is_a_header_and_a_rule_a_divider() -> None:
    header, above, divider, below = one("# Title :tada:\n\nabove\n\n---\n\nbelow").blocks
    assert header == {
        "type": "header",
        "text": {"type": "plain_text", "text": "Title :tada:", "emoji": False},
    }
    assert divider == {"type": "divider"}
    assert [words(Rendered("", (shown,))).strip() for shown in (above, below)] == ["above", "below"]
    assert one("# `code` in a title").blocks[0]["type"] == "rich_text"
    assert one(f"# {'long ' * 40}").blocks[0]["type"] == "rich_text"


@pytest.mark.parametrize(
    "mention",
    [
        "<!channel>",
        "<!here|here>",
        "<!everyone>",
        "<@U0123456>",
        "<#C0123456|x>",
        "<!subteam^S01>",
        "@channel",
    ],
)
def test_mentions_stay_text_and_call_nobody(mention: str) -> None:
    for text in (f"Ask {mention} now", f"**{mention}**", f"> {mention}", f"`{mention}`", f"# {mention}"):
        message = one(text)
        assert mention in words(message)
        assert list(called(message.blocks)) == []
        assert "<" not in message.text
        payload = message.payload()
        assert (payload["link_names"], payload["parse"], payload["unfurl_links"]) == (False, "none", False)


def test_the_one_who_is_meant_is_called_before_the_first_words() -> None:
    (message,) = render(Reply("Come! <@U7>"), mentioned="U42")
    (section,) = message.blocks[0]["elements"]
    assert section["elements"] == [{"type": "user", "user_id": "U42"}, plain(" "), plain("Come! <@U7>")]
    assert message.text == "<@U42> Come! &lt;@U7&gt;"


def test_the_text_beside_the_blocks_tells_the_same_and_is_never_too_long() -> None:
    assert one("# T\n\n**a** & b\n\n1. c").text == "T\na &amp; b\n1. c"
    long = one("Some words & more. " * 400)
    assert len(long.text) <= TEXT
    assert long.text.endswith("…")


def test_an_update_takes_no_more_than_chat_update_knows() -> None:
    assert set(one("x").payload(update=True)) == {"text", "blocks", "link_names", "parse"}


def test_long_text_is_cut_after_a_paragraph_a_sentence_a_word_in_this_order() -> None:
    paragraphs = "\n\n".join(f"{n} " + "word " * 900 for n in range(5))
    assert [page[0] for page in pages(paragraphs)] == ["0", "2", "4"]
    assert all(page.endswith(".") for page in pages("This is a sentence of some words. " * 600))
    assert all(page.endswith("。") for page in pages("这是一个句子，有一些字。" * 1500))
    assert all(set(page.split()) == {"word"} for page in pages("word " * 4000))


def test_a_cut_keeps_what_readers_take_for_one_character_whole() -> None:
    family = "👨‍👩‍👧‍👦"
    found = pages(family * 2000)
    assert len(found) > 1
    assert all(set(clusters(page)) == {family} for page in found)
    assert sum(len(clusters(page)) for page in found) == 2000


def test_the_look_goes_on_behind_a_cut() -> None:
    for markdown, kind in (
        ("**" + "bold words " * 1500 + "end**", "section"),
        (quote("words. " * 2500), "quote"),
    ):
        messages = render(Reply(markdown))
        assert len(messages) == 2
        for message in messages:
            (element,) = message.blocks[0]["elements"]
            assert element["type"] == f"rich_text_{kind}"
            assert kind == "quote" or all(run["style"] == {"bold": True} for run in element["elements"])


def test_code_is_cut_between_lines() -> None:
    lines = [f"print({n})  # {'x' * 60}" for n in range(250)]
    messages = render(Reply("Look:\n\n" + block("\n".join(lines), "python")))
    assert len(messages) > 1
    told = [line for message in messages for line in words(message).split("\n") if line.startswith("print")]
    assert told == lines


def test_a_very_long_text_comes_with_its_beginning_and_whole_as_a_file() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "words " * 200 for n in range(40))
    message = one(text, tone="note", language="bg")
    assert words(message).startswith("Paragraph 0.")
    assert "recap-note.md" in words(message)
    assert "файла" in words(message)
    assert [file.name for file in message.files] == ["recap-note.md"]
    assert message.files[0].data.decode() == f"{text}\n"


def test_a_message_stays_below_what_slack_takes_of_all_blocks() -> None:
    for text in (
        "&<>" * 7000,
        "- a\n" * 5000,
        "**a** *b* " * 2000,
        "# a\n\nb\n\n" * 300,
        "> a\n\n---\n\n" * 300,
        "> a\n\nb\n\n> c\n\n" * 300,
    ):
        for message in render(Reply(text), rich=False):
            assert total(message.blocks) <= TOTAL
            assert message.violations() == []


def test_a_table_is_slack_s_own_with_numbers_to_the_right() -> None:
    table = Table(("词", "n"), (("模型", "5"), ("", "1 000")))
    said, shown = one("Words:", table=table).blocks
    assert words(Rendered("", (said,))).strip() == "Words:"
    assert shown["column_settings"] == [{"is_wrapped": True}, {"align": "right"}]
    assert [[cell["text"] for cell in row] for row in shown["rows"]] == [
        ["词", "n"],
        ["模型", "5"],
        ["–", "1 000"],
    ]


def test_only_the_last_table_of_a_message_is_slack_s_own() -> None:
    table = "|a|b|\n|-|-|\n|c|[d](https://e.f)|\n"
    first = one(f"{table}\nbetween\n\n{table}")
    assert [shown["type"] for shown in first.blocks] == ["rich_text", "table"]
    assert first.blocks[1]["rows"][1][1]["type"] == "rich_text"
    second = one(table, table=Table(("x",), (("y",),)))
    assert [shown["type"] for shown in second.blocks] == ["rich_text", "table"]
    narrow = one("|a|b|\n|-|-|\n|c|1|\n\nafter")
    assert narrow.blocks[0]["elements"][0]["type"] == "rich_text_preformatted"


def test_a_huge_table_comes_as_a_file_with_its_first_rows_shown() -> None:
    rows = tuple((f"row {n}", f"={n}") for n in range(300))
    message = one("All:", table=Table(("Name", "Formula"), rows))
    (file,) = message.files
    assert file.name == "table.csv"
    lines = file.data.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0], lines[-1]) == (301, "Name,Formula", "row 299,'=299")
    assert len(message.blocks[-1]["rows"]) == 11
    assert "290 more rows" in words(message)
    without = render(Reply("All:", table=Table(("Name", "Formula"), rows)), rich=False)
    assert "row 299" in words(without[-1])


def test_progress_is_a_bar_with_its_number() -> None:
    assert words(one("Computing…", progress=0.25)).strip().endswith("███░░░░░░░░░ 25 %")


def test_what_went_wrong_has_a_sign() -> None:
    assert words(one("No.", tone="error")).startswith("⚠️ No.")
    assert words(one("- No.", tone="error")).startswith("No.")


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "<!-- -->"])
def test_no_message_is_empty(text: str) -> None:
    assert words(one(text)).strip()


def test_what_cannot_be_sent_is_shown_as_such() -> None:
    assert words(one("a\x00b\ud800c\u202ed")).strip() == "a\ufffdb\ufffdc⟨U+202E⟩d"
