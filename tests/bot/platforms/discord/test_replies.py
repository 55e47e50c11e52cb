"""Replies reach their message, or the next best place, whatever has become of it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.core.reply import Action, Image, Reply
from bot.platforms.discord.failures import MessageGone
from bot.platforms.discord.references import Ref
from bot.platforms.discord.tables import ReplyRow
from knowledge.store import Database
from tests.bot.platforms.discord.echo import Echo
from tests.doubles.clock import FrozenClock
from tests.doubles.discord import rights
from tests.doubles.discord.world import Channel, Guild, User
from tests.doubles.discord_server import DiscordServer

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 150 for n in range(5))
"""Three messages."""
EXPIRED = timedelta(minutes=16)


@dataclass
class Study:
    """A server with one learner."""

    guild: Guild
    channel: Channel
    ada: User
    dm: Channel


@pytest.fixture
def study(discord_server: DiscordServer, echo: Echo) -> Study:
    ada = discord_server.person("Ada")
    guild = discord_server.guild("Study", ada)
    assert guild.system_channel is not None
    return Study(guild, guild.system_channel, ada, discord_server.dm(ada))


def contents(echo: Echo, channel: Channel) -> list[str]:
    return [message.content for message in echo.by_bot(channel)]


def test_the_deferred_answer_is_filled(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Tokens are **pieces**. @everyone", actions=(Action("quiz", "Quiz me"),)))
    answer = asked.answered()
    assert "Tokens are **pieces**." in answer.content
    assert answer.pings == set()
    assert [button["custom_id"] for button in answer.buttons] == ["quiz"]


def test_an_event_that_comes_twice_is_taken_once(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    asked, _ = echo.command(study.ada, study.channel)
    assert echo.take(lambda: discord_server.redeliver(asked)) is None
    said = []
    assert echo.take(lambda: said.append(discord_server.say(study.ada, study.dm, "Hello?"))) is not None
    assert echo.take(lambda: discord_server.redeliver(said[0])) is None


def test_a_message_is_replied_to(echo: Echo, study: Study, discord_server: DiscordServer) -> None:
    said = []
    ref = echo.take(lambda: said.append(discord_server.say(study.ada, study.dm, "What is a token?")))
    assert ref is not None
    echo.fill(ref, Reply("A piece of text."))
    (answer,) = echo.by_bot(study.dm)
    assert answer.reply_to is said[0]
    assert answer.pings == set()


def test_a_long_answer_goes_on_in_further_messages_which_come_and_go(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply(LONG))
    first = contents(echo, study.channel)
    assert len(first) == 3
    assert "".join("".join(first).split()) == "".join(LONG.split())
    echo.edit(ref, Reply("Short now."))
    assert contents(echo, study.channel) == ["Short now."]
    echo.edit(ref, Reply(LONG.upper()))
    assert contents(echo, study.channel) == [one.upper() for one in first]


def test_only_its_person_sees_a_private_answer(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    bob = discord_server.person("Bob")
    discord_server.join(study.guild, bob)
    _, ref = echo.command(study.ada, study.channel, "quiet")
    echo.fill(ref, Reply(LONG))
    assert len(discord_server.messages(study.channel, as_=study.ada)) == 3
    assert discord_server.messages(study.channel, as_=bob) == []


def test_a_private_reply_to_a_public_question_is_seen_by_its_person_alone(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    bob = discord_server.person("Bob")
    discord_server.join(study.guild, bob)
    _, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Not for everybody.", private=True))
    assert [one.content for one in discord_server.messages(study.channel, as_=study.ada)] == [
        "Not for everybody."
    ]
    assert discord_server.messages(study.channel, as_=bob) == []
    assert discord_server.refusals == [], "what was taken away is not written to"
    _, ref = echo.command(study.ada, study.channel)
    clock.move(EXPIRED)
    echo.fill(ref, Reply("Nor this.", private=True))
    assert contents(echo, study.dm) == ["Nor this."]


def test_a_private_reply_to_a_message_in_a_channel_comes_by_direct_message(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    ref = echo.take(lambda: discord_server.say(study.ada, study.channel, "Into tokens."))
    assert ref is not None
    echo.fill(ref, Reply("Your own answer, judged.", private=True))
    assert contents(echo, study.dm) == ["Your own answer, judged."]
    assert contents(echo, study.channel) == []
    ref = echo.take(lambda: discord_server.say(study.ada, study.channel, "/quizz"))
    assert ref is not None
    echo.fill(ref, Reply("There is no such command.", tone="error", private=True))
    assert contents(echo, study.channel) == ["There is no such command."]


def test_where_direct_messages_are_closed_a_message_that_is_answered_privately_is_told_so_where_it_stands(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    discord_server.close_dms(study.ada)
    said = []
    ref = echo.take(lambda: said.append(discord_server.say(study.ada, study.channel, "/progress")))
    assert ref is not None
    echo.fill(ref, Reply("Only yours.", private=True, language="bg"))
    (told,) = echo.by_bot(study.channel)
    assert "Only yours" not in told.content
    assert "лични съобщения" in told.content
    assert told.reply_to is said[0]
    with pytest.raises(MessageGone):
        echo.edit(ref, Reply("Only yours, later."))


def test_files_pictures_and_their_alt_text_arrive_and_are_replaced(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Look:", image=Image(b"\x89PNG", "Three bars, rising.", "chart.png")))
    (picture,) = asked.answered().attachments
    assert (picture.filename, picture.description) == ("chart.png", "Three bars, rising.")
    echo.edit(ref, Reply("a " * 20_000))
    (file,) = asked.answered().attachments
    assert file.data.decode().split() == ["a"] * 20_000
    echo.edit(ref, Reply("Nothing any more."))
    assert asked.answered().attachments == []


def test_what_comes_later_is_not_overwritten_by_the_immediate_reply(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    echo.edit(ref, Reply("The result."))
    echo.fill(ref, Reply("In line.", tone="progress", progress=0.0))
    assert asked.answered().content == "The result."


def test_a_result_that_overtakes_its_announcement_stays(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    # The announcement is written down, and before it is shown the result comes.
    assert echo.replies.references.begin(ref.id, Reply("In line.", tone="progress", progress=0.0))
    echo.edit(ref, Reply("The result."))
    echo.do(echo.replies.resume())
    assert asked.answered().content == "The result."


def test_a_restart_changes_nothing(
    echo: Echo, study: Study, discord_server: DiscordServer, database: Database, clock: FrozenClock
) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Computing…"))
    echo.__exit__(None, None, None)
    with Echo(discord_server, database, clock) as again:
        again.edit(ref, Reply("Done."))
        assert contents(again, study.channel) == ["Done."]
    assert asked.answered().content == "Done."


def test_after_the_token_the_message_itself_is_edited(echo: Echo, study: Study, clock: FrozenClock) -> None:
    _, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Computing…"))
    clock.move(EXPIRED)
    echo.edit(ref, Reply("Done."))
    assert contents(echo, study.channel) == ["Done."]


def test_an_answer_after_the_token_comes_into_the_channel(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.channel)
    clock.move(EXPIRED)
    echo.fill(ref, Reply("Late, but here."))
    assert contents(echo, study.channel)[-1] == "Late, but here."


@pytest.mark.parametrize(("status", "code"), [(404, 10015), (404, 10062), (401, 50027)])
def test_a_token_that_discord_takes_no_more_is_given_up(
    echo: Echo, study: Study, discord_server: DiscordServer, status: int, code: int
) -> None:
    _, ref = echo.command(study.ada, study.channel)
    discord_server.faults.once("PATCH", "/webhooks/", status, code=code)
    echo.fill(ref, Reply("Here."))
    assert contents(echo, study.channel)[-1] == "Here."


def test_a_private_answer_after_the_token_comes_by_direct_message(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.channel, "quiet")
    clock.move(EXPIRED)
    echo.fill(ref, Reply("In line.", tone="progress", progress=0.5))
    assert contents(echo, study.dm) == []
    echo.edit(ref, Reply("For you alone."))
    assert contents(echo, study.dm) == ["For you alone."]
    echo.edit(ref, Reply("Still for you alone."))
    assert contents(echo, study.dm) == ["Still for you alone."]
    assert "For you" not in "".join(contents(echo, study.channel))


def test_a_deleted_answer_is_said_anew(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    echo.fill(ref, Reply("Computing…"))
    discord_server.delete_message(asked.answered())
    echo.edit(ref, Reply("Half."))
    echo.edit(ref, Reply("Done."))
    assert contents(echo, study.channel) == ["Done."]
    discord_server.delete_message(echo.by_bot(study.channel)[0])
    clock.move(EXPIRED)
    echo.edit(ref, Reply("Done, again."))
    assert contents(echo, study.channel) == ["Done, again."]


@pytest.mark.parametrize("denied", [rights.SEND_MESSAGES, rights.ALL])
def test_where_it_may_not_write_the_answer_goes_to_the_person(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock, denied: int
) -> None:
    _, ref = echo.command(study.ada, study.channel)
    discord_server.deny(study.channel, discord_server.bot, denied)
    clock.move(EXPIRED)
    echo.fill(ref, Reply("Отговорът.", language="bg"))
    (told,) = contents(echo, study.dm)
    assert told.endswith("Отговорът.")
    assert "Не мога да пиша" in told


def test_why_the_answer_comes_directly_is_said_after_an_outage_too(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.channel)
    discord_server.deny(study.channel, discord_server.bot, rights.ALL)
    clock.move(EXPIRED)
    discord_server.faults.once("POST", f"/channels/{study.dm.id}/messages", "reset after")
    echo.fill(ref, Reply("Отговорът.", language="bg"))
    echo.do(echo.replies.resume())
    (told,) = contents(echo, study.dm)
    assert told.endswith("Отговорът.")
    assert "Не мога да пиша" in told


def test_a_deleted_channel_is_no_obstacle(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    place = discord_server.text_channel(study.guild, "gone soon")
    _, ref = echo.command(study.ada, place)
    discord_server.delete_channel(place)
    clock.move(EXPIRED)
    echo.fill(ref, Reply("The answer."))
    assert contents(echo, study.dm)[0].endswith("The answer.")


def test_where_nobody_can_be_reached_it_is_said_once_in_the_log(
    echo: Echo,
    study: Study,
    discord_server: DiscordServer,
    clock: FrozenClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, ref = echo.command(study.ada, study.channel, "quiet")
    discord_server.close_dms(study.ada)
    clock.move(EXPIRED)
    echo.fill(ref, Reply("Nobody hears it."))
    assert len([one for one in caplog.messages if "can't be brought anywhere" in one]) == 1
    with pytest.raises(MessageGone):
        echo.edit(ref, Reply("Nor this."))


def test_without_the_right_to_embeds_the_sources_are_text(
    echo: Echo, study: Study, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    from tests.doubles.scripted_core import ANSWER

    discord_server.set_everyone(study.guild, rights.USUAL & ~rights.EMBED_LINKS)
    _, ref = echo.command(study.ada, study.channel)
    clock.move(EXPIRED)
    echo.fill(ref, ANSWER)
    answer = echo.by_bot(study.channel)[-1]
    assert answer.embeds == []
    assert "[3] 02-tokenizers.md § What a tokenizer does, lines 20–25" in answer.content


def test_what_an_outage_kept_back_is_brought_later(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    fault = discord_server.faults.always("PATCH", "/webhooks/", "reset")
    echo.fill(ref, Reply("Here at last."))
    assert asked.original is not None
    assert asked.original.loading
    discord_server.faults.remove(fault)
    echo.do(echo.replies.resume())
    assert asked.answered().content == "Here at last."
    before = discord_server.next_number
    echo.do(echo.replies.resume())
    assert discord_server.next_number == before


def test_what_was_kept_back_does_not_overwrite_what_came_later(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    discord_server.faults.once("PATCH", "/webhooks/", "reset")
    echo.fill(ref, Reply("In line.", "progress", progress=0.0))
    echo.edit(ref, Reply("The result."))
    echo.do(echo.replies.resume())
    assert asked.answered().content == "The result."


def test_where_no_further_message_is_taken_the_rest_is_a_file(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    asked, ref = echo.command(study.ada, study.channel)
    discord_server.faults.once("POST", "/webhooks/", 400, code=40094)
    echo.fill(ref, Reply(LONG))
    assert contents(echo, study.channel) == [asked.answered().content]
    (file,) = asked.answered().attachments
    assert "".join(file.data.decode().split()) == "".join(LONG.split())


def test_a_turn_that_was_cut_off_is_told_so_after_the_restart(
    echo: Echo, study: Study, discord_server: DiscordServer, database: Database, clock: FrozenClock
) -> None:
    asked, _ = echo.command(study.ada, study.channel)
    echo.__exit__(None, None, None)
    clock.move(timedelta(minutes=1))
    with Echo(discord_server, database, clock) as again:
        in_work, ref = again.command(study.ada, study.channel)
        again.do(again.replies.resume())
        assert "stopped before I had answered" in asked.answered().content
        again.fill(ref, Reply("Not cut off."))
        assert in_work.answered().content == "Not cut off."


def test_a_further_message_that_may_be_there_is_not_sent_twice(
    echo: Echo, study: Study, discord_server: DiscordServer
) -> None:
    """Under an interaction nothing tells whether it is: the rest then comes as a file."""
    _, ref = echo.command(study.ada, study.channel, "quiet")
    discord_server.faults.once("POST", "/webhooks/", "reset after")
    echo.fill(ref, Reply(LONG))
    assert len(echo.by_bot(study.channel)) == 2
    echo.do(echo.replies.resume())
    first, _ = echo.by_bot(study.channel)
    assert "".join(first.attachments[0].data.decode().split()) == "".join(LONG.split())


def test_a_reply_that_can_t_be_brought_keeps_no_other_back_and_is_told_once(
    echo: Echo, study: Study, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    _, broken = echo.command(study.ada, study.channel)
    asked, ref = echo.command(study.ada, study.channel)
    for one in (broken, ref):
        assert echo.replies.references.begin(one.id, Reply("Here at last."))
    with database.session() as session:
        row = session.get_one(ReplyRow, broken.id)
        row.pending = {"text": "of a version that is gone"}
    echo.do(echo.replies.resume())
    assert asked.answered().content == "Here at last."
    echo.do(echo.replies.resume())
    assert len([one for one in caplog.messages if "could not be brought" in one]) == 1


def test_old_references_are_forgotten(echo: Echo, study: Study, clock: FrozenClock) -> None:
    _, ref = echo.command(study.ada, study.channel)
    clock.move(timedelta(days=100))
    _, young = echo.command(study.ada, study.channel)
    assert echo.replies.prune(clock.now() - timedelta(days=90)) == 1
    assert echo.replies.references.get(ref.id) is None
    assert isinstance(echo.replies.references.get(young.id), Ref)
