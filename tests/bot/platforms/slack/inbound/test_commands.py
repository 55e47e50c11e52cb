"""Slash commands and shortcuts, through the unmodified library."""

from __future__ import annotations

import pytest

from bot.core.turn import Call, Line
from tests.bot.platforms.slack.inbound.conftest import Start, Town
from tests.bot.platforms.slack.inbound.cores import Scripted

QUESTIONS = {"ada": "What does a tokenizer do?", "boris": "Какво е токенизация?", "chen": "如何微调模型？"}
LANGUAGES = {"ada": "en", "boris": "bg", "chen": "zh"}


@pytest.mark.parametrize("who", QUESTIONS)
def test_a_question_is_answered_to_all_in_the_language_of_the_person(
    start: Start, transport: str, who: str
) -> None:
    town = start(transport=transport)
    asked = town.server.command(getattr(town, who), town.channel, "/ask", QUESTIONS[who])
    answer = asked.answered()
    assert asked.ack == {"response_type": "in_channel"}, "all see what was asked"
    assert answer.ephemeral_to is None
    assert town.replies.told[-1].language == LANGUAGES[who]


@pytest.mark.parametrize("name", ["learn", "studied", "quiz", "review", "progress", "settings", "help"])
@pytest.mark.parametrize("who", QUESTIONS)
def test_what_concerns_one_person_is_shown_to_them_alone(town: Town, name: str, who: str) -> None:
    user = getattr(town, who)
    asked = town.server.command(user, town.channel, f"/{name}")
    asked.acknowledged()
    assert not asked.ack, "nobody sees that it was asked"
    town.server.wait(lambda: town.replies.told, what="an answer")
    answer = asked.answered()
    assert answer.shown
    other = town.chen if who != "chen" else town.ada
    assert answer not in town.server.messages(town.channel, viewer=other)


@pytest.mark.parametrize("who", QUESTIONS)
def test_a_task_is_tried_in_everyone_s_sight(town: Town, who: str) -> None:
    asked = town.server.command(getattr(town, who), town.channel, "/try", "tokenize Unbelievable!")
    answer = asked.answered()
    assert answer.ephemeral_to is None
    assert "tokenize" in answer.shown


@pytest.mark.parametrize("who", QUESTIONS)
@pytest.mark.parametrize(("command", "text"), [("/quizz", ""), ("/recap", "quizz")])
def test_a_mistyped_command_is_guessed(town: Town, who: str, command: str, text: str) -> None:
    user = getattr(town, who)
    answer = town.server.command(user, town.channel, command, text).answered()
    assert answer.ephemeral_to is user
    assert "/quiz" in answer.shown


def test_our_own_command_takes_every_other_and_plain_questions(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    for text in ("", "help try", "quiz tokenizers", "What is “BPE”?"):
        town.server.command(town.ada, town.channel, "/recap", text).answered()
    assert [turn.did for turn in scripted.turns] == [
        Call("help"),
        Call("help", {"command": "try"}),
        Call("quiz", {"topic": "tokenizers"}),
        Call("ask", {"question": "What is “BPE”?"}),
    ]


def test_a_prefix_makes_room_for_another_app_s_commands(start: Start, scripted: Scripted) -> None:
    town = start(scripted, prefix="study-")
    town.server.command(town.ada, town.channel, "/study-quiz", "bpe").answered()
    town.server.command(town.ada, town.channel, "/recap", "quiz").answered()
    assert [turn.did for turn in scripted.turns] == [Call("quiz", {"topic": "bpe"}), Call("quiz")]


def test_what_slack_makes_of_a_text_is_undone(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    text = f"is a &lt; b &amp; see <https://hf.co|hf.co>\n\n{town.boris.mention}?"
    town.server.command(town.ada, town.channel, "/ask", text).answered()
    did = scripted.turns[0].did
    assert isinstance(did, Call)
    assert did.arguments["question"].startswith("is a < b & see hf.co\n\n@")


def test_a_command_says_who_and_where(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    two = town.server.between(town.ada, town.chen)
    for user, channel in ((town.ada, town.channel), (town.boris, town.dm(town.boris)), (town.ada, two)):
        town.server.command(user, channel, "/quiz").answered()
    team = town.server.team.id
    in_channel, in_dm, between = scripted.turns
    assert (in_channel.place, in_channel.within, in_channel.shared) == (
        f"channel:{team}/{town.channel.id}",
        (f"team:{team}",),
        True,
    )
    assert (in_dm.place, in_dm.within, in_dm.shared) == (
        f"dm:{team}/{town.boris.id}",
        (f"team:{team}",),
        False,
    )
    assert (between.place, between.shared) == (f"channel:{team}/{two.id}", True)
    person = in_dm.person
    assert (person.external_id, person.name) == (f"{team}/{town.boris.id}", "Boris")
    assert (person.locale, person.zone, person.is_admin) == ("bg-BG", "Europe/Sofia", False)
    assert person.inbox == f"dm:{team}/{town.boris.id}"
    assert in_channel.platform == "slack"
    assert len({turn.reply_ref for turn in scripted.turns}) == 3


def test_in_direct_messages_nothing_needs_hiding(town: Town) -> None:
    answer = town.server.command(town.ada, town.dm(town.ada), "/settings").answered()
    assert answer.ephemeral_to is None


def test_in_direct_messages_of_two_others_what_is_private_stays_so(town: Town) -> None:
    two = town.server.between(town.ada, town.chen)
    answer = town.server.command(town.ada, two, "/settings").answered()
    assert answer not in town.server.messages(two, viewer=town.chen)


def test_admins_are_those_of_the_workspace_and_of_the_settings(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    owner, teacher = town.server.person("Mira", admin=True), town.server.person("Todor")
    town.server.invite(town.channel, owner, teacher)
    group = town.server.usergroup(teacher)
    start(scripted, admins=(town.boris.id, group))
    for user in (town.ada, owner, town.boris, teacher):
        town.server.command(user, town.channel, "/notes").answered()
    assert [turn.person.is_admin for turn in scripted.turns] == [False, True, True, True]


def test_a_member_is_told_that_the_notes_are_for_admins(town: Town) -> None:
    answer = town.server.command(town.boris, town.channel, "/notes", "upload").answered()
    assert answer.ephemeral_to is town.boris
    assert "/notes" in answer.shown


def test_people_whom_slack_does_not_tell_about_are_served_all_the_same(
    start: Start, scripted: Scripted
) -> None:
    town = start(scripted)
    town.server.faults.add("users.info", 503, times=None)
    town.server.command(town.boris, town.channel, "/quiz").answered()
    person = scripted.turns[0].person
    assert (person.locale, person.is_admin) == ("", False)


def test_any_message_can_be_asked_about(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    said = town.server.say(town.boris, town.channel, f"{town.chen.mention} why do models need tokens?")
    scripted.private = True
    answer = town.server.shortcut(town.ada, "ask_about_this", said).answered()
    assert answer not in town.server.messages(town.channel, viewer=town.boris)
    assert scripted.turns[-1].did == Call("ask", {"question": "@Chen why do models need tokens?"})


def test_a_shortcut_quizzes_by_direct_message(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    town.server.shortcut(town.chen, "quiz_me").acknowledged()
    town.server.said(town.dm(town.chen))
    turn = scripted.turns[-1]
    assert (turn.did, turn.place) == (Call("quiz"), f"dm:{town.server.team.id}/{town.chen.id}")


def test_a_command_is_acknowledged_whatever_the_core_is_busy_with(
    start: Start, scripted: Scripted, transport: str
) -> None:
    scripted.hold.clear()
    town = start(scripted, transport=transport)
    asked = [town.server.command(town.ada, town.channel, "/quiz") for _ in range(30)]
    for one in asked:
        one.acknowledged()
    assert scripted.turns == []
    scripted.hold.set()
    for one in asked:
        one.answered()


def test_a_command_that_is_told_of_twice_is_done_once(start: Start, scripted: Scripted) -> None:
    scripted.hold.clear()
    town = start(scripted)
    asked = town.server.command(town.ada, town.channel, "/quiz").acknowledged()
    town.server.redeliver(asked)
    scripted.hold.set()
    asked.answered()
    town = start(scripted)
    town.server.redeliver(asked)
    town.server.command(town.ada, town.channel, "/review").answered()
    assert [turn.did for turn in scripted.turns] == [Call("quiz"), Call("review")]


def test_a_line_that_is_no_command_reaches_the_core_as_it_is(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    town.server.command(town.ada, town.channel, "/aks", "What?").answered()
    assert scripted.turns[0].did == Line("/aks What?")
