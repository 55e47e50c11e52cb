"""The loopback Discord, as the unmodified discord.py sees it and as people on it see the bot."""

from __future__ import annotations

import pytest

from tests.doubles.discord.world import Channel, Guild, Json
from tests.doubles.discord_bot import Bot, Running
from tests.doubles.discord_server import CannotDo, DiscordServer, File


def general(guild: Guild) -> Channel:
    assert guild.system_channel is not None
    return guild.system_channel


def test_a_command_is_deferred_and_then_filled(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    ada = discord_server.person("Ada")
    guild = discord_server.guild("Study", ada)
    place = general(guild)
    asked = discord_server.command(ada, place, "ask", {"question": "what is a token"})
    answer = asked.answered()
    assert asked.response == 5
    assert "WHAT IS A TOKEN" in answer.text
    assert [each.get("label") for each in answer.buttons] == ["Hint", "Answer", "Notes"]
    assert discord_server.messages(place, as_=ada) == [answer]


def test_a_private_answer_is_seen_by_its_asker_alone(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    ada, bob = discord_server.person("Ada"), discord_server.person("Bob")
    guild = discord_server.guild("Study", ada, bob)
    place = general(guild)
    asked = discord_server.command(ada, place, "ask", {"question": "x", "private": True})
    answer = asked.answered()
    assert answer.ephemeral
    assert answer in discord_server.messages(place, as_=ada)
    assert discord_server.messages(place, as_=bob) == []


def test_buttons_forms_and_selects_of_an_answer_work(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    ada = discord_server.person("Ada")
    place = general(discord_server.guild("Study", ada))
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


def test_files_travel_both_ways(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    ada = discord_server.person("Ada")
    place = discord_server.dm(ada)
    sent = discord_server.command(ada, place, "notes", {"file": File("mine.md", b"# Mine")}).answered()
    assert [(each.filename, each.data) for each in sent.attachments] == [("notes.md", b"# Mine")]
    assert sent.attachments[0].description == "the notes"


def test_typing_is_completed_and_a_message_asked_about(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    ada = discord_server.person("Ada")
    place = general(discord_server.guild("Study", ada))
    offered = discord_server.autocomplete(ada, place, "learn", "topic", "py").choices()
    assert len(offered) == 25
    assert offered[3] == {"name": "py3", "value": "py3"}
    spoken = discord_server.say(ada, place, "tensors are arrays")
    told = discord_server.context_menu(ada, spoken, "Ask about this").answered()
    assert told.content == "about: tensors are arrays"


def test_answering_twice_is_refused_and_held_against_the_bot(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    discord_server.violations.expect("40060")
    ada = discord_server.person("Ada")
    twice = discord_server.command(ada, discord_server.dm(ada), "double")
    assert twice.followed_up()[0].content == "refused with 40060"


def test_the_bot_writes_to_people_and_hears_them(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    ada = discord_server.person("Ada")
    discord_server.guild("Study", ada)
    place = discord_server.dm(ada)

    async def write() -> None:
        person = await bot.client.fetch_user(ada.id)
        async with person.typing():
            await person.send("a review is due", nonce="r1")

    bot.do(write())
    (sent,) = discord_server.said(place)
    assert (sent.content, sent.nonce) == ("a review is due", "r1")
    discord_server.typed(place)
    discord_server.say(ada, place, "later", reply_to=sent)
    heard = bot.heard("message", lambda message: message.content == "later")
    assert heard.reference.message_id == sent.id
    assert heard.reference.resolved.content == "a review is due"


def test_a_thread_is_gone_on_in(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    ada = discord_server.person("Ada")
    place = general(discord_server.guild("Study", ada))
    start = discord_server.say(ada, place, "what is a token", mentions=[discord_server.bot])
    assert start.pings == {discord_server.bot.mention}
    heard = bot.heard("message", lambda message: "what is a token" in message.content)

    async def answer() -> None:
        thread = await heard.create_thread(name="What is a token?")
        await thread.send("a piece of text")

    bot.do(answer())
    assert start.thread is not None
    assert [each.content for each in discord_server.said(start.thread)] == ["a piece of text"]
    discord_server.say(ada, start.thread, "and a tokenizer?")
    further = bot.heard("message", lambda message: message.content == "and a tokenizer?")
    assert further.channel.parent_id == place.id
    own = discord_server.create_thread(ada, place, "A thread of Ada's")
    assert bot.heard("thread", lambda thread: thread.id == own.id).name == "A thread of Ada's"


def test_the_bot_hears_when_it_is_added_and_thrown_out(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    bot.heard("ready")
    guild = discord_server.guild("Study", bot=False)
    discord_server.add_to_guild(guild)
    assert bot.heard("joined") == "Study"
    discord_server.remove_from_guild(guild)
    assert bot.heard("left") == "Study"
    with pytest.raises(CannotDo):
        discord_server.command(guild.owner, general(guild), "learn", {"topic": "x"})


def test_people_may_do_only_what_their_client_offers(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    ada, eve = discord_server.person("Ada"), discord_server.person("Eve")
    place = general(discord_server.guild("Study", ada))
    wrong: list[tuple[str, Json]] = [("ask", {}), ("ask", {"question": 1}), ("learn", {"topc": "x"})]
    for name, options in [*wrong, ("none", {})]:
        with pytest.raises(CannotDo):
            discord_server.command(ada, place, name, options)
    with pytest.raises(CannotDo):
        discord_server.command(eve, place, "learn", {"topic": "x"})
    private = discord_server.command(ada, place, "notes").answered()
    with pytest.raises(CannotDo):
        discord_server.press(eve, private, "card:hint")


def test_a_form_holds_people_to_its_fields(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    ada = discord_server.person("Ada")
    answer = discord_server.command(ada, discord_server.dm(ada), "ask", {"question": "x"}).answered()
    opened = discord_server.press(ada, answer, "card:answer")
    opened.form()
    for values in ({}, {"answer": "x" * 501}, {"other": "x"}):
        with pytest.raises(CannotDo):
            discord_server.submit(opened, values)


def test_commands_are_told_in_a_persons_language(discord_server: DiscordServer, bot: Running[Bot]) -> None:
    boris = discord_server.person("Boris", locale="bg")
    asked = discord_server.command(boris, discord_server.dm(boris), "learn", {"topic": "x"}).acknowledged()
    assert asked.payload["locale"] == "bg"
    assert asked.took is not None


def test_five_hundred_commands_at_once_are_all_answered(
    discord_server: DiscordServer, bot: Running[Bot]
) -> None:
    people = [discord_server.person(f"P{number}") for number in range(50)]
    place = general(discord_server.guild("Study", *people))
    asked = [
        discord_server.command(people[number % 50], place, "learn", {"topic": f"t{number}"})
        for number in range(500)
    ]
    assert [each.answered(60).content for each in asked] == [f"t{number}" for number in range(500)]
