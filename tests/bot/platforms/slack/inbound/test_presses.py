"""Buttons, menus and forms, through the unmodified library."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.forms import Form
from bot.core.reply import Action, Reply
from bot.core.turn import Call, Press, Turn
from bot.wiring import App
from tests.bot.platforms.slack.inbound.conftest import Start, Town
from tests.bot.platforms.slack.inbound.cores import Scripted, Wrapped
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Message, User
from tests.doubles.slack_server import Upload

ANSWERS = {
    "ada": ("Answer", "Your answer"),
    "boris": ("Отговори", "Твоят отговор"),
    "chen": ("作答", "你的回答"),
}


def question(town: Town, user: User, *, direct: bool = True) -> Message:
    """A quiz question: in direct messages, or alone for the person in the channel."""
    channel = town.dm(user) if direct else town.channel
    return town.server.command(user, channel, "/quiz", "tokenizers").answered()


def value(message: Message, prefix: str) -> str:
    return next(str(one["value"]) for one in message.buttons() if str(one["value"]).startswith(prefix))


def press(town: Town, user: User, message: Message, prefix: str) -> Any:
    return town.server.press(user, message, value=value(message, prefix))


@pytest.mark.parametrize("who", ANSWERS)
@pytest.mark.parametrize("direct", [True, False])
def test_answering_opens_a_form_in_the_person_s_language(town: Town, who: str, direct: bool) -> None:
    user, (title, field) = getattr(town, who), ANSWERS[who]
    asked = question(town, user, direct=direct)
    form = press(town, user, asked, "answer").opened()
    assert (form.title, field in form.shown) == (title, True)
    sent = town.server.submit(form, {"response": "They cut text into tokens."})
    assert sent.errors() == {}
    # The form has no place of its own: its answer comes where the question stands.
    verdict = town.server.message(asked.channel, "They cut text into tokens")
    assert verdict.ephemeral_to is (None if direct else user)


@pytest.mark.parametrize("who", ANSWERS)
def test_what_is_wrong_is_told_at_its_field_and_the_form_stays(town: Town, who: str, transport: str) -> None:
    user = getattr(town, who)
    shown = town.server.command(user, town.dm(user), "/settings").answered()
    form = press(town, user, shown, "settings").opened()
    wrong = town.server.submit(form, {"zone": "Nowhere/Town", "quiet": "sometimes"})
    assert set(wrong.errors()) == {"zone", "quiet"}
    assert form.open
    right = town.server.submit(form, {"zone": "Asia/Shanghai", "quiet": "23-7"})
    assert right.errors() == {}
    assert "Asia/Shanghai" in right.answered().shown


def test_the_question_stays_and_its_buttons_are_settled(town: Town) -> None:
    asked = question(town, town.ada)
    pressed = press(town, town.ada, asked, "show")
    settled = pressed.updated()
    assert not [one for one in settled.buttons() if str(one["value"]).startswith(("answer", "show", "later"))]
    assert "✓" in settled.shown
    verdict = town.server.said(town.dm(town.ada), 2)[-1]
    rated = press(town, town.ada, verdict, "rate")
    assert not [one for one in rated.updated().buttons() if str(one["value"]).startswith("rate")]
    assert town.replies.told[-1].tone == "success"


def test_after_a_form_the_buttons_are_settled_too(town: Town) -> None:
    asked = question(town, town.ada)
    form = press(town, town.ada, asked, "answer").opened()
    town.server.submit(form, {"response": "Tokens."}).answered()
    town.server.wait(
        lambda: not [one for one in asked.buttons() if str(one["value"]).startswith("answer")],
        what="settled buttons",
    )


def test_what_was_refused_stays_open(town: Town) -> None:
    answer = town.server.command(town.ada, town.channel, "/ask", "What is a tokenizer?").answered()
    asked = question(town, town.ada)
    # As where a learner has reviews come into a channel: the same buttons, in everyone's sight.
    answer.blocks = asked.blocks
    refused = town.server.press(town.boris, answer, value=value(asked, "show"))
    refused.answered()
    assert town.replies.told[-1].tone == "error"
    assert value(answer, "show")


@pytest.mark.parametrize("direct", [True, False])
def test_a_button_works_a_month_and_a_restart_later(start: Start, clock: FrozenClock, direct: bool) -> None:
    town = start()
    asked = question(town, town.ada, direct=direct)
    clock.move(timedelta(days=31))
    start()
    verdict = press(town, town.ada, asked, "show")
    verdict.acknowledged()
    town.server.wait(lambda: town.replies.told, what="the answer")
    assert town.replies.told[-1].tone != "error"


def test_a_form_that_was_open_over_a_restart_is_taken(start: Start, clock: FrozenClock) -> None:
    town = start()
    form = press(town, town.ada, question(town, town.ada), "answer").opened()
    clock.move(timedelta(hours=2))
    start()
    assert "Tokens" in town.server.submit(form, {"response": "Tokens."}).answered().shown


def test_a_press_that_is_told_of_twice_is_done_once(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    message = carrying(town, Action("rate?attempt=1&rating=3", "Good"))
    pressed = town.server.press(town.ada, message, label="Good")
    pressed.answered()
    town.server.redeliver(pressed)
    start(scripted)
    town.server.redeliver(pressed)
    town.server.command(town.ada, town.channel, "/review").answered()
    assert [turn.did for turn in scripted.turns][1:] == [Press("rate?attempt=1&rating=3"), Call("review")]


def carrying(town: Town, *actions: Action, text: str = "Choose") -> Message:
    """A public message of the bot with those buttons."""
    core = town.replies
    assert core is not None
    asked = town.server.command(town.ada, town.channel, "/ask", "What?")
    message = asked.answered()
    from bot.platforms.slack.render import render

    rendered = render(Reply(text, actions=actions))[0]
    message.blocks = list(rendered.blocks)
    return message


def test_a_menu_s_choice_is_the_action(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    notes = [Action(f"learn?note=n{number}", f"Note {number}") for number in range(12)]
    message = carrying(town, *notes)
    menu = next(one for one in message.elements if one["type"] == "static_select")
    town.server.choose(town.ada, message, menu["action_id"], "learn?note=n7").answered()
    assert scripted.turns[-1].did == Press("learn?note=n7")


def test_a_press_in_a_thread_belongs_to_the_thread(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    said = town.server.mention(town.ada, town.channel, "What?")
    message = town.server.replied(said)
    message.blocks = carrying(town, Action("stop?note=a", "Stop")).blocks
    answer = town.server.press(town.boris, message, label="Stop").answered()
    assert answer.thread_ts == said.ts
    assert scripted.turns[-1].place == f"thread:{town.server.team.id}/{town.channel.id}/{said.ts}"


@pytest.mark.parametrize("who", ANSWERS)
def test_a_command_without_its_arguments_opens_a_form(town: Town, who: str) -> None:
    user = getattr(town, who)
    asked = town.server.command(user, town.channel, "/try")
    form = asked.opened()
    assert not asked.ack, "nothing has been asked yet"
    assert "tokenize" in str(form.blocks)
    wrong = town.server.submit(form, {"task": "classify", "text": "It rains", "labels": "one"})
    assert set(wrong.errors()) == {"labels"}
    town.server.submit(form, {"task": "tokenize", "text": "Unbelievable!", "labels": ""}).acknowledged()
    assert town.server.message(town.channel, "tokenize").ephemeral_to is None


def test_what_was_typed_already_stands_in_the_form(town: Town) -> None:
    form = town.server.command(town.ada, town.channel, "/try", "classify labels:“a, b”").opened()
    asked = town.server.submit(form, {"text": "It rains"})
    assert asked.errors() == {}
    town.server.message(town.channel, "classify")


def test_a_question_can_be_asked_in_a_form(town: Town) -> None:
    form = town.server.command(town.boris, town.channel, "/recap", "ask").opened()
    town.server.submit(form, {"question": "Какво е токенизация?"}).acknowledged()
    assert town.server.said(town.channel)[0].ephemeral_to is None
    assert town.replies.told[-1].language == "bg"


def test_notes_are_uploaded_in_a_form(start: Start, scripted: Scripted) -> None:
    town = start(scripted, admins=())
    start(scripted, admins=(town.boris.id,))
    form = town.server.command(town.boris, town.channel, "/notes", "upload").opened()
    assert form.title == "Добавяне на записки"
    text = b"# Notes"
    town.server.submit(form, {"recap:files": [Upload("new.md", text)]}).acknowledged()
    town.server.said(town.channel)
    call = scripted.turns[-1].did
    assert isinstance(call, Call)
    assert (call.command, dict(call.arguments)) == ("notes", {"action": "upload"})
    assert [(one.name, one.size) for one in call.uploads] == [("new.md", len(text))]
    assert scripted.read == [text]


class Late(Wrapped):
    """Its forms never come."""

    def form(self, turn: Turn) -> Form | None:
        assert self.hold.wait(20)
        return super().form(turn)


def test_a_form_that_takes_too_long_is_shown_without_its_values(start: Start, app: App) -> None:
    core = Late(app)
    town = start(core, form_patience=0.2)
    shown = town.server.command(town.ada, town.dm(town.ada), "/settings").answered()
    form = press(town, town.ada, shown, "settings").opened()
    core.hold.set()
    saved = town.server.submit(form, {"hour": "8"}).answered()
    assert "08:00" in saved.shown


def test_a_form_that_slack_does_not_open_is_told_of(town: Town) -> None:
    town.server.faults.add("views.open", "expired_trigger_id", times=None)
    asked = town.server.command(town.ada, town.channel, "/try")
    answer = asked.answered()
    assert answer.ephemeral_to is town.ada
    assert "/try" in answer.shown


def test_a_link_is_no_press(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    message = carrying(town, Action("stop?note=a", "Stop"))
    message.blocks = [
        {
            "type": "actions",
            "block_id": "links",
            "elements": [
                {
                    "type": "button",
                    "action_id": "link",
                    "text": {"type": "plain_text", "text": "Notes"},
                    "url": "https://example.com",
                }
            ],
        }
    ]
    town.server.press(town.ada, message, label="Notes").acknowledged()
    town.server.command(town.ada, town.channel, "/review").answered()
    assert scripted.turns[-1].did == Call("review")
    assert len(scripted.turns) == 2
