"""Buttons and forms, through the unmodified library."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.core.forms import Form
from bot.core.reply import Reply
from bot.core.turn import Press, Turn
from bot.wiring import App
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.bot.platforms.discord.inbound.cores import Wrapped
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.interactions import DEFER_UPDATE
from tests.doubles.discord.world import Message, User


def question(town: Town, user: User, public: bool = False) -> Message:
    """A quiz question: alone for the person, or in direct messages."""
    channel = town.dm(user) if public else town.channel
    return town.server.command(user, channel, "quiz", {"topic": "tokenizers"}).answered()


def answered(town: Town, user: User, text: str) -> Message:
    """A public answer."""
    return town.server.command(user, town.channel, "ask", {"question": text}).answered()


def custom_id(message: Message, prefix: str) -> str:
    return next(str(one["custom_id"]) for one in message.buttons if one["custom_id"].startswith(prefix))


@pytest.mark.parametrize(
    ("who", "title", "field"),
    [
        ("ada", "Answer", "Your answer"),
        ("boris", "Отговори", "Твоят отговор"),
        ("chen", "作答", "你的回答"),
    ],
)
def test_answering_opens_a_form_in_the_person_s_language(
    town: Town, who: str, title: str, field: str
) -> None:
    user = getattr(town, who)
    asked = question(town, user)
    pressed = town.server.press(user, asked, custom_id(asked, "answer"))
    form = pressed.form()
    assert form["custom_id"] == custom_id(asked, "answer")
    assert form["title"] == title
    lead, response = form["components"]
    assert lead["content"].strip("*") in asked.text
    assert response["label"] == field
    verdict = town.server.submit(pressed, {"response": "They cut text into tokens."}).followed_up()[0]
    assert verdict.ephemeral
    assert verdict is not asked
    assert "They cut text into tokens" in verdict.text


def test_the_question_stays_and_its_buttons_are_settled(town: Town) -> None:
    asked = question(town, town.ada)
    before = asked.text
    pressed = town.server.press(town.ada, asked, custom_id(asked, "show"))
    verdict = pressed.followed_up()[0]
    assert pressed.response == DEFER_UPDATE
    town.server.wait(lambda: all(one.get("disabled") for one in asked.buttons), what="settled buttons")
    assert asked.text == before
    assert not any(one.get("disabled") for one in verdict.buttons)
    rated = town.server.press(town.ada, verdict, custom_id(verdict, "rate")).followed_up()[0]
    assert rated.ephemeral

    def settled() -> bool:
        disabled = {str(one["custom_id"]).partition("?")[0] for one in verdict.buttons if one.get("disabled")}
        return disabled == {"rate"}

    town.server.wait(settled, what="settled ratings")
    assert town.replies.told[-1].tone == "success"


def test_after_a_form_the_buttons_are_settled_too(town: Town) -> None:
    asked = question(town, town.ada, public=True)
    pressed = town.server.press(town.ada, asked, custom_id(asked, "answer"))
    pressed.form()
    verdict = town.server.submit(pressed, {"response": "Tokens."}).followed_up()[0]
    assert not verdict.ephemeral
    town.server.wait(lambda: all(one.get("disabled") for one in asked.buttons), what="settled buttons")


def test_someone_else_s_question_is_refused_privately_and_stays_open(town: Town) -> None:
    asked = question(town, town.ada, public=True)
    answer = custom_id(asked, "answer")
    # As where a learner has reviews come into a channel: the same buttons, in everyone's sight.
    public = answered(town, town.ada, "What is a tokenizer?")
    public.components = asked.components
    pressed = town.server.press(town.boris, public, answer)
    refused = pressed.followed_up()[0]
    assert pressed.response == DEFER_UPDATE
    assert refused.ephemeral
    assert town.replies.told[-1].tone == "error"
    assert not any(one.get("disabled") for one in public.buttons)
    town.server.press(town.ada, public, answer).form()


def test_a_button_works_a_month_and_a_restart_later(start: Start, clock: FrozenClock) -> None:
    town = start()
    asked = question(town, town.ada, public=True)
    clock.move(timedelta(days=31))
    again = start()
    pressed = again.server.press(town.ada, asked, custom_id(asked, "show"))
    assert pressed.followed_up()[0].text


def test_what_a_public_answer_s_buttons_bring_is_for_who_pressed(town: Town) -> None:
    answer = answered(town, town.ada, "What does a tokenizer do?")
    quiz = town.server.press(town.boris, answer, custom_id(answer, "quiz")).followed_up()[0]
    assert quiz.ephemeral
    assert town.server.messages(town.channel, as_=town.boris)[-1] is quiz
    assert quiz not in town.server.messages(town.channel, as_=town.ada)


def test_settings_are_a_form_with_what_is_set(town: Town) -> None:
    shown = town.server.command(town.chen, town.channel, "settings").answered()
    pressed = town.server.press(town.chen, shown, "settings")
    form = pressed.form()
    labels = {part["label"]: part["component"] for part in form["components"]}
    assert labels["语言"]["options"][0]["default"]
    values = {"language": ["bg"], "zone": "Europe/Sofia", "hour": ["7"], "quiet": "22-8"}
    saved = town.server.submit(pressed, values).followed_up()[0]
    assert saved.ephemeral
    assert "Europe/Sofia" in saved.text or "Настройките" in saved.text
    assert town.replies.told[-1].language == "bg"
    again = town.server.press(town.chen, shown, "settings").form()
    parts = [part["component"] for part in again["components"]]
    assert [option["value"] for option in parts[0]["options"] if option.get("default")] == ["bg"]
    assert parts[1]["value"] == "Europe/Sofia"


def test_what_can_t_be_set_is_said_privately(town: Town) -> None:
    shown = town.server.command(town.ada, town.dm(town.ada), "settings").answered()
    pressed = town.server.press(town.ada, shown, "settings")
    pressed.form()
    refused = town.server.submit(pressed, {"zone": "Europe/Sofiya"}).followed_up()[0]
    assert "Europe/Sofia" in refused.text
    assert town.replies.told[-1].private


class Away(Wrapped):
    """The application with a database that can't be reached while a form is wanted."""

    def __init__(self, app: App, hangs: bool) -> None:
        super().__init__(app)
        self._hangs = hangs

    def form(self, turn: Turn) -> Form | None:
        if self._hangs:
            self.hold.wait(20)
        raise OSError("the database is away")


@pytest.mark.parametrize("hangs", [True, False])
def test_without_a_database_a_form_comes_all_the_same(start: Start, app: App, hangs: bool) -> None:
    core = Away(app, hangs)
    town = start(core, form_patience=0.05)
    shown = town.server.command(town.boris, town.channel, "settings").answered()
    pressed = town.server.press(town.boris, shown, "settings")
    form = pressed.form()
    assert form["title"] == "Настройки"
    assert not any(part["component"].get("value") for part in form["components"])
    core.hold.set()
    saved = town.server.submit(pressed, {"hour": ["9"]}).followed_up()[0]
    assert saved.ephemeral
    assert "09:00" in str(town.replies.told[-1].table)


def test_a_button_that_is_pressed_twice_at_once_is_done_once_each(town: Town) -> None:
    asked = question(town, town.ada)
    show = custom_id(asked, "show")
    first, second = (town.server.press(town.ada, asked, show) for _ in range(2))
    assert first.followed_up()[0].text == second.followed_up()[0].text


def test_a_button_that_nobody_knows_any_more_gets_a_sentence(town: Town) -> None:
    asked = question(town, town.ada)
    asked.buttons[0]["custom_id"] = "gone?with=everything"
    refused = town.server.press(town.ada, asked, "gone?with=everything").followed_up()[0]
    assert refused.ephemeral
    assert refused.text


def test_a_question_that_was_deleted_meanwhile_stops_nothing(start: Start, app: App) -> None:
    class Slow(Wrapped):
        def dispatch(self, turn: Turn) -> Reply:
            assert not isinstance(turn.did, Press) or self.hold.wait(20)
            return super().dispatch(turn)

    core = Slow(app)
    town = start(core)
    asked = question(town, town.ada, public=True)
    pressed = town.server.press(town.ada, asked, custom_id(asked, "show")).acknowledged()
    town.server.delete_message(asked)
    core.hold.set()
    assert pressed.followed_up()[0].text


def test_a_late_press_is_carried_out_and_its_answer_finds_another_way(start: Start, app: App) -> None:
    seen: list[Any] = []

    class Noting(Wrapped):
        def dispatch(self, turn: Turn) -> Reply:
            seen.append(turn.did)
            return super().dispatch(turn)

    town = start(Noting(app))
    asked = question(town, town.ada, public=True)
    show = custom_id(asked, "show")
    town.server.faults.once("POST", "/callback", 404, code=10062, message="Unknown interaction")
    town.server.press(town.ada, asked, show)
    town.server.wait(lambda: len(town.server.by_bot(town.dm(town.ada))) == 2, what="the answer")
    assert seen[-1] == Press(show)
    town.server.wait(lambda: all(one.get("disabled") for one in asked.buttons), what="settled buttons")
    assert len(town.replies.lost) == 1


def test_reviews_come_into_the_channel_that_is_chosen_in_the_form_of_the_settings(town: Town) -> None:
    shown = town.server.command(town.ada, town.channel, "settings").answered()
    pressed = town.server.press(town.ada, shown, custom_id(shown, "settings"))
    assert [one["component"]["custom_id"] for one in pressed.form()["components"]][-1] == "where"
    saved = town.server.submit(pressed, {"where": ["here"]}).followed_up()[0]
    assert "in this channel" in saved.text
