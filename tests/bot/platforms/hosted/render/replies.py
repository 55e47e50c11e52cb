"""Replies with the longest and strangest content."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.core import catalogue
from bot.core.reply import Action, Image, Reply, Style, Table, Tone
from knowledge.notes import Citation

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
    "x" * 700 + "_", "`" * 7, "<!channel>", "<!here|here>", "<!subteam^S0123456>", "<@U0123456789>",
    "<#C0123456789|general>", "<https://a.b|shown>", "&lt;!channel&gt;", "<!date^1^{date}|x>",
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

LONGEST = (
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
)
