"""One person on two platforms is one learner, whichever of the two shows the code."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.core import catalogue
from tests.contracts.messenger import Messenger

_CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")


def code_in(text: str) -> str:
    found = _CODE.search(text)
    assert found is not None, text
    return found[0]


def test_a_code_of_another_platform_brings_what_was_studied_there(chat: Messenger) -> None:
    chat.world.elsewhere("/studied tokenization")
    code = code_in(chat.world.elsewhere("/link").text)
    linked = chat.say(f"/link {code}")
    assert linked.private
    assert linked.says(catalogue.label("en", "link.done"), "Elsewhere")
    assert chat.say("/progress").says("Tokenization", "0 4")


def test_a_code_of_this_platform_is_taken_on_another_once(chat: Messenger) -> None:
    chat.say("/studied tokenization")
    code = code_in(chat.say("/link").text)
    assert chat.world.elsewhere(f"/link {code}").tone == "success"
    standing = chat.world.elsewhere("/progress").table
    assert standing is not None
    assert [row[0] for row in standing.rows] == ["Tokenization"]
    assert chat.world.elsewhere(f"/link {code}").tone == "error"


def test_a_code_that_is_too_old_opens_nothing(chat: Messenger) -> None:
    code = code_in(chat.world.elsewhere("/link").text)
    chat.advance(timedelta(minutes=11))
    assert chat.say(f"/link {code}").says(catalogue.label("en", "error.link_expired").partition(".")[0])
