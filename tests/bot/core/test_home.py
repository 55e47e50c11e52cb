"""A person's own page, and the prompts where a conversation begins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.core import home as homes
from bot.core.home import Home
from bot.core.turn import Person, Where
from bot.wiring import App
from jobs.tables import LearnerRow
from knowledge.errors import NotesError
from tests.bot.conftest import ADMIN, LEARNER, Chat
from tests.doubles.clock import FrozenClock

HERE = Where("web", "page")


def page(app: App, person: Person = LEARNER) -> Home:
    home = app.core.home(person, HERE)
    for section in home.sections:
        assert section.title
        assert all(len(action.id) <= 100 for action in section.reply.actions)
    return home


def names(home: Home) -> list[str]:
    return [section.name for section in home.sections]


def part(home: Home, name: homes.Name) -> homes.Section:
    section = home.section(name)
    assert section is not None
    return section


def studied(chat: Chat, clock: FrozenClock) -> None:
    chat.say("/studied tokenization")
    clock.move(timedelta(days=2))


def test_a_stranger_is_shown_the_way_in_and_not_kept(app: App) -> None:
    home = page(app, Person("new", "New", "bg-BG"))
    assert names(home) == ["welcome", "courses"]
    assert home.language == "bg"
    with app.database.session() as session:
        assert session.scalar(select(func.count()).select_from(LearnerRow)) == 0


def test_a_learner_finds_what_is_due_and_can_begin_there(app: App, chat: Chat, clock: FrozenClock) -> None:
    studied(chat, clock)
    home = page(app)
    assert names(home) == ["due", "progress", "settings", "courses"]
    due = part(home, "due").reply
    assert "**1** review is due" in due.text
    assert "**Tokenization**, step 1 of 4" in due.text
    assert [action.label for action in due.actions] == ["Review now", "Quiz me now"]
    question = chat.press(due.actions[0].id)
    assert question.tone == "question"


def test_nothing_due_says_what_comes_next(app: App, chat: Chat) -> None:
    chat.say("/studied tokenization")
    due = part(page(app), "due").reply
    assert "Nothing is due" in due.text
    assert [action.label for action in due.actions] == ["Quiz me"]


def test_progress_is_the_picture_and_its_words_without_what_stands_above(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    studied(chat, clock)
    progress = part(page(app), "progress").reply
    assert progress.image is not None
    assert progress.image.alt
    assert progress.table is not None
    assert "due now" not in progress.text
    assert not progress.actions
    plain = app.core.home(LEARNER, HERE, pictures=False)
    assert part(plain, "progress").reply.image is None


def test_settings_carry_their_form(app: App, chat: Chat) -> None:
    chat.say("/settings language zh")
    home = page(app)
    settings = part(home, "settings")
    assert settings.title == "你的设置"
    assert [field.name for field in settings.reply.actions[0].fields] == ["language", "zone", "hour", "quiet"]


def test_admins_see_the_index_and_what_the_notes_lack(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    chat.say("Who won the football world cup in 1994?")
    home = page(app, ADMIN)
    assert names(home) == ["welcome", "courses", "index", "gaps"]
    index, gaps = part(home, "index").reply, part(home, "gaps").reply
    assert index.table is not None
    assert "9 notes" in str(index.table.rows)
    assert gaps.table is not None
    assert gaps.table.rows[0][1] == "not in the notes"
    chats(ADMIN).say("/help")
    assert names(page(app, ADMIN))[-2:] == ["index", "gaps"]


@pytest.mark.parametrize(
    ("error", "said"), [(NotesError("error.not_indexed"), ""), (OSError("disk"), "in the log under")]
)
def test_a_part_that_cannot_be_had_leaves_the_others(
    app: App, chat: Chat, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    chat.say("/help")

    def broken(_: object) -> object:
        raise error

    monkeypatch.setitem(homes._PARTS, "progress", broken)
    home = page(app)
    assert part(home, "progress").reply.tone == "error"
    assert said in part(home, "progress").reply.text
    assert part(home, "settings").reply.tone == "plain"


def test_prompts_begin_with_what_is_due_and_lead_to_answers(app: App, chat: Chat, clock: FrozenClock) -> None:
    studied(chat, clock)
    prompts = app.core.prompts(LEARNER, HERE)
    assert len(prompts) == 4
    assert prompts[0].title == "1 review is due"
    assert chat.say(prompts[0].message).tone == "question"
    assert prompts[1].title == "Tokenization"
    assert chat.say(prompts[1].message).citations
    assert chat.say(prompts[-1].message).tone == "question"


@pytest.mark.parametrize(
    ("locale", "last"), [("en", "Quiz me"), ("bg-BG", "Изпитай ме"), ("zh-CN", "考考我")]
)
def test_prompts_are_in_the_language_of_a_stranger_too(app: App, locale: str, last: str) -> None:
    new = Person("new", "New", locale)
    prompts = app.core.prompts(new, HERE)
    assert prompts[-1].message == last
    chat = Chat(app, new)
    assert chat.say(prompts[0].message).citations
    assert chat.say(last).tone == "question"
