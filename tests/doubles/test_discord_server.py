"""The loopback Discord, as the unmodified discord.py sees it and as people on it see the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import CannotDo, DiscordServer, File


@pytest.fixture
def bot(discord_server: DiscordServer) -> Iterator[Running]:
    with Running(discord_server) as running:
        discord_server.connected()
        discord_server.synced()
        yield running


def test_a_command_is_deferred_and_then_filled(discord_server: DiscordServer, bot: Running) -> None:
    ada = discord_server.person("Ada")
    guild = discord_server.guild("Study", ada)
    assert guild.system_channel is not None
    asked = discord_server.command(ada, guild.system_channel, "ask", {"question": "what is a token"})
    answer = asked.answered()
    assert asked.response == 5
    assert "WHAT IS A TOKEN" in answer.text
    assert [each.get("label") for each in answer.buttons] == ["Hint", "Answer", "Notes"]
    assert discord_server.messages(guild.system_channel, as_=ada) == [answer]


def test_a_private_answer_is_seen_by_its_asker_alone(discord_server: DiscordServer, bot: Running) -> None:
    ada, bob = discord_server.person("Ada"), discord_server.person("Bob")
    guild = discord_server.guild("Study", ada, bob)
    assert guild.system_channel is not None
    asked = discord_server.command(ada, guild.system_channel, "ask", {"question": "x", "private": True})
    answer = asked.answered()
    assert answer.ephemeral
    assert answer in discord_server.messages(guild.system_channel, as_=ada)
    assert discord_server.messages(guild.system_channel, as_=bob) == []


def test_buttons_forms_and_selects_of_an_answer_work(discord_server: DiscordServer, bot: Running) -> None:
    ada = discord_server.person("Ada")
    place = discord_server.guild("Study", ada).system_channel
    assert place is not None
    answer = discord_server.command(ada, place, "ask", {"question": "x"}).answered()
    assert discord_server.press(ada, answer, "card:hint").answered().content == "a hint"
    assert answer.edits[-1] == "done"
    opened = discord_server.press(ada, answer, label="Answer")
    assert opened.form()["title"] == "Answer the question"
    said = discord_server.submit(opened, {"answer": "42"}).answered()
    assert (said.content, said.ephemeral) == ("You said 42", True)
    picked = discord_server.choose(ada, answer, "card:pick", "b")
    assert picked.followed_up()[0].content == "picked b"
    with pytest.raises(CannotDo):
        discord_server.press(ada, answer, "no such button")


def test_files_travel_both_ways(discord_server: DiscordServer, bot: Running) -> None:
    ada = discord_server.person("Ada")
    place = discord_server.dm(ada)
    sent = discord_server.command(ada, place, "notes", {"file": File("mine.md", b"# Mine")}).answered()
    assert [(each.filename, each.data) for each in sent.attachments] == [("notes.md", b"# Mine")]
    assert sent.attachments[0].description == "the notes"


def test_typing_is_completed_and_a_message_asked_about(discord_server: DiscordServer, bot: Running) -> None:
    ada = discord_server.person("Ada")
    place = discord_server.guild("Study", ada).system_channel
    assert place is not None
    offered = discord_server.autocomplete(ada, place, "learn", "topic", "py").choices()
    assert len(offered) == 25
    assert offered[3] == {"name": "py3", "value": "py3"}
    spoken = discord_server.say(ada, place, "tensors are arrays")
    told = discord_server.context_menu(ada, spoken, "Ask about this").answered()
    assert told.content == "about: tensors are arrays"


def test_answering_twice_is_refused_and_held_against_the_bot(
    discord_server: DiscordServer, bot: Running
) -> None:
    discord_server.violations.expect("40060")
    ada = discord_server.person("Ada")
    twice = discord_server.command(ada, discord_server.dm(ada), "double")
    assert twice.followed_up()[0].content == "refused with 40060"


def test_messages_reach_the_bot_and_its_own_reach_people(discord_server: DiscordServer, bot: Running) -> None:
    client = bot.client
    assert isinstance(client, Bot)
    ada = discord_server.person("Ada")
    discord_server.guild("Study", ada)
    place = discord_server.dm(ada)

    async def write() -> None:
        person = await client.fetch_user(ada.id)
        async with person.typing():
            await person.send("a review is due", nonce="r1")

    bot.do(write())
    assert [each.content for each in discord_server.said(place)] == ["a review is due"]
    assert place.typing
    discord_server.say(ada, place, "later", reply_to=discord_server.last(place))
