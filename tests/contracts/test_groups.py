"""A group is asked in one place: everyone answers unseen, all see the outcome, each one's reviews move."""

from __future__ import annotations

from datetime import timedelta

from bot.core import catalogue
from tests.contracts.messenger import ZONE, Messenger, Shown
from tests.contracts.test_reviews import DUE

START = f"/group start Transformers time:12:00 zone:{ZONE} days:daily closes:3h"
HOUR = timedelta(hours=1)
"""From the frozen clock's morning to the group's hour."""
RIGHT, WRONG = "far back had faded", "Their vocabularies"


def label(shown: Shown, part: str) -> str:
    return next(one for one in shown.buttons if part in one)


def gathered(chat: Messenger) -> tuple[Messenger, Messenger, Messenger]:
    """Three members of a group, one of whom began it."""
    people = (chat, chat.beside("Bo"), chat.beside("Cy"))
    started = chat.say(START, shared=True)
    assert not started.private
    for person in people:
        person.say(f"/settings zone {ZONE}")  # not every platform knows where a person lives
        joined = person.press(catalogue.label("en", "action.group_join"))
        assert joined.private
    assert joined.says("the group has 3 members")
    return people


def asked(people: tuple[Messenger, ...]) -> Shown:
    people[0].advance(HOUR)
    questions = [person.last() for person in people]
    assert all(one == questions[0] for one in questions), "everybody reads the same"
    assert questions[0].says("Group quiz", "Transformers", "Nobody sees what you answer")
    return questions[0]


def test_a_group_s_question_is_answered_unseen_and_revealed_to_all(chat: Messenger) -> None:
    people = gathered(chat)
    question = asked(people)
    for person, part in zip(people, (RIGHT, WRONG, RIGHT), strict=True):
        seen = [len(other.shown()) for other in people if other is not person]
        noted = person.press(label(question, part), on=question)
        assert noted.private
        assert noted.says("Noted and only you see it", part)
        assert [len(other.shown()) for other in people if other is not person] == seen
    chat.advance(timedelta(0))
    reveals = [person.last() for person in people]
    assert all(one == reveals[0] for one in reveals)
    (reveal,) = set(reveals)
    assert not reveal.private
    assert reveal.says("The answer", "2 of 3 answers are right")
    assert [source.note for source in reveal.sources] == ["01-transformers.md"]
    assert not any(name in reveal.text for name in ("Ada", "Bo", "Cy"))
    closed = next(one for one in chat.shown() if one.says("Group quiz"))
    assert closed.says("This question is closed")
    assert not any(RIGHT in one for one in closed.buttons)


def test_a_group_s_answers_move_each_one_s_own_schedule(chat: Messenger) -> None:
    people = (ada, bo, cy) = gathered(chat)
    question = asked(people)
    ada.press(label(question, RIGHT), on=question)
    bo.press(label(question, WRONG), on=question)
    chat.advance(timedelta(hours=4))
    rate = catalogue.label("en", "action.group_rate")
    assert ada.press(rate).says("Right", "I noted Good")
    assert bo.press(rate).says("Not quite", "I noted Again")
    assert cy.press(rate).says("You didn't answer")
    chat.advance(DUE - timedelta(hours=5))
    came = [sum("Show answer" in one.buttons for one in person.shown() if one.private) for person in people]
    assert came == [1, 1, 0], "who didn't answer has begun nothing"
    both = [one for one in bo.shown() if one.private and one.says("2 questions are due")]
    assert both, "what was missed comes again, with the ladder's own"


def test_who_is_no_admin_plans_no_group(chat: Messenger) -> None:
    bo = chat.beside("Bo")
    refused = bo.say(START, shared=True)
    assert refused.private
    assert refused.says("is for the course s admins")
    assert not any(one.says("study group of this channel") for one in chat.shown())
