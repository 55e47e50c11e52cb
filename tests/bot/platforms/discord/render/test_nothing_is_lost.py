"""Whatever a reply holds, its messages are valid and hold all of it."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.core import catalogue
from bot.core.passages import passage_action
from bot.core.reply import Action, Image, Reply, Style, Table, Tone
from bot.platforms.discord.render import MOST_MESSAGES, Rendered, render
from bot.platforms.hosted.render.measure import clean, one_line
from knowledge.notes import Citation
from tests.bot.platforms.discord.render.reading import (
    as_on_the_web,
    bare,
    custom_ids,
    everything,
    holds,
    shown,
)
from tests.doubles.discord.contract import Contract

NASTY = (
    "# ", "## ", "###### ", "- ", "* ", "+ ", "1. ", "12) ", "> ", ">>> ", "-# ", "```", "```py\n",
    "~~~\n", "`", "``", "**", "*", "~~", "_", "__", "***", "||", "[x](http://a.b/c_d*e)",
    "[[1]](https://a.b)", "[1]", "](", "[](https://q.r)", "@everyone", "@here",
    "<@123456789012345678>", "<@&123456789012345678>", "<#123456789012345678>", "</ask:1234567890>",
    "<t:1700000000:R>", "<a:wave:123456789012345678>", ":smile:", "12:30:45",
    "https://x.y/z_(a)_b.", "http://a.b|c", "<https://auto.link/>", "www.x.y", "javascript:x",
    "[a](javascript:b)", "|a|b|\n|-|-:|\n|c|[d](https://e.f)|\n", "|head|\n|:-:|\n", "\n", "\n\n",
    "  \n", "\t", "    ", "\\", "\\*", "&amp;", "&#0;", "<b>", "<!-- -->", "---\n", "***\n",
    "![alt](http://i.j/k.png)", "e" + "\u0301" * 40, "👨‍👩‍👧‍👦", "🇧🇬", "مرحبا بالعالم", "\u202e",
    "\u2066", "\x00", "\x1b[31m", "\ud800", "\udfff", "\ufffe", "\u200b", "\u2028", "\r\n",
    "中文内容，很长。", "Изречение на български. ", "A sentence. ", "word ", "x" * 90, "𝔘𝔫𝔦",
    "x" * 700 + "_", "`" * 7,
)  # fmt: skip
fragments = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(), max_size=30),
    st.tuples(st.sampled_from(NASTY), st.integers(2, 60)).map(lambda pair: pair[0] * pair[1]),
)
texts = st.lists(fragments, max_size=40).map("".join)
strings = st.lists(fragments, max_size=4).map("".join)
ids = st.integers(0, 10**6).map(lambda number: f"act?number={number}")
actions = st.builds(
    Action, ids, strings, st.sampled_from(get_args(Style)), st.just(()), st.sampled_from(["", "", "g", "h"])
)
# A path and a heading are as long as the database keeps them, no longer.
names = strings.map(lambda text: text[:500])
citations = st.builds(
    Citation,
    names.map(lambda text: text or "note.md"),
    st.lists(names, max_size=2).map(tuple),
    st.integers(1, 5000),
    st.integers(1, 5000),
    strings,
    st.just("0" * 16),
).map(
    lambda one: (
        one if one.end >= one.start else Citation(one.note, one.headings, one.end, one.start, one.quote, "")
    )
)
tables = st.integers(1, 5).flatmap(
    lambda columns: st.builds(
        Table,
        st.tuples(*[strings] * columns),
        st.lists(st.tuples(*[strings] * columns), max_size=12).map(tuple),
    )
)
replies = st.builds(
    Reply,
    texts,
    st.sampled_from(get_args(Tone)),
    st.lists(citations, max_size=8).map(tuple),
    st.none() | tables,
    st.none() | st.builds(Image, st.binary(max_size=50), strings, strings),
    st.lists(actions, max_size=40).map(tuple),
    st.none() | st.floats(0, 1),
    st.booleans(),
    st.sampled_from(catalogue.LANGUAGES),
)
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def check(reply: Reply, messages: list[Rendered]) -> None:
    """Nothing that the web chat shows of the reply is missing, every action is there, nobody is called.

    Text counts as there if its visible characters stand in the messages in their order. Of a text in a file
    that is its Markdown.
    """
    assert messages
    for message in messages:
        assert message.violations() == []
        json.dumps(message.payload()).encode()
        for text in (message.content, *(embed["description"] for embed in message.embeds)):
            text.encode()
            assert [piece for piece in shown(text) if piece.kind in ("mention", "emoji")] == []
    told = bare(everything(messages))
    files = [file for message in messages for file in message.files if file.name.endswith(".md")]
    if files:
        assert clean(reply.text) in b"".join(file.data for file in files).decode()
    else:
        text, cells, links = as_on_the_web(clean(reply.text))
        assert holds(told, bare(text))
        for part in (*cells, *links):
            assert holds(told, bare(part))
    if reply.table is not None and reply.table.rows:
        for cell in (*reply.table.header, *(cell for row in reply.table.rows for cell in row)):
            assert holds(told, bare(one_line(cell)))
    if reply.image is not None:
        assert holds(told, bare(one_line(reply.image.alt)))
    if reply.progress is not None:
        assert f"{round(reply.progress * 100)}%" in told
    for citation in reply.citations:
        for part in (citation.note, citation.heading, str(citation.start), str(citation.end)):
            assert holds(told, bare(one_line(part)))
    for action in reply.actions:
        assert holds(told, bare(one_line(action.label)))
    wanted = {action.id for action in reply.actions} | {passage_action(one) for one in reply.citations}
    assert set(custom_ids(messages)) == wanted


@unhurried
@given(replies)
@example(Reply(""))
@example(Reply("\u200b \n\x00", table=Table((), ())))
def test_any_reply_becomes_valid_messages_that_hold_all_of_it(reply: Reply) -> None:
    check(reply, render(reply))


@unhurried
@given(replies)
def test_without_embeds_and_files_nothing_is_lost_either(reply: Reply) -> None:
    messages = render(reply, rich=False)
    assert not any(message.embeds or message.files for message in messages)
    check(reply, messages)


@unhurried
@given(strings)
def test_an_insert_is_shown_as_it_is(text: str) -> None:
    text = " ".join(clean(text).replace("&", "").split())
    messages = render(Reply(catalogue.escape(text)), rich=False)
    told = [piece for message in messages for piece in shown(message.content)]
    assert {piece.kind for piece in told} <= {"text", "address"}
    if bare(text):
        assert bare("".join(piece.text for piece in told)) == bare(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 500_000, id="one word"),
        pytest.param("e" + "\u0301" * 30_000, id="one character with endless marks"),
        pytest.param("👨‍👩‍👧‍👦" * 20_000, id="families"),
        pytest.param("# " * 30_000, id="headings"),
        pytest.param("> " * 20_000 + "x", id="quotes in quotes"),
        pytest.param("- a\n" * 20_000, id="a list"),
        pytest.param("```\n" * 5_001, id="fences"),
        pytest.param("`" * 50_000, id="backticks"),
        pytest.param("[" * 20_000, id="brackets"),
        pytest.param("*a _b " * 9_000, id="stars"),
        pytest.param("|a|b|\n|-|-|\n" + "|c|d|\n" * 9_000, id="a table"),
        pytest.param("https://a.b/" + "c" * 50_000, id="an address"),
        pytest.param("\\" * 50_000, id="backslashes"),
        pytest.param("中" * 100_000, id="Chinese without a stop"),
        pytest.param("\x00\ud800" * 20_000, id="nothing sensible"),
    ],
)
def test_the_longest_texts(text: str) -> None:
    reply = Reply(text)
    messages = render(reply)
    assert len(messages) <= MOST_MESSAGES
    check(reply, messages)


def test_thousands_of_citations_and_actions() -> None:
    cited = tuple(Citation(f"note-{n}.md", ("Part",), n, n + 1, "quote", "0" * 16) for n in range(1, 3001))
    pressed = tuple(Action(f"act?number={n}", f"{n} " + "long " * 30) for n in range(2000))
    reply = Reply("All of it. [1]", "answer", cited, actions=pressed)
    check(reply, render(reply))


@settings(unhurried, max_examples=60)
@given(reply=replies)
def test_discord_s_own_description_takes_every_message(discord_contract: Contract, reply: Reply) -> None:
    for message in render(reply):
        for path in ("/channels/1/messages", "/webhooks/1/token"):
            assert discord_contract.of_request("POST", path, {}, "application/json", message.payload()) == []
