"""Messages to the bot: mentions, replies, direct messages, threads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.turn import Call, Line
from bot.platforms.discord.inbound.messages import MOST_BEFORE
from tests.bot.platforms.discord.inbound.conftest import Start, Town
from tests.bot.platforms.discord.inbound.cores import Scripted
from tests.doubles.clock import FrozenClock
from tests.doubles.discord import rights
from tests.doubles.discord.world import Channel, Message


@pytest.fixture
def core() -> Scripted:
    core = Scripted()
    core.hold.set()
    return core


def answer(town: Town, channel: Channel, count: int = 1) -> Message:
    return town.server.said(channel, count)[-1]


def lines(core: Scripted) -> list[Line]:
    return [turn.did for turn in core.turns if isinstance(turn.did, Line)]


def settle(town: Town, core: Scripted, channel: Channel) -> None:
    """Waits until everything said so far has been heard: a direct message is answered after it."""
    town.server.say(town.chen, town.dm(town.chen), "ping")
    count = len(town.server.by_bot(town.dm(town.chen)))
    town.server.said(town.dm(town.chen), count + 1)
    core.turns[:] = [turn for turn in core.turns if turn.person.name != "Chen"]


@pytest.mark.parametrize(
    ("who", "text", "language"),
    [
        ("ada", "What does a tokenizer do?", "en"),
        ("boris", "Какво е токенизация?", "bg"),
        ("chen", "如何微调模型？", "zh"),
    ],
)
def test_a_mention_is_a_question_and_is_answered_as_a_reply_that_pings_nobody(
    town: Town, who: str, text: str, language: str
) -> None:
    user = getattr(town, who)
    asked = town.server.say(user, town.channel, text, mentions=[town.server.bot])
    said = answer(town, town.channel)
    assert said.reply_to is asked
    assert said.pings == set()
    assert town.replies.told[-1].language == language


def test_our_name_is_left_out_and_other_names_stand_in_words(start: Start, core: Scripted) -> None:
    town = start(core)
    me, ada = town.server.bot.mention, town.ada.mention
    role = town.server.role(town.guild, "Helpers")
    text = f"{me} does {ada} or <@&{role.id}> know <#{town.channel.id}>? <:blob:12345678901234567>"
    town.server.say(town.boris, town.channel, text)
    answer(town, town.channel)
    assert lines(core)[0].text == "does @Ada or @Helpers know #general? :blob:"


def test_a_mention_without_a_word_is_helped(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.say(town.ada, town.channel, "", mentions=[town.server.bot])
    answer(town, town.channel)
    assert core.turns[0].did == Call("help")


def test_the_bot_s_own_role_is_taken_for_its_name(start: Start, core: Scripted) -> None:
    town = start(core)
    role = next(one for one in town.guild.roles if one.name == town.server.bot.name)
    town.server.say(town.ada, town.channel, f"<@&{role.id}> what is a token?")
    town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    answer(town, town.channel)
    assert {line.text for line in lines(core)} == {"what is a token?"}


def test_a_reply_to_us_goes_on_from_what_was_said(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    first = answer(town, town.channel)
    town.server.say(town.boris, town.channel, "and a subword?", reply_to=first)
    answer(town, town.channel, 2)
    assert lines(core)[1].text == "and a subword?"
    before = lines(core)[1].thread
    assert before[0].endswith("what is a token?")
    assert "what is a token?" in before[1]
    assert len(before) == 2


def test_what_people_say_to_one_another_is_not_answered(start: Start, core: Scripted) -> None:
    town = start(core)
    said = town.server.say(town.ada, town.channel, "what is a token?")
    town.server.say(town.boris, town.channel, "no idea", reply_to=said)
    town.server.say(town.boris, town.channel, "look @everyone", mentions=[])
    thread = town.server.create_thread(town.ada, said, "tokens")
    town.server.say(town.boris, thread, "who knows?")
    settle(town, core, town.channel)
    assert core.turns == []


def test_in_direct_messages_everything_is_for_us(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.say(town.ada, town.dm(town.ada), "/quiz tokenizers")
    answer(town, town.dm(town.ada))
    turn = core.turns[0]
    assert turn.did == Line("/quiz tokenizers")
    assert (turn.place, turn.shared) == (f"dm:{town.ada.id}", False)


def test_direct_messages_of_the_last_minutes_belong_to_what_is_said(
    start: Start, core: Scripted, clock: FrozenClock
) -> None:
    town = start(core)
    place = town.dm(town.ada)
    town.server.say(town.ada, place, "an old question")
    answer(town, place)
    clock.move(timedelta(hours=2))
    town.server.say(town.ada, place, "what is a token?")
    answer(town, place, 2)
    clock.move(timedelta(minutes=1))
    town.server.say(town.ada, place, "and a subword?")
    answer(town, place, 3)
    assert lines(core)[1].thread == ()
    before = lines(core)[2].thread
    assert before[0] == "what is a token?"
    assert len(before) == 2


def test_a_thread_from_our_answer_needs_no_mention_even_after_a_restart(start: Start, core: Scripted) -> None:
    town = start(core)
    asked = town.server.command(town.ada, town.channel, "ask", {"question": "what is a token?"})
    thread = town.server.create_thread(town.ada, asked.answered(), "tokens")
    town.server.say(town.boris, thread, "and a subword?")
    answer(town, thread)
    assert lines(core)[0].text == "and a subword?"
    assert core.turns[1].within[0] == f"channel:{town.channel.id}"
    again = start(core)
    again.server.say(town.ada, thread, "and a word?")
    town.server.said(thread, 2)
    assert {line.text for line in lines(core)} == {"and a subword?", "and a word?"}


def test_a_thread_in_which_we_have_spoken_is_followed(start: Start, core: Scripted) -> None:
    town = start(core)
    thread = town.server.create_thread(town.ada, town.channel, "help")
    town.server.say(town.boris, thread, "anybody there?")
    town.server.command(town.ada, thread, "ask", {"question": "what is a token?"}).answered()
    town.server.wait(lambda: town.server.bot in thread.members, what="the bot to take part")
    town.server.say(town.boris, thread, "and a subword?")
    answer(town, thread, 2)
    assert [line.text for line in lines(core)] == ["and a subword?"]
    assert "anybody there?" in lines(core)[0].thread


def test_what_goes_to_others_in_our_thread_is_left_to_them(start: Start, core: Scripted) -> None:
    town = start(core)
    asked = town.server.command(town.ada, town.channel, "ask", {"question": "what is a token?"})
    thread = town.server.create_thread(town.ada, asked.answered(), "tokens")
    said = town.server.say(town.boris, thread, "do you understand this?", mentions=[town.ada])
    town.server.say(town.ada, thread, "not at all", reply_to=said)
    town.server.say(town.ada, thread, "@everyone come here")
    settle(town, core, thread)
    assert lines(core) == []


def test_a_thread_gives_along_its_last_messages_oldest_first(start: Start, core: Scripted) -> None:
    town = start(core)
    thread = town.server.create_thread(town.ada, town.channel, "help")
    for n in range(10):
        town.server.say(town.boris, thread, f"line {n}")
    town.server.say(town.ada, thread, "what is meant?", mentions=[town.server.bot])
    answer(town, thread)
    assert lines(core)[0].thread == tuple(f"line {n}" for n in range(10 - MOST_BEFORE, 10))


def test_without_the_right_to_read_what_was_said_it_answers_all_the_same(
    start: Start, core: Scripted
) -> None:
    town = start(core)
    thread = town.server.create_thread(town.ada, town.channel, "help")
    town.server.faults.always("GET", "/messages", 403, code=50001, message="Missing Access")
    town.server.say(town.ada, thread, "what is a token?", mentions=[town.server.bot])
    answer(town, thread)
    assert lines(core) == [Line("what is a token?")]


def test_bots_and_webhooks_are_never_answered(start: Start, core: Scripted) -> None:
    town = start(core)
    other = town.server.person("Other bot")
    other.bot = True
    town.server.join(town.guild, other)
    town.server.say(other, town.channel, "hello", mentions=[town.server.bot])
    settle(town, core, town.channel)
    assert core.turns == []


def test_without_the_message_content_intent_mentions_replies_and_direct_messages_still_work(
    start: Start, core: Scripted
) -> None:
    town = start(core, message_content=False)
    town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    first = answer(town, town.channel)
    town.server.say(town.ada, town.channel, "and a subword?", reply_to=first)
    answer(town, town.channel, 2)
    town.server.say(town.boris, town.dm(town.boris), "какво е токен?")
    answer(town, town.dm(town.boris))
    thread = town.server.create_thread(town.ada, first, "tokens")
    town.server.say(town.ada, thread, "and a word?")
    settle(town, core, thread)
    assert [line.text for line in lines(core)] == ["what is a token?", "and a subword?", "какво е токен?"]


def test_a_message_that_is_told_of_twice_is_answered_once(start: Start, core: Scripted) -> None:
    town = start(core)
    asked = town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    town.server.redeliver(asked)
    answer(town, town.channel)
    town.server.redeliver(asked)
    settle(town, core, town.channel)
    assert len(core.turns) == 1


def test_while_it_works_it_is_typing(start: Start, core: Scripted) -> None:
    core.hold.clear()
    town = start(core)
    town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    town.server.typed(town.channel)
    core.hold.set()
    answer(town, town.channel)


def test_that_it_may_not_type_is_no_reason_not_to_answer(start: Start, core: Scripted) -> None:
    core.hold.clear()
    town = start(core)
    refused = town.server.faults.always("POST", "/typing", 403, code=50013, message="Missing Permissions")
    town.server.say(town.ada, town.channel, "what is a token?", mentions=[town.server.bot])
    town.server.wait(lambda: refused.hits, what="typing")
    core.hold.set()
    answer(town, town.channel)


def test_an_admin_is_one_in_a_message_too(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.role(town.guild, "Moderators", rights.MANAGE_GUILD, town.ada)
    for user in (town.ada, town.boris):
        town.server.say(user, town.channel, "what is a token?", mentions=[town.server.bot])
    answer(town, town.channel, 2)
    assert [turn.person.is_admin for turn in core.turns] == [True, False]


def test_the_locale_is_the_one_last_told_or_left_open(start: Start, core: Scripted) -> None:
    town = start(core)
    town.server.say(town.boris, town.channel, "one", mentions=[town.server.bot])
    answer(town, town.channel)
    town.server.command(town.boris, town.channel, "help").answered()
    town.server.say(town.boris, town.channel, "two", mentions=[town.server.bot])
    answer(town, town.channel, 3)
    assert [turn.person.locale for turn in core.turns] == ["", "bg", "bg"]


def test_what_concerns_one_person_alone_is_not_said_in_the_channel(town: Town) -> None:
    town.server.say(town.ada, town.channel, "/settings", mentions=[town.server.bot])
    said = answer(town, town.dm(town.ada))
    assert "Europe" in said.text or "UTC" in said.text
    assert town.server.by_bot(town.channel) == []
