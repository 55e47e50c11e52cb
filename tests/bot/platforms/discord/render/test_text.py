"""A reply's Markdown reads well on Discord, and is cut where it makes sense."""

from __future__ import annotations

import pytest

from bot.core.catalogue import block, escape, quote
from bot.core.reply import Reply, Table
from bot.platforms.discord.render import Rendered, render
from bot.platforms.hosted.render.measure import clusters, width

HIDDEN = "\u200b"


def content(text: str, **values: object) -> str:
    (message,) = render(Reply(text, **values))  # type: ignore[arg-type]
    return message.content


def pages(text: str) -> list[str]:
    return [message.content for message in render(Reply(text))]


@pytest.mark.parametrize(
    ("markdown", "discord"),
    [
        ("# Title\n\nText.", "## Title\nText."),
        ("### Small", "**Small**"),
        ("one\ntwo  \nthree", "one two\nthree"),
        ("a **b** *c* ***d*** ~~e~~ `f`", "a **b** *c* ***d*** ~~e~~ `f`"),
        ("snake_case * 2", "snake\\_case \\* 2"),
        ("- a\n- b\n  - c\n    1. d\n- e", "- a\n- b\n  - c\n    1. d\n- e"),
        ("3. three\n4. four", "3. three\n4. four"),
        ("Steps:\n\n- a", "Steps:\n- a"),
        ("> one\n> two\n>\n> three", "> one two\n> \n> three"),
        ("> one\n\n> other", "> one\n\n> other"),
        ("> - item\n>   more", "> - item more"),
        ("> outer\n> > inner", "> outer\n> \n> › inner"),
        ("```python\nx = 1\n```\nAfter.", "```python\nx = 1\n```\nAfter."),
        ("> ```\n> x\n> ```", "> ```\n> x\n> ```"),
        ("    indented", "```\nindented\n```"),
        ("[docs](https://a.b/c_d)", "[docs](<https://a.b/c_d>)"),
        ("https://a.b/c_d. Next", "<https://a.b/c_d>. Next"),
        ("[https://a.b](https://a.b)", "<https://a.b>"),
        ("![A cat](https://a.b/c.png)", "[A cat](<https://a.b/c.png>)"),
        ("[x [y]](https://a.b)", "x [y] (<https://a.b>)"),
        ("[x](javascript:alert)", f"[x]{HIDDEN}(javascript:alert)"),
        ("above\n\n---\n\nbelow", "above\n\n———\n\nbelow"),
        ("The notes say [1].", "The notes say [1]."),
        ("1\\. no list", "1\\. no list"),
        ("\\# no heading", "\\# no heading"),
        ("\\-# no small print", "\\-# no small print"),
        ("``a`b``", "``a`b``"),
    ],
)
def test_each_form_has_its_counterpart(markdown: str, discord: str) -> None:
    assert content(markdown) == discord


@pytest.mark.parametrize(
    "mention",
    [
        "@everyone",
        "@here",
        "<@123456789012345678>",
        "<@!123456789012345678>",
        "<@&123456789012345678>",
        "<#123456789012345678>",
        "</ask:123456789012345678>",
        "<t:1700000000:R>",
        "<:wave:123456789012345678>",
        "<id:customize>",
    ],
)
def test_mentions_stay_text_and_call_nobody(mention: str) -> None:
    for text in (f"Ask {mention} now", f"**{mention}**", f"> {mention}", f"[{mention}](https://a.b)"):
        (message,) = render(Reply(text))
        assert mention not in message.content
        assert mention in message.content.replace(HIDDEN, "").replace("\\", "")
        assert message.payload()["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert content(f"`{mention}`") == f"`{mention}`"


def test_only_the_person_who_is_meant_is_called() -> None:
    first, second = render(Reply("Come! <@7>\n\n" + "word " * 500), mentioned=42)
    assert first.content.startswith("<@42> Come!")
    assert first.payload()["allowed_mentions"] == {"parse": [], "replied_user": False, "users": ["42"]}
    assert second.payload()["allowed_mentions"]["parse"] == []
    assert "users" not in second.payload()["allowed_mentions"]


def test_long_text_is_cut_after_a_paragraph_a_sentence_a_word_in_this_order() -> None:
    paragraphs = [f"{n} " + "word " * 200 for n in range(4)]
    assert all(page.count("\n\n") <= 1 and page[0].isdigit() for page in pages("\n\n".join(paragraphs)))
    sentences = "This is a sentence of some words. " * 120
    assert all(page.endswith(".") for page in pages(sentences))
    chinese = "这是一个句子，有一些字。" * 400
    assert all(page.endswith("。") for page in pages(chinese))
    words = "word " * 900
    assert all(set(page.split()) == {"word"} for page in pages(words))


def test_a_cut_keeps_what_readers_take_for_one_character_whole() -> None:
    family = "👨‍👩‍👧‍👦"
    found = pages(family * 600)
    assert all(set(clusters(page)) == {family} for page in found)
    assert sum(len(clusters(page)) for page in found) == 600


def test_marks_are_closed_and_opened_again_around_a_cut() -> None:
    found = pages("**" + "bold words " * 300 + "end**")
    assert len(found) == 2
    assert all(page.startswith("**") and page.endswith("**") for page in found)


def test_a_long_quote_goes_on_as_a_quote() -> None:
    found = pages(quote("Some quoted words. " * 150 + "\n\n" + "And more of them. " * 100))
    assert len(found) > 2
    assert all(line.startswith("> ") for page in found for line in page.split("\n"))


def test_a_list_is_cut_between_items() -> None:
    items = [f"item {n} " + "x" * 90 for n in range(60)]
    found = pages("\n".join(f"- {item}" for item in items))
    assert [line for page in found for line in page.split("\n")] == [f"- {item}" for item in items]


def test_code_is_closed_and_opened_again_in_its_language() -> None:
    lines = [f"print({n})  # {'x' * 60}" for n in range(80)]
    found = pages("Look:\n\n" + block("\n".join(lines), "python"))
    assert len(found) > 2
    assert all("```python\n" in page and page.endswith("\n```") for page in found)
    told = [line for page in found for line in page.split("\n") if line.startswith("print")]
    assert told == lines


def test_a_fence_in_code_does_not_end_it() -> None:
    shown = content(block("```\nx\n```"))
    assert shown.count("```") == 2
    assert shown.replace(HIDDEN, "") == "```\n```\nx\n```\n```"


def test_a_very_long_text_comes_with_its_beginning_and_whole_as_a_file() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + "words " * 100 for n in range(40))
    (message,) = render(Reply(text, "note", language="bg"))
    assert message.content.startswith("Paragraph 0.")
    assert "`recap-note.md`" in message.content
    assert "файла" in message.content
    assert [file.name for file in message.files] == ["recap-note.md"]
    assert message.files[0].data.decode() == f"{text}\n"


def test_a_narrow_table_is_aligned_also_in_chinese_and_with_emoji() -> None:
    table = Table(("词", "n"), (("模型", "5"), ("ab", "1 000"), ("🙂", "-3")))
    shown = content("Words:", table=table).split("\n")
    assert shown[0] == "Words:"
    body = [line for line in shown if not line.startswith("```")][1:]
    assert body[0].startswith("词")
    assert len({width(line) for line in body}) == 1


def test_a_wide_table_is_a_list() -> None:
    table = Table(
        ("Note", "Language", "State"),
        (("A note with a long title", "English", "not studied yet"), ("Other", "", "done *")),
    )
    assert content("Notes:", table=table) == (
        "Notes:\n\n-# Note\n"
        "- **A note with a long title** — Language: English · State: not studied yet\n"
        "- **Other** — Language: – · State: done \\*"
    )


def test_a_table_of_a_note_keeps_its_links() -> None:
    shown = content("| a | b |\n|---|---|\n| [x](https://y.z) | 1 |")
    assert shown == "-# a · b\n- [**x**](<https://y.z>) — 1"


def test_a_table_that_is_cut_repeats_its_header() -> None:
    rows = tuple((f"row {n:02d} {'x' * 25}", str(n)) for n in range(59))
    found = [message.content for message in render(Reply("", table=Table(("Name", "Number"), rows)))]
    assert len(found) > 1
    assert all("Name" in page and "Number" in page for page in found)


def test_a_huge_table_comes_as_a_file_with_its_first_rows_shown() -> None:
    rows = tuple((f"row {n}", f"={n}") for n in range(300))
    (message,) = render(Reply("All:", table=Table(("Name", "Formula"), rows)))
    (file,) = message.files
    assert file.name == "table.csv"
    lines = file.data.decode("utf-8-sig").splitlines()
    assert (len(lines), lines[0], lines[-1]) == (301, "Name,Formula", "row 299,'=299")
    assert "row 9" in message.content
    assert "290 more rows" in message.content


def test_progress_is_a_bar_with_its_number() -> None:
    assert content("Computing…", progress=0.25).endswith("`███░░░░░░░░░` 25 %")


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\x00" * 0, "<!-- -->"])
def test_no_message_is_empty(text: str) -> None:
    (message,) = render(Reply(text))
    assert message.content.strip()


def test_what_cannot_be_sent_is_shown_as_such() -> None:
    assert content("a\x00b\ud800c\u202ed") == "a\ufffdb\ufffdc⟨U+202E⟩d"


def test_an_escaped_text_reads_as_it_was_written() -> None:
    shown = content(escape("*not* [a](link) ||hidden|| :smile: -# x"))
    assert shown.replace("\\", "").replace(HIDDEN, "") == "*not* [a](link) ||hidden|| :smile: -# x"


def test_messages_that_show_the_same_have_one_fingerprint() -> None:
    assert Rendered(" a  b\u200b").fingerprint() == Rendered("a b").fingerprint()
    assert Rendered("a b").fingerprint() != Rendered("a c").fingerprint()
