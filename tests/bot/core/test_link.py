"""`/link` and `/forget`, as a person meets them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.platforms.web.history import History
from bot.wiring import App
from jobs.linking.service import GUESSES
from jobs.tables import AttemptRow, LearnerRow, OutboundRow, StudyRow
from knowledge.store import Base
from knowledge.tables import CourseRow, QuestionRow
from tests.bot.conftest import LEARNER, Chat

NOTE = "02-tokenization.md"
ANA = Person("77", "ana", "en", zone="Europe/Sofia", inbox="dm:77")


class Discord:
    """Ana on Discord, in a channel or in her messages."""

    def __init__(self, app: App, person: Person = ANA) -> None:
        self.app = app
        self.person = person

    def do(self, did: Line | Call | Press, shared: bool = False) -> Reply:
        place = "channel:5" if shared else "dm:77"
        return self.app.core.dispatch(Turn("discord", self.person, place, "r", did, shared=shared))

    def say(self, text: str) -> Reply:
        return self.do(Line(text))


@pytest.fixture
def discord(app: App) -> Discord:
    return Discord(app)


def code_in(reply: Reply) -> str:
    found = re.search(r"`([0-9A-Z]{4}-[0-9A-Z]{4})`", reply.text)
    assert found, reply.text
    return found[1]


def test_a_code_is_shown_with_its_use_and_entered_elsewhere(chat: Chat, discord: Discord) -> None:
    shown = chat.say("/link")
    assert shown.private
    assert "`/link " in shown.text
    assert "10 minutes" in shown.text
    assert "No other account" in shown.text
    done = discord.say(f"/link {code_in(shown).lower()}")
    assert (done.tone, done.private) == ("success", True)
    assert done.table is not None
    assert {row[0] for row in done.table.rows} == {"Web chat", "Discord (ana)"}
    again = chat.say("/link")
    assert "These accounts are yours" in again.text
    assert again.table is not None
    assert "here" in [row[1] for row in again.table.rows]


def test_what_was_studied_here_is_there_afterwards(chat: Chat, discord: Discord) -> None:
    chat.say(f"/studied {NOTE}")
    discord.say(f"/studied {NOTE}")
    done = discord.say(f"/link {code_in(chat.say('/link'))}")
    assert "1 note had been studied on both sides" in done.text
    table = discord.say("/progress").table
    assert table is not None
    assert len(table.rows) == 1


@pytest.mark.parametrize(
    ("language", "wrong", "own"),
    [
        ("en", "I don't know that code", "this very account"),
        ("bg", "Не познавам", "същия"),
        ("zh", "不认识", "就是这个账号"),
    ],
)
def test_what_goes_wrong_is_said_in_the_person_s_language(
    chat: Chat, discord: Discord, language: str, wrong: str, own: str
) -> None:
    chat.say(f"/settings language {language}")
    shown = chat.say("/link")
    assert shown.language == language
    assert wrong in chat.say("/link ABCD-EFGH").text
    assert own in chat.say(f"/link {code_in(shown)}").text
    for _ in range(GUESSES - 1):
        chat.say("/link ABCD-EFGH")
    assert "10" in chat.say("/link ABCD-EFGH").text


def test_a_code_typed_for_among_others_is_not_shown_to_them(discord: Discord) -> None:
    refused = discord.do(Line("/link"), shared=True)
    assert refused.tone == "error"
    assert "eyes only" in refused.text
    assert code_in(discord.do(Call("link"), shared=True)), "a slash command is answered to one person alone"


def test_unlinking_asks_first_and_leaves_what_was_learnt(chat: Chat, discord: Discord) -> None:
    discord.say(f"/studied {NOTE}")
    chat.say(f"/link {code_in(discord.say('/link'))}")
    shown = discord.say("/link")
    button = next(action for action in shown.actions if "Web chat" in action.label)
    asked = discord.do(Press(button.id))
    assert "begins afresh" in asked.text
    assert [action.style for action in asked.actions] == ["danger"]
    assert len(discord.say("/link").actions) == 2, "nothing has happened yet"
    assert discord.do(Press(asked.actions[0].id)).tone == "success"
    assert "Nothing studied" in chat.say("/progress").text
    assert discord.say("/progress").table is not None
    assert discord.do(Press(asked.actions[0].id)).tone == "error", "pressed again"
    assert chat.press(asked.actions[0].id).tone == "error", "or by someone else"


def test_accounts_of_one_kind_are_told_apart(app: App, chat: Chat) -> None:
    other = Chat(app, replace(LEARNER, external_id="phone"), "page-phone")
    shown = other.say(f"/link {code_in(chat.say('/link'))}")
    assert {action.label for action in shown.actions} == {"Unlink Web chat 1", "Unlink Web chat 2"}
    assert shown.table is not None
    assert ("Web chat 2", "here") in shown.table.rows
    asked = other.click(shown, "Unlink Web chat 1")
    assert "Web chat 1" in asked.text
    assert "Web chat 1" in other.press(asked.actions[0].id).text


def test_a_turn_in_work_while_its_learner_is_linked_is_done_for_the_new_one(
    app: App, chat: Chat, discord: Discord, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_in(chat.say("/link"))
    study = app.reviews.study
    studied: list[int] = []

    def linked_meanwhile(learner_id: int, note: str) -> object:
        if not studied:
            studied.append(learner_id)
            app.services.linking.redeem(learner_id, "discord", "77", code)
        studied.append(learner_id)
        return study(learner_id, note)

    monkeypatch.setattr(app.reviews, "study", linked_meanwhile)
    assert discord.say(f"/studied {NOTE}").tone == "success"
    assert len(set(studied)) == 2
    table = chat.say("/progress").table
    assert table is not None
    assert len(table.rows) == 1


def test_a_message_claimed_before_the_link_is_told_all_the_same(
    app: App, chat: Chat, discord: Discord
) -> None:
    discord.say(f"/studied {NOTE}")
    learner = app.people.meet("discord", "77", "ana", "dm:77", inbox="dm:77")
    review = app.reviews.upcoming(learner.id)[0]
    attempt = app.reviews.ask(learner.id, review.review_id, "discord", "dm:77")
    with app.database.session() as session:
        app.outbox.put(
            session, key="review:1", platform="discord", place="dm:77", kind="review",
            payload={"attempt": attempt.attempt_id}, learner_id=learner.id,
        )  # fmt: skip
    [claimed] = app.outbox.claim("discord")
    discord.say(f"/link {code_in(chat.say('/link'))}")
    assert app.core.present(claimed).tone == "question"


def test_forgetting_asks_first_and_leaves_nothing(app: App, chat: Chat, discord: Discord) -> None:
    other = Chat(app, replace(LEARNER, external_id="bo", name="Bo"), "page-bo")
    other.say(f"/studied {NOTE}")
    other.say("What is a tokenizer?")
    before = _counts(app)
    chat.say(f"/studied {NOTE}")
    chat.say("/quiz")
    chat.say("What is a tokenizer?")
    chat.say("/try tokenize Unbelievable!")
    discord.say(f"/link {code_in(chat.say('/link'))}")
    discord.say("/course course")
    asked = discord.say("/forget")
    assert asked.private
    assert "on all 2 of your linked accounts" in asked.text
    assert _counts(app) != before
    app.queue.stop()
    done = discord.do(Press(asked.actions[-1].id))
    assert done.tone == "success"
    assert done.text.startswith("Erased: 1 study, 4 reviews, "), done.text
    assert _counts(app) == before
    assert "Nothing studied" in discord.say("/progress").text
    assert discord.do(Press(asked.actions[-1].id)).tone == "error", "the button was for who is gone"


def test_the_web_chat_forgets_its_conversation(app: App, clock: object) -> None:
    history = History(app.database, app.clock)
    learner = app.people.meet("web", "c", "You", "web:c")
    told = history.begin("web:c", "one", "a secret", None, "en")
    history.fill("web:c", told.reply.id, Reply("noted"))
    asking = history.begin("web:c", "two", "/forget", None, "en")
    app.services.erasure.forget(learner.id)
    history.fill("web:c", asking.reply.id, Reply("forgotten"))
    assert [message.text for message in history.page("web:c").messages] == ["/forget", ""]


def _counts(app: App) -> dict[str, int]:
    """How many rows every table of people has."""
    assert {LearnerRow, StudyRow, AttemptRow, OutboundRow, QuestionRow}
    ours = ("cards", "sources", "generations", CourseRow.__tablename__, "web_places")
    with app.database.session() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if table.name not in ours
        }
