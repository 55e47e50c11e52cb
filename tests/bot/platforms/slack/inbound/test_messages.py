"""Messages: which are meant for the bot, and what was said before."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.turn import Call, Line
from bot.wiring import App
from jobs.tables import OutboundRow
from tests.bot.platforms.slack.inbound.conftest import Start, Town
from tests.bot.platforms.slack.inbound.cores import Scripted
from tests.bot.platforms.slack.inbound.test_commands import LANGUAGES, QUESTIONS
from tests.doubles.clock import FrozenClock
from tests.doubles.slack_server import Upload


@pytest.fixture
def scripted_town(start: Start, scripted: Scripted, transport: str) -> Town:
    return start(scripted, transport=transport)


def lines(core: Scripted) -> list[str]:
    return [turn.did.text for turn in core.turns if isinstance(turn.did, Line)]


@pytest.mark.parametrize("who", QUESTIONS)
def test_a_mention_is_answered_in_its_thread(town: Town, who: str) -> None:
    said = town.server.mention(getattr(town, who), town.channel, QUESTIONS[who])
    answer = town.server.replied(said)
    assert answer.thread_ts == said.ts
    assert town.replies.told[-1].language == LANGUAGES[who]


@pytest.mark.parametrize("who", QUESTIONS)
def test_a_direct_message_is_answered_where_it_was_said(town: Town, who: str) -> None:
    user = getattr(town, who)
    answer = town.server.replied(town.server.say(user, town.dm(user), QUESTIONS[who]))
    assert not answer.thread_ts
    assert town.replies.told[-1].language == LANGUAGES[who]


def test_a_mention_comes_as_two_events_and_is_answered_once(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    said = town.server.mention(town.ada, town.channel, "What is BPE?")
    assert len(said.events) == 2, "message and app_mention"
    town.server.replied(said)
    town.server.replied(town.server.mention(town.ada, town.channel, "And WordPiece?"))
    assert lines(scripted) == ["What is BPE?", "And WordPiece?"]
    assert scripted.turns[0].place == f"thread:{town.server.team.id}/{town.channel.id}/{said.ts}"
    assert scripted.turns[0].within == (
        f"channel:{town.server.team.id}/{town.channel.id}",
        f"team:{town.server.team.id}",
    )


def test_what_is_told_again_over_the_other_transport_or_after_a_restart_is_answered_once(
    start: Start, scripted: Scripted
) -> None:
    town = start(scripted)
    said = town.server.mention(town.ada, town.channel, "What is BPE?")
    town.server.replied(said)
    town.server.redeliver(said)
    town.server.http_to(town.bot.url, now=time.time)
    town.server.redeliver(said)
    start(scripted, transport="http")
    town.server.redeliver(said)
    town.server.replied(town.server.mention(town.ada, town.channel, "And WordPiece?"))
    assert lines(scripted) == ["What is BPE?", "And WordPiece?"]


def test_a_follow_up_in_our_thread_needs_no_mention(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    said = town.server.mention(town.ada, town.channel, "What is BPE?")
    first = town.server.replied(said)
    more = town.server.say(town.boris, town.channel, "And WordPiece?", thread=said)
    town.server.replied(more)
    follow_up = scripted.turns[-1].did
    assert follow_up == Line("And WordPiece?", ("What is BPE?", first.text))


def test_a_thread_on_our_own_message_is_ours_after_a_restart_too(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    answer = town.server.command(town.ada, town.channel, "/ask", "What is BPE?").answered()
    start(scripted)
    more = town.server.say(town.boris, town.channel, "And WordPiece?", thread=answer)
    town.server.replied(more)
    assert scripted.turns[-1].did == Line("And WordPiece?", (answer.text,))


def test_a_thread_in_which_we_answered_is_known_after_a_restart(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    root = town.server.say(town.boris, town.channel, "Who has read chapter 2?")
    asked = town.server.mention(town.ada, town.channel, "What is BPE?", thread=root)
    town.server.replied(asked)
    start(scripted)
    town.server.replied(town.server.say(town.chen, town.channel, "And WordPiece?", thread=root))
    did = scripted.turns[-1].did
    assert isinstance(did, Line)
    assert did.thread[:2] == ("Who has read chapter 2?", "What is BPE?")


def test_what_goes_to_others_is_not_for_us(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    said = town.server.mention(town.ada, town.channel, "What is BPE?")
    town.server.replied(said)
    alone = town.server.say(town.boris, town.channel, "Lunch?")
    town.server.say(town.chen, town.channel, "Yes!", thread=alone)
    town.server.say(town.boris, town.channel, f"{town.ada.mention} see?", thread=said)
    town.server.say(town.boris, town.channel, "<!here> look", thread=said)
    town.server.edit(said, f"{town.server.bot.mention} What is BPE, please?")
    town.server.say(town.boris, town.channel, f"{town.ada.mention} hello")
    town.server.replied(town.server.say(town.boris, town.channel, "And now?", thread=said))
    assert lines(scripted) == ["What is BPE?", "And now?"]


def test_what_was_said_directly_just_before_goes_along(
    start: Start, scripted: Scripted, clock: FrozenClock
) -> None:
    town = start(scripted)
    dm = town.dm(town.ada)
    town.server.replied(town.server.say(town.ada, dm, "Long ago"))
    clock.move(timedelta(hours=2))
    first = town.server.replied(town.server.say(town.ada, dm, "What is BPE?"))
    town.server.replied(town.server.say(town.ada, dm, "And why?"))
    assert scripted.turns[-1].did == Line("And why?", ("What is BPE?", first.text))


def test_a_thread_that_cannot_be_read_keeps_no_answer_back(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    said = town.server.mention(town.ada, town.channel, "What is BPE?")
    town.server.replied(said)
    town.server.faults.add("conversations.replies", 503, times=None)
    town.server.replied(town.server.say(town.boris, town.channel, "And why?", thread=said))
    assert scripted.turns[-1].did == Line("And why?")


def test_a_mention_alone_gets_help_and_names_are_names(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    town.server.replied(town.server.mention(town.ada, town.channel, ""))
    town.server.replied(town.server.mention(town.ada, town.channel, f"who is {town.chen.mention}?"))
    assert [turn.did for turn in scripted.turns] == [Call("help"), Line("who is @Chen?")]


def test_a_typed_command_acts_on_the_channel(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    said = town.server.mention(town.ada, town.channel, "/ask What is “BPE”?")
    answer = town.server.said(town.channel)[0]
    assert not answer.thread_ts
    assert said.ts < answer.ts
    turn = scripted.turns[0]
    assert turn.did == Call("ask", {"question": "What is “BPE”?"})
    assert turn.place == f"channel:{town.server.team.id}/{town.channel.id}"


def test_what_is_private_is_answered_privately_to_a_mention_too(town: Town) -> None:
    said = town.server.mention(town.ada, town.channel, "/settings")
    town.server.wait(lambda: town.replies.told, what="an answer")
    town.server.wait(
        lambda: town.server.by_bot(town.channel) or town.server.by_bot(town.dm(town.ada)), what="an answer"
    )
    assert not [one for one in town.server.messages(town.channel, viewer=town.boris) if one.ts > said.ts]


def test_other_bots_are_not_answered(scripted_town: Town, scripted: Scripted) -> None:
    town = scripted_town
    other = town.server.person("Other bot")
    other.bot_id = "B0000000099"
    town.server.invite(town.channel, other)
    town.server.mention(other, town.channel, "What is BPE?")
    town.server.replied(town.server.mention(town.ada, town.channel, "And WordPiece?"))
    assert lines(scripted) == ["And WordPiece?"]


@pytest.mark.parametrize("text", ["notes upload", "/notes upload", "Upload"])
def test_files_come_with_a_message_that_says_so(start: Start, scripted: Scripted, text: str) -> None:
    town = start(scripted)
    owner = town.server.person("Mira", admin=True)
    content = "# Нови бележки".encode()
    said = town.server.say(owner, town.dm(owner), text, files=[Upload("нови.md", content)])
    town.server.replied(said)
    call = scripted.turns[-1].did
    assert isinstance(call, Call)
    assert (call.command, dict(call.arguments)) == ("notes", {"action": "upload"})
    assert [(one.name, one.size) for one in call.uploads] == [("нови.md", len(content))]
    assert scripted.read == [content]


def test_a_member_s_files_are_not_even_looked_at(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    said = town.server.say(town.ada, town.dm(town.ada), "notes upload", files=[Upload("a.md", b"# A")])
    town.server.replied(said)
    call = scripted.turns[-1].did
    assert isinstance(call, Call)
    assert call.uploads == ()
    assert not [one for one in town.server.requests if one.method in ("files.info", "download")]


def test_a_question_in_direct_messages_of_several_needs_a_mention(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    several = town.server.dm(town.ada, town.boris)
    town.server.say(town.ada, several, "Lunch?")
    said = town.server.mention(town.boris, several, "What is BPE?")
    town.server.replied(said)
    assert lines(scripted) == ["What is BPE?"]
    assert scripted.turns[0].shared


def test_a_channel_that_we_are_brought_into_is_told_of(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    room = town.server.channel("room", town.boris)
    town.server.invite(room, by=town.boris)
    team = town.server.team
    told = ("slack", f"team:{team.id}", team.name, f"channel:{team.id}/{room.id}", "bg-BG")
    town.server.replied(town.server.mention(town.boris, room, "Hello?"))
    town.bot.do(town.inbound.close())
    assert scripted.joinings[-1] == told


def test_the_first_channel_is_greeted_once(town: Town, app: App) -> None:
    second = town.server.channel("room", town.boris)
    town.server.invite(second, by=town.boris)
    town.server.leave(town.channel)
    town.server.invite(town.channel, by=town.boris)
    town.server.replied(town.server.mention(town.boris, second, "Какво е токенизация?"))
    town.bot.do(town.inbound.close())
    with app.database.session() as session:
        greetings = session.scalars(select(OutboundRow).where(OutboundRow.kind == "greeting")).all()
    assert [row.place for row in greetings] == [f"channel:{town.server.team.id}/{town.channel.id}"]


def test_nobody_else_s_coming_is_news(start: Start, scripted: Scripted) -> None:
    town = start(scripted)
    dan = town.server.person("Dan")
    room = town.server.channel("room", town.boris, bot=True)
    town.server.invite(room, dan)
    town.server.replied(town.server.mention(dan, room, "Hello?"))
    town.bot.do(town.inbound.close())
    assert len([one for one in scripted.joinings if one[3].endswith(room.id)]) == 1
