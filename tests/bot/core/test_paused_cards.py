"""Cards whose fact changed in the notes: told by the refresh, decided by an admin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.core.reply import Reply
from bot.core.turn import Person
from bot.wiring import App
from jobs.tables import AttemptRow, CardRow
from tests.bot.conftest import ADMIN, Chat
from tests.bot.core.test_jobs import result

NOTE = """# Zipf ladders

## Overview
The Zipf ladder switches off 10 percent of the neurons of a layer at random.

## Quiz
1. How many of the neurons of a layer does the Zipf ladder switch off?
"""


@pytest.fixture
def refreshed(app: App, chats: Callable[[Person], Chat], chat: Chat) -> Reply:
    """What the refresh says after the note changed under a card that a learner was asked."""
    admin = chats(ADMIN)
    file = Path(app.services.notes_path()) / "zipf.md"
    file.write_text(NOTE, "utf-8")
    admin.say("/notes refresh")
    result(app)
    chat.say("/quiz zipf ladders")
    file.write_text(NOTE.replace("10 percent", "50 percent"), "utf-8")
    admin.say("/notes refresh")
    return result(app)


def test_a_refresh_tells_what_became_of_the_cards(refreshed: Reply) -> None:
    assert "Cards kept:" in refreshed.text
    assert "paused: 0" not in refreshed.text
    assert "`/notes cards`" in refreshed.text
    assert [one.id for one in refreshed.actions] == ["notes?action=cards"]


@pytest.mark.parametrize(("at", "told"), [(0, "is asked again"), (1, "not asked any more")])
def test_an_admin_decides_and_a_second_press_changes_nothing(
    refreshed: Reply, chats: Callable[[Person], Chat], at: int, told: str
) -> None:
    assert refreshed.actions
    admin = chats(ADMIN)
    shown = admin.say("/notes cards")
    assert "10 percent" in shown.text
    assert "50 percent" in shown.text
    for _ in range(2):
        assert told in admin.press(shown.actions[at].id).text
    while (left := admin.say("/notes cards")).actions:
        admin.press(left.actions[at].id)
    assert "No card waits" in left.text


def test_a_decision_about_something_that_changed_again_is_refused(
    refreshed: Reply, chats: Callable[[Person], Chat]
) -> None:
    admin = chats(ADMIN)
    shown = admin.say("/notes cards")
    outdated = shown.actions[0].id.rpartition("=")[0] + "=another"
    assert "nothing was decided" in admin.press(outdated).text
    assert admin.say("/notes cards").text == shown.text


def test_only_admins_decide(chat: Chat, refreshed: Reply) -> None:
    assert refreshed.actions
    assert "admins" in chat.say("/notes cards").text
    assert "admins" in chat.press("notes?action=cards&do=take&card=1&version=x").text


def test_the_learner_is_asked_again_with_what_was_taken(
    refreshed: Reply, app: App, chats: Callable[[Person], Chat], chat: Chat
) -> None:
    assert refreshed.actions
    with app.database.session() as session:
        history = session.scalars(select(AttemptRow.card_id)).all()
    assert "gives me no question" not in chat.say("/quiz").text
    admin = chats(ADMIN)
    while (shown := admin.say("/notes cards")).actions:
        admin.press(shown.actions[0].id)
    asked = chat.say("/quiz zipf ladders")
    while "neurons" not in asked.text:
        asked = chat.say("/quiz zipf ladders")
    told = chat.click(asked, "Show answer")
    assert "50 percent" in told.text
    assert "10 percent" not in told.text
    with app.database.session() as session:
        assert session.scalars(select(CardRow.state).where(CardRow.id.in_(history))).all() == ["active"]
