"""Whether answers helped: said discreetly, kept, shown to admins, forgotten with its learner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.core.feedback import offered
from bot.core.reply import Reply
from bot.core.turn import Person
from bot.wiring import App
from jobs.feedback import FeedbackRow
from knowledge.tables import QuestionRow
from tests.bot.conftest import ADMIN, LEARNER, Chat

OTHER = Person("bo", "Bo", "bg-BG")
QUESTION = "What is a tokenizer?"


def judge(chat: Chat, answer: Reply, helpful: bool) -> Reply:
    actions = offered(answer, "en")
    assert actions is not None
    assert all(len(action.id) <= 100 for action in actions)
    return chat.press(actions[0 if helpful else 1].id)


def asked_among_others(app: App, chat: Chat) -> Reply:
    """An answer that others see too."""
    answer = chat.say(QUESTION)
    with app.database.session() as session:
        session.execute(update(QuestionRow).values(place="channel"))
    return answer


def judgements(app: App) -> list[bool]:
    with app.database.session() as session:
        return list(session.scalars(select(FeedbackRow.helpful).order_by(FeedbackRow.id)))


def test_an_answer_can_be_judged_and_what_the_notes_lack_cannot(chat: Chat) -> None:
    answer = chat.say(QUESTION)
    assert [action.label for action in offered(answer, "en") or ()] == ["Helpful", "Not helpful"]
    assert [action.label for action in offered(answer, "zh") or ()] == ["有帮助", "没帮助"]
    assert offered(chat.say("Who won the football world cup in 1994?"), "en") is None
    assert Reply.from_json({**Reply("x").to_json(), "feedback": None or ""}).feedback == ""


def test_a_reply_kept_before_answers_could_be_judged_still_reads(chat: Chat) -> None:
    kept = replace(chat.say(QUESTION), feedback="").to_json()
    del kept["feedback"]
    assert offered(Reply.from_json(kept), "en") is None


def test_thanks_are_private_and_in_the_language_of_who_judges(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    answer = asked_among_others(app, chat)
    assert judge(chat, answer, True).text.startswith("Thank you")
    thanks = judge(chats(OTHER), answer, False)
    assert thanks.private
    assert thanks.language == "bg"
    assert thanks.text.startswith("Благодаря")
    assert judgements(app) == [True, False]


def test_the_last_judgement_counts(app: App, chat: Chat) -> None:
    answer = asked_among_others(app, chat)
    for helpful in (True, False, False):
        judge(chat, answer, helpful)
    assert judgements(app) == [False]


def test_admins_see_which_answers_did_not_help(app: App, chat: Chat, chats: Callable[[Person], Chat]) -> None:
    admin = chats(ADMIN)
    assert "nobody" in admin.say("/notes gaps").text
    answer = asked_among_others(app, chat)
    judge(chat, answer, False)
    judge(chats(OTHER), answer, True)
    gaps = admin.say("/notes gaps")
    assert gaps.table is not None
    assert gaps.table.rows[0][:3] == (QUESTION, "answer did not help", "1")
    status = admin.say("/notes status")
    assert status.table is not None
    assert ("Answers found unhelpful", "1 of 2 judged") in status.table.rows


def test_a_private_answer_is_judged_by_nobody_else(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    answer = chat.say(QUESTION)
    assert judge(chats(OTHER), answer, False).tone == "error"
    assert judge(chat, answer, True).tone == "success"
    assert judgements(app) == [True]


def test_forgetting_takes_ones_judgements_and_those_of_ones_questions_along(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    mine, theirs = (asked_among_others(app, one) for one in (chat, chats(OTHER)))
    for asker in (chat, chats(OTHER)):
        judge(asker, mine, False)
        judge(asker, theirs, True)
    with app.database.session() as session:
        learner = session.scalar(select(QuestionRow.asked_by).order_by(QuestionRow.id))
    assert learner is not None
    assert app.services.erasure.forget(learner)
    assert judgements(app) == [True]
    gone = judge(chats(OTHER), mine, True)
    assert gone.tone == "error"
    assert "no longer there" in gone.text


@pytest.mark.parametrize(
    "action",
    ["feedback", "feedback?asked=1", "feedback?asked=x&helpful=yes", "feedback?asked=99&helpful=maybe"],
)
def test_a_button_that_says_nothing_is_answered_with_a_sentence(chat: Chat, action: str) -> None:
    chat.say(QUESTION)
    assert chat.press(action).tone == "error"


def test_two_learners_who_become_one_have_judged_once(app: App, chat: Chat) -> None:
    answer = asked_among_others(app, chat)
    judge(chat, answer, True)
    twin = Chat(app, replace(LEARNER, external_id="twin"), "elsewhere")
    judge(twin, answer, False)
    code = chat.say("/link").text.split("`")[1]
    assert twin.say(f"/link {code}").tone == "success"
    assert judgements(app) == [True]
