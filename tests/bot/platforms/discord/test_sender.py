"""What waits in the outbox reaches Discord once, whatever Discord does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.drain import Drain, SendLater, SendRefused, Unreachable
from bot.core.reply import Action, Reply
from bot.platforms.discord.sender import Sender
from jobs.outbox import LEASE, Delivery, Outbox
from jobs.people import People
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.bot.platforms.discord.echo import Echo
from tests.doubles.clock import FrozenClock
from tests.doubles.discord import rights
from tests.doubles.discord.world import Channel, Guild, User
from tests.doubles.discord_server import DiscordServer

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 150 for n in range(5))
ASKED = Reply("Review 1 of 4", "question", actions=(Action("show?attempt=7", "Show"),))
HOURS = timedelta(hours=2)


@dataclass
class Post:
    """An outbox whose messages are sent by the bot."""

    echo: Echo
    server: DiscordServer
    database: Database
    outbox: Outbox
    clock: FrozenClock
    ada: User
    bob: User
    guild: Guild
    channel: Channel
    dm: Channel

    def put(self, key: str, place: str, reply: Reply, kind: str = "review", **values: object) -> None:
        with self.database.session() as session:
            self.outbox.put(
                session,
                key=key,
                platform="discord",
                place=place,
                kind=kind,
                payload=reply.to_json(),
                **values,  # type: ignore[arg-type]
            )

    def drain(self, send: Callable[[Delivery, Reply], str | None] | None = None) -> None:
        self.drainer(send).drain_once()

    def drainer(self, send: Callable[[Delivery, Reply], str | None] | None = None, lanes: int = 1) -> Drain:
        send = send or self.echo.sender.send
        return Drain(
            self.outbox, "discord", send, lambda delivery: Reply.from_json(delivery.payload), 0.05, lanes
        )

    def row(self, key: str) -> OutboundRow:
        with self.database.session() as session:
            return session.scalars(select(OutboundRow).where(OutboundRow.key == key)).one()

    def said(self, channel: Channel) -> list[str]:
        return [message.content for message in self.echo.by_bot(channel)]


@pytest.fixture
def post(discord_server: DiscordServer, echo: Echo, database: Database, clock: FrozenClock) -> Post:
    ada, bob = discord_server.person("Ada"), discord_server.person("Bob")
    guild = discord_server.guild("Study", ada, bob)
    assert guild.system_channel is not None
    return Post(
        echo,
        discord_server,
        database,
        Outbox(database, clock, "test"),
        clock,
        ada,
        bob,
        guild,
        guild.system_channel,
        discord_server.dm(ada),
    )


def test_a_review_comes_by_direct_message_and_can_be_edited(post: Post) -> None:
    post.put("review:1", f"dm:{post.ada.id}", ASKED)
    post.drain()
    (message,) = post.echo.by_bot(post.dm)
    assert [button["custom_id"] for button in message.buttons] == ["show?attempt=7"]
    reference = post.row("review:1").sent_ref
    post.put("job:1:result", f"dm:{post.ada.id}", Reply("Settled."), "job", edit_ref=reference)
    post.drain()
    assert post.said(post.dm) == ["Settled."]


def test_a_result_edits_the_reply_to_its_turn(post: Post) -> None:
    asked, ref = post.echo.command(post.ada, post.channel)
    post.echo.fill(ref, Reply("In line.", "progress"))
    post.put("job:1:result", f"channel:{post.channel.id}", Reply(LONG), "job", edit_ref=str(ref))
    post.drain()
    assert asked.answered().content.startswith("Paragraph 0")
    assert len(post.said(post.channel)) == 3


@pytest.mark.parametrize("gap", [timedelta(0), HOURS], ids=["at once", "after the nonce's time"])
def test_what_was_sent_but_not_marked_is_not_sent_again(post: Post, gap: timedelta) -> None:
    def forgets(delivery: Delivery, reply: Reply) -> str:
        post.echo.sender.send(delivery, reply)
        raise SystemExit("killed before it was marked")

    post.put("review:1", f"dm:{post.ada.id}", ASKED)
    with pytest.raises(SystemExit):
        post.drain(forgets)
    post.clock.move(LEASE + gap)
    post.drain()
    assert post.row("review:1").state == "sent"
    (message,) = post.echo.by_bot(post.dm)
    assert message.edits == []


@pytest.mark.parametrize("gap", [timedelta(0), HOURS], ids=["at once", "after the nonce's time"])
def test_a_message_whose_answer_was_lost_is_found_again(post: Post, gap: timedelta) -> None:
    post.put("review:1", f"channel:{post.channel.id}", Reply(LONG), "group")
    post.server.faults.once("POST", "/messages$", "reset after")
    post.drain()
    assert len(post.said(post.channel)) == 1
    for n in range(120):
        post.server.say(post.bob, post.channel, f"chatter {n}")
    post.clock.move(timedelta(minutes=1) + gap)
    post.drain()
    assert "".join("".join(post.said(post.channel)).split()) == "".join(LONG.split())
    assert post.row("review:1").state == "sent"


def test_it_takes_no_other_message_for_its_own(post: Post) -> None:
    """Two messages that look the same are two, also where the second one's answer was lost."""
    place = f"channel:{post.channel.id}"
    post.put("note:1", place, Reply("The same words."), "group")
    post.drain()
    post.put("note:2", place, Reply("The same words."), "group")
    fault = post.server.faults.once("POST", "/messages$", "reset")
    post.drain()
    assert fault.hits == 1
    post.clock.move(HOURS)
    post.drain()
    assert post.said(post.channel) == ["The same words."] * 2
    assert post.row("note:2").sent_ref != post.row("note:1").sent_ref


def test_what_was_found_says_what_it_says_now(post: Post) -> None:
    post.put("review:1", f"dm:{post.ada.id}", ASKED)
    post.server.faults.once("POST", "/messages$", "reset after")
    post.drain()
    post.clock.move(HOURS)
    late = Reply("Review 1 of 4, late", "question", actions=ASKED.actions)
    post.drain(lambda delivery, _: post.echo.sender.send(delivery, late))
    assert post.said(post.dm) == ["Review 1 of 4, late"]


def test_without_the_right_to_read_the_history_the_nonce_does(post: Post) -> None:
    post.server.deny(post.channel, post.server.bot, rights.READ_MESSAGE_HISTORY)
    post.put("review:1", f"channel:{post.channel.id}", ASKED, "group")
    post.server.faults.once("POST", "/messages$", "reset after")
    post.drain()
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert len(post.said(post.channel)) == 1


def test_closed_direct_messages_make_somebody_unreachable(post: Post) -> None:
    post.server.close_dms(post.ada)
    errors = raised(post, "review:1", f"dm:{post.ada.id}", ASKED)
    assert [type(one) for one in errors] == [Unreachable]


def test_a_review_in_the_chosen_channel_calls_its_learner_and_nobody_else(
    post: Post, clock: FrozenClock
) -> None:
    people = People(post.database, clock)
    learner = people.meet("discord", str(post.ada.id), "Ada", f"dm:{post.ada.id}")
    asked = Reply(f"What does {post.bob.mention} say? @everyone @here", "question", actions=ASKED.actions)
    post.put("review:1", f"channel:{post.channel.id}", asked, learner_id=learner.id)
    post.put("reveal:1", f"channel:{post.channel.id}", asked, "group", learner_id=learner.id)
    post.drain()
    review, reveal = post.echo.by_bot(post.channel)
    assert review.content.startswith(post.ada.mention)
    assert (review.pings, reveal.pings) == ({post.ada.mention}, set())


@pytest.mark.parametrize("denied", [rights.SEND_MESSAGES, rights.ALL])
def test_a_channel_that_is_closed_to_us(post: Post, denied: int) -> None:
    post.server.deny(post.channel, post.server.bot, denied)
    place = f"channel:{post.channel.id}"
    assert type(raised(post, "review:1", place, ASKED)[0]) is Unreachable
    assert type(raised(post, "job:1", place, ASKED, "job")[0]) is SendRefused


def test_what_will_never_be_taken_is_refused(post: Post) -> None:
    gone = post.server.text_channel(post.guild, "gone")
    post.server.delete_channel(gone)
    assert type(raised(post, "a", f"channel:{gone.id}", ASKED, "job")[0]) is SendRefused
    assert type(raised(post, "b", "nowhere", ASKED)[0]) is SendRefused
    assert type(raised(post, "c", "channel:1", ASKED, "job", edit_ref="999")[0]) is SendRefused
    assert type(raised(post, "d", "channel:1", ASKED, "job", edit_ref="page-1")[0]) is SendRefused


@pytest.mark.parametrize("fault", [503, "reset"])
def test_an_outage_is_waited_for(post: Post, fault: int | str) -> None:
    post.server.faults.once("POST", "/channels$", fault)  # type: ignore[arg-type]
    (error,) = raised(post, "review:1", f"dm:{post.ada.id}", ASKED)
    assert isinstance(error, SendLater)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert len(post.said(post.dm)) == 1


def test_a_refused_token_is_tried_again_after_a_while(post: Post) -> None:
    post.server.faults.once("POST", "/channels$", 401, code=0)
    (error,) = raised(post, "review:1", f"dm:{post.ada.id}", ASKED)
    assert isinstance(error, SendLater)
    assert error.retry_in >= timedelta(minutes=5)


def test_before_the_login_and_after_the_end_it_waits(
    post: Post, database: Database, discord_server: DiscordServer, clock: FrozenClock
) -> None:
    idle = Echo(discord_server, database, clock)
    (error,) = raised(post, "review:1", f"dm:{post.ada.id}", ASKED, send=idle.sender.send)
    assert isinstance(error, SendLater)
    post.echo.__exit__(None, None, None)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert post.row("review:1").state == "waiting"


def test_a_throttled_channel_holds_up_no_other(post: Post) -> None:
    slow = post.server.text_channel(post.guild, "slow")
    hang = post.server.faults.always("POST", f"/channels/{slow.id}/messages$", "hang")
    for n in range(3):
        post.put(f"slow:{n}", f"channel:{slow.id}", Reply(f"slow {n}"), "group")
        post.put(f"fast:{n}", f"channel:{post.channel.id}", Reply(f"fast {n}"), "group")
    drain = post.drainer(lanes=2)
    drain.start()
    post.server.said(post.channel, 3)
    assert post.said(slow) == []
    post.server.faults.remove(hang)  # the request that hung has come to nothing: it is tried again
    post.server.said(slow, 2)
    post.clock.move(timedelta(minutes=1))
    post.server.said(slow, 3)
    drain.stop()
    assert post.said(post.channel) == ["fast 0", "fast 1", "fast 2"]
    assert sorted(post.said(slow)) == ["slow 0", "slow 1", "slow 2"]


def test_a_message_that_takes_too_long_is_left_and_still_comes_once(post: Post) -> None:
    hang = post.server.faults.always("POST", "/messages$", "hang")
    patient = Sender(post.echo.client, post.echo.replies, patience=0.2)
    (error,) = raised(post, "review:1", f"dm:{post.ada.id}", ASKED, send=patient.send)
    assert isinstance(error, SendLater)
    post.server.faults.remove(hang)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert len(post.said(post.dm)) == 1
    patient.stop()


def test_a_rate_limit_is_waited_out(post: Post) -> None:
    post.server.faults.once("POST", "/messages$", 429, retry_after=0.05)
    post.put("review:1", f"dm:{post.ada.id}", ASKED)
    post.drain()
    assert len(post.said(post.dm)) == 1


def raised(
    post: Post,
    key: str,
    place: str,
    reply: Reply,
    kind: str = "review",
    send: Callable[[Delivery, Reply], str] | None = None,
    **values: object,
) -> list[Exception]:
    """What sending raises."""
    errors: list[Exception] = []

    def catch(delivery: Delivery, reply: Reply) -> str:
        try:
            return (send or post.echo.sender.send)(delivery, reply)
        except Exception as error:
            errors.append(error)
            raise

    post.put(key, place, reply, kind, **values)
    post.drain(catch)
    return errors
