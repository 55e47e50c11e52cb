"""Slack's typography as readable text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.inbound.texts import addresses, mentioned, mentions, readable

NAMES = {"U1": "ada", "U2": "Ivan &amp; co"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;tag&amp;gt;", "&lt;tag&gt;"),
        ("see <https://hf.co/docs?a=1&amp;b=2>", "see https://hf.co/docs?a=1&b=2"),
        ("see <http://hf.co|hf.co>", "see hf.co"),
        ("see <https://hf.co/|https://hf.co>", "see https://hf.co"),
        ("see <https://hf.co/docs|the docs>", "see the docs (https://hf.co/docs)"),
        ("<mailto:a@x.y|a@x.y> <mailto:b@x.y>", "a@x.y b@x.y"),
        ("<@U1> and <@U3|chen> and <@U4>", "@ada and @chen and @U4"),
        ("<@U0BOT> what is BPE?", "what is BPE?"),
        ("in <#C1|study>, <#C2|> and <#C3>", "in #study, #C2 and #C3"),
        ("<!here> <!channel|channel> <!subteam^S1|@tutors> <!subteam^S2>", "@here channel @tutors @S2"),
        ("<!date^1700000000^{date}|today>", "today"),
        ("one\r\ntwo\n  three ", "one\ntwo\n  three"),
        ("“quoted” ‘words’ stay", "“quoted” ‘words’ stay"),
        ("a\xa0b\x00", "a b"),
        ("`if a &lt; b: x[0] = {1}`", "`if a < b: x[0] = {1}`"),
        ("1 < 2", "1 < 2"),
        ("如何微调模型？ <@U1>", "如何微调模型？ @ada"),
    ],
)
def test_what_slack_writes_is_read_as_people_wrote_it(written: str, read: str) -> None:
    assert readable(written, NAMES.get, "U0BOT") == read


def test_a_name_with_a_sign_in_it_is_a_name() -> None:
    assert readable("ask <@U2>", NAMES.get) == "ask @Ivan & co"


def test_who_is_spoken_to_is_told() -> None:
    assert mentioned("<@U1> <@U2|two> <#C1>") == ["U1"]
    assert mentions("hey <@U1|ada>", "U1")
    assert not mentions("hey <@U12>", "U1")
    assert not mentions("hey <@>", "")
    assert addresses("<!here> look")
    assert addresses("<@U1> look")
    assert addresses("<!subteam^S1> look")
    assert not addresses("look at <#C1|study> on <!date^1^x|today>")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@given(st.text())
def test_whatever_was_typed_arrives(text: str) -> None:
    plain = text.replace("\x00", "").replace("\xa0", " ").replace("\r\n", "\n")
    assert readable(escaped(text)) == plain.encode("utf-8", "replace").decode().strip()


@given(st.text(alphabet="<>@#!|&;amplt gUC1^\n"))
def test_no_markup_whatever_it_is_breaks_it(text: str) -> None:
    readable(text, NAMES.get, "U1")
    addresses(text)
