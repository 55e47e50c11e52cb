"""Commands, through the unmodified library."""

from __future__ import annotations

import pytest

from bot.core.reply import Reply
from bot.core.turn import Call, Turn
from bot.wiring import App
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.bot.platforms.discord.inbound.cores import Scripted
from tests.doubles.discord.interactions import DEFER
from tests.doubles.discord_server import File


@pytest.fixture
def scripted() -> Scripted:
    core = Scripted()
    core.hold.set()
    return core


@pytest.mark.parametrize(
    ("who", "found"),
    [("ada", "cut text"), ("boris", "От записките"), ("chen", "笔记")],
)
def test_a_question_is_answered_in_the_language_of_the_person(town: Town, who: str, found: str) -> None:
    user = getattr(town, who)
    questions = {
        "ada": "What does a tokenizer do?",
        "boris": "Какво е токенизация?",
        "chen": "如何微调模型？",
    }
    asked = town.server.command(user, town.channel, "ask", {"question": questions[who]})
    answer = asked.answered()
    assert not answer.ephemeral
    language = town.replies.told[-1].language
    assert language == {"ada": "en", "boris": "bg", "chen": "zh"}[who]


@pytest.mark.parametrize("name", ["learn", "studied", "quiz", "review", "progress", "settings", "help"])
@pytest.mark.parametrize("who", ["ada", "boris", "chen"])
def test_what_concerns_one_person_is_shown_to_them_alone(town: Town, name: str, who: str) -> None:
    user = getattr(town, who)
    asked = town.server.command(user, town.channel, name)
    answer = asked.answered()
    assert answer.ephemeral
    assert answer.text
    other = town.chen if who != "chen" else town.ada
    assert answer not in town.server.messages(town.channel, as_=other)


@pytest.mark.parametrize("who", ["ada", "boris", "chen"])
def test_a_task_is_tried_in_everyone_s_sight(town: Town, who: str) -> None:
    asked = town.server.command(
        getattr(town, who), town.channel, "try", {"task": "tokenize", "text": "Unbelievable!"}
    )
    answer = asked.answered()
    assert not answer.ephemeral
    assert "tokenize" in answer.text


def test_in_direct_messages_nothing_needs_hiding(town: Town) -> None:
    asked = town.server.command(town.ada, town.dm(town.ada), "settings")
    assert not asked.answered().ephemeral


def test_who_asks_decides_who_sees_the_answer(town: Town) -> None:
    question = {"question": "What does a tokenizer do?"}
    mine = town.server.command(town.ada, town.channel, "ask", {**question, "visible": "me"})
    everyone = town.server.command(town.ada, town.channel, "ask", {**question, "visible": "everyone"})
    assert mine.answered().ephemeral
    assert not everyone.answered().ephemeral


def test_a_command_says_who_and_where(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    thread = town.server.create_thread(town.ada, town.channel, "help")
    for channel in (town.channel, thread, town.dm(town.boris)):
        user = town.boris if channel.guild is None else town.ada
        town.server.command(user, channel, "quiz").answered()
    in_channel, in_thread, in_dm = scripted.turns
    guild = f"guild:{town.guild.id}"
    assert (in_channel.place, in_channel.within, in_channel.shared) == (
        f"channel:{town.channel.id}",
        (guild,),
        True,
    )
    assert in_thread.place == f"channel:{thread.id}"
    assert in_thread.within == (f"channel:{town.channel.id}", guild)
    assert (in_dm.place, in_dm.within, in_dm.shared) == (f"dm:{town.boris.id}", (), False)
    person = in_dm.person
    assert (person.external_id, person.name, person.locale) == (str(town.boris.id), "Boris", "bg")
    assert person.inbox == f"dm:{town.boris.id}"
    assert in_channel.platform == "discord"
    assert len({turn.reply_ref for turn in scripted.turns}) == 3


def test_who_may_manage_the_server_or_has_the_role_is_an_admin(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    manager, teacher = town.server.person("Mira"), town.server.person("Todor")
    town.server.join(town.guild, manager, teacher)
    town.server.role(town.guild, "Moderators", 1 << 5, manager)
    town.server.role(town.guild, "teachers", 0, teacher)
    for user in (town.ada, manager, teacher, town.server.desk.app.owner):
        if user.id not in town.guild.members:
            town.server.join(town.guild, user)
        town.server.command(user, town.channel, "notes").answered()
    assert [turn.person.is_admin for turn in scripted.turns] == [False, True, True, True]


def test_a_member_is_told_that_the_notes_are_for_admins(town: Town) -> None:
    answer = town.server.command(town.boris, town.channel, "notes", {"action": "refresh"}).answered()
    assert answer.ephemeral
    assert "/notes" in answer.text


def test_a_file_that_comes_along_is_read_in_the_handler_s_thread(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    text = "# Нови бележки".encode()
    asked = town.server.command(town.ada, town.channel, "notes", {"file": File("нови.md", text)})
    asked.answered()
    assert scripted.read == [text]
    call = scripted.turns[0].did
    assert isinstance(call, Call)
    assert call.arguments == {}
    assert [(upload.name, upload.size) for upload in call.uploads] == [("нови.md", len(text))]


def test_a_file_that_can_t_be_fetched_is_an_os_error(start: Start, scripted: Scripted) -> None:
    refused: list[OSError] = []

    def dispatch(turn: Turn) -> Reply:
        assert isinstance(turn.did, Call)
        assert scripted.hold.wait(20)
        try:
            turn.did.uploads[0].read()
        except OSError as error:
            refused.append(error)
        return Reply("no")

    scripted.dispatch = dispatch  # type: ignore[method-assign]
    town = start(scripted)
    scripted.hold.clear()
    asked = town.server.command(town.ada, town.channel, "notes", {"file": File("a.md", b"x")})
    town.server.world.attachments.clear()
    scripted.hold.set()
    asked.answered()
    assert refused


def test_any_message_can_be_asked_about(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    said = town.server.say(town.boris, town.channel, "why do models need tokens?", mentions=[town.chen])
    answer = town.server.context_menu(town.ada, said, "Ask about this").answered()
    assert answer.ephemeral
    turn = scripted.turns[-1]
    assert turn.did == Call("ask", {"question": "@Chen why do models need tokens?"})


def test_a_message_without_text_can_t_be_asked_about_and_that_is_said(town: Town) -> None:
    said = town.server.say(town.boris, town.channel, "", files=[File("a.png", b"x")])
    answer = town.server.context_menu(town.ada, said, "Ask about this").answered()
    assert answer.ephemeral
    assert "question" in answer.text


def test_a_command_is_deferred_whatever_the_core_is_busy_with(start: Start, scripted: Scripted) -> None:
    scripted.hold.clear()
    town = start(scripted)
    asked = [town.server.command(town.ada, town.channel, "quiz") for _ in range(30)]
    for one in asked:
        one.acknowledged()
        assert one.response == DEFER
    assert scripted.turns == []
    scripted.hold.set()
    for one in asked:
        one.answered()


def test_a_command_that_is_told_of_twice_is_done_once(start: Start, scripted: Scripted) -> None:
    scripted.hold.clear()
    town = start(scripted)
    asked = town.server.command(town.ada, town.channel, "quiz").acknowledged()
    town.server.redeliver(asked)
    scripted.hold.set()
    asked.answered()
    town.server.redeliver(asked)
    town.server.command(town.ada, town.channel, "review").answered()
    assert len(town.server.requested("POST", "/callback")) == 2
    assert [turn.did.command for turn in scripted.turns if isinstance(turn.did, Call)] == ["quiz", "review"]


def test_unknown_commands_get_a_sentence(town: Town, app: App) -> None:
    town.server.desk.app.commands[None][1] = {
        **next(iter(town.server.commands.values())),
        "id": "1",
        "name": "nonsense",
        "type": 1,
        "options": [],
    }
    answer = town.server.command(town.ada, town.channel, "nonsense").answered()
    assert answer.ephemeral
    assert "/nonsense" in answer.text
