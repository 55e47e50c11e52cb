"""What a person can set."""

from __future__ import annotations

import pytest

from tests.bot.conftest import Chat


def test_settings_are_shown_with_a_form(chat: Chat) -> None:
    reply = chat.say("/settings")
    assert reply.private
    assert reply.table is not None
    assert ("Time zone", "Europe/Sofia") in reply.table.rows
    assert [field.name for field in reply.actions[0].fields] == ["language", "zone", "hour", "quiet"]


def test_the_form_changes_all_at_once_and_answers_in_the_new_language(chat: Chat) -> None:
    reply = chat.press("settings", language="bg", zone="Asia/Shanghai", hour="7", quiet="off")
    assert reply.tone == "success"
    assert reply.language == "bg"
    assert reply.table is not None
    assert [row[1] for row in reply.table.rows] == [
        "български",
        "Asia/Shanghai",
        "07:00",
        "няма",
        "включени",
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/settings language китайски", "中文"),
        ("/settings language auto", "the one I write in"),
        ("/settings zone sofia", "Europe/Sofia"),
        ("/settings zone new york", "America/New_York"),
        ("/settings hour 9:00", "09:00"),
        ("/settings quiet 23–7", "23:00–07:00"),
        ("/settings quiet off", "off"),
    ],
)
def test_values_are_understood_as_people_write_them(chat: Chat, line: str, shown: str) -> None:
    reply = chat.say(line)
    assert reply.tone == "success", reply.text
    assert reply.table is not None
    assert shown in [row[1] for row in reply.table.rows]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/settings language klingon", "klingon"),
        ("/settings zone Europe/Sofiya", "Europe/Sofia"),
        ("/settings zone Qwerty", "Europe/Sofia"),
        ("/settings hour 25", "0 to 23"),
        ("/settings quiet always", "22-8"),
        ("/settings hour", "For example"),
        ("/settings colour red", "language"),
    ],
)
def test_wrong_values_are_refused_with_what_is_right(chat: Chat, line: str, said: str) -> None:
    reply = chat.say(line)
    assert reply.tone == "error"
    assert said in reply.text
