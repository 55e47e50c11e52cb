"""Sentences name commands as they are typed in the workspace."""

from __future__ import annotations

import pytest

from bot.core.reply import Reply
from bot.platforms.slack.naming import as_typed
from knowledge.notes import Citation


@pytest.mark.parametrize(
    ("said", "prefix", "typed"),
    [
        (
            "Ask with `/ask`; `/help` explains the rest.",
            "",
            "Ask with `/ask`; `/recap help` explains the rest.",
        ),
        ("Write *`/settings where private`*", "r-", "Write *`/r-settings where private`*"),
        ("`/help command` tells more", "r-", "`/recap help command` tells more"),
        ("`/help command` tells more", "tutor-", "`/tutor-recap help command` tells more"),
        ("```\n/try tokenize a\n/help try\n```", "r-", "```\n/r-try tokenize a\n/recap help try\n```"),
        (
            "the folder `/notes/a.md`, and and/or `/askew`",
            "r-",
            "the folder `/notes/a.md`, and and/or `/askew`",
        ),
    ],
)
def test_a_command_is_named_as_it_is_typed(said: str, prefix: str, typed: str) -> None:
    assert as_typed(Reply(said), prefix).text == typed


def test_what_stands_in_notes_stays_as_it_is_written() -> None:
    cited = Citation("a.md", ("A",), 1, 2, "type `/help`", "hash")
    answer = Reply("type `/help` [1]", tone="answer", citations=(cited,))
    for reply in (
        answer,
        Reply("type `/help`", tone="note"),
        Reply("What does `/help` do?", tone="question"),
    ):
        assert as_typed(reply, "r-") == reply
