"""What waits in the outbox reaches Slack once, whatever Slack does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.drain import Drain, SendLater, SendRefused, Unreachable
from bot.core.reply import Action, Reply
from bot.platforms.slack.sender import Sender
from jobs.outbox import LEASE, Delivery, Outbox
from jobs.people import People
from jobs.tables import OutboundRow
from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Channel, User
from tests.doubles.slack_server import SlackServer

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 700 for n in range(5))
ASKED = Reply("Review 1 of 4", "question", actions=(Action("show?attempt=7", "Show"),))
HOURS = timedelta(hours=2)


@dataclass
class Post:
    """An outbox whose messages are sent by the bot."""

    echo: Echo
    server: SlackServer
    database: Database
    outbox: Outbox
    clock: FrozenClock
    ada: User
    bob: User
    channel: Channel
    dm: Channel

    def put(self, key: str, place: str, reply: Reply, kind: str = "review", **values: object) -> None:
        with self.database.session() as session:
            self.outbox.put(
                session,
                key=key,
                platform="slack",
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
            self.outbox, "slack", send, lambda delivery: Reply.from_json(delivery.payload), 0.05, lanes
        )

    def row(self, key: str) -> OutboundRow:
        with self.database.session() as session:
            return session.scalars(select(OutboundRow).where(OutboundRow.key == key)).one()

    def said(self, channel: Channel) -> list[str]:
        return self.echo.said(channel)

    def to(self, user: User) -> str:
        return f"dm:{user.team.id}/{user.id}"

    def into(self, channel: Channel) -> str:
        return f"channel:{channel.team.id}/{channel.id}"


@pytest.fixture
def post(slack_server: SlackServer, echo: Echo, database: Database, clock: FrozenClock) -> Post:
    ada, bob = slack_server.person("Ada"), slack_server.person("Bob")
    channel = slack_server.channel("study", ada, bob, bot=True)
    outbox = Outbox(database, clock, "test")
    return Post(echo, slack_server, database, outbox, clock, ada, bob, channel, slack_server.dm(ada))


def test_a_review_comes_by_direct_message_and_can_be_edited(post: Post) -> None:
    post.put("review:1", post.to(post.ada), ASKED)
    post.drain()
    (message,) = post.server.by_bot(post.dm)
    assert [button["value"] for button in message.buttons()] == ["show?attempt=7"]
    reference = post.row("review:1").sent_ref
    post.put("job:1:result", post.to(post.ada), Reply("Settled."), "job", edit_ref=reference)
    post.drain()
    assert post.said(post.dm) == ["Settled."]


def test_a_result_edits_the_reply_to_its_turn(post: Post) -> None:
    _, ref = post.echo.command(post.ada, post.channel)
    post.echo.fill(ref, Reply("In line.", "progress"))
    post.put("job:1:result", post.into(post.channel), Reply(LONG), "job", edit_ref=str(ref))
    post.drain()
    assert len(post.said(post.channel)) == 3


def test_a_message_for_a_thread_stands_there(post: Post) -> None:
    root = post.server.say(post.bob, post.channel, "Let's learn here.")
    post.put("note:1", f"thread:{post.channel.team.id}/{post.channel.id}/{root.ts}", ASKED, "group")
    post.drain()
    (message,) = post.server.by_bot(post.channel)
    assert message.thread_ts == root.ts


@pytest.mark.parametrize("gap", [timedelta(0), HOURS], ids=["at once", "hours later"])
def test_what_was_sent_but_not_marked_is_not_sent_again(post: Post, gap: timedelta) -> None:
    def forgets(delivery: Delivery, reply: Reply) -> str:
        post.echo.sender.send(delivery, reply)
        raise SystemExit("killed before it was marked")

    post.put("review:1", post.to(post.ada), ASKED)
    with pytest.raises(SystemExit):
        post.drain(forgets)
    post.clock.move(LEASE + gap)
    post.drain()
    assert post.row("review:1").state == "sent"
    (message,) = post.server.by_bot(post.dm)
    assert message.edits == []


def test_a_message_whose_answer_was_lost_is_found_again(post: Post) -> None:
    post.put("review:1", post.into(post.channel), Reply(LONG), "group")
    post.server.faults.add("chat.postMessage", "reset after")
    post.drain()
    assert len(post.said(post.channel)) == 1
    for n in range(120):
        post.server.say(post.bob, post.channel, f"chatter {n}")
    post.clock.move(HOURS)
    post.drain()
    assert "".join("".join(post.said(post.channel)).split()) == "".join(LONG.split())
    assert post.row("review:1").state == "sent"


def test_it_takes_no_other_message_for_its_own(post: Post) -> None:
    """Two messages that look the same are two, also where the second one's answer was lost."""
    post.put("note:1", post.into(post.channel), Reply("The same words."), "group")
    post.drain()
    post.put("note:2", post.into(post.channel), Reply("The same words."), "group")
    fault = post.server.faults.add("chat.postMessage", "reset")
    post.drain()
    assert fault.hits == 1
    post.clock.move(HOURS)
    post.drain()
    assert post.said(post.channel) == ["The same words."] * 2
    assert post.row("note:2").sent_ref != post.row("note:1").sent_ref


def test_what_was_found_says_what_it_says_now(post: Post) -> None:
    post.put("review:1", post.to(post.ada), ASKED)
    post.server.faults.add("chat.postMessage", "reset after")
    post.drain()
    post.clock.move(HOURS)
    late = Reply("Review 1 of 4, late", "question", actions=ASKED.actions)
    post.drain(lambda delivery, _: post.echo.sender.send(delivery, late))
    (message,) = post.server.by_bot(post.dm)
    assert message.shown.startswith("Review 1 of 4, late")


def test_without_the_right_to_read_the_history_it_is_rather_said_twice_than_never(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.server.take_scopes("channels:history")
    post.put("review:1", post.into(post.channel), ASKED, "group")
    post.server.faults.add("chat.postMessage", "reset")
    post.drain()
    post.clock.move(HOURS)
    post.drain()
    assert len(post.said(post.channel)) == 1
    assert [one for one in caplog.messages if "may come twice" in one]


@pytest.mark.parametrize("word", ["cannot_dm_bot", "user_disabled", "user_not_found", "user_not_visible"])
def test_who_can_t_be_written_to_is_unreachable(post: Post, word: str) -> None:
    post.server.faults.add("conversations.open", word)
    errors = raised(post, "review:1", post.to(post.ada), ASKED)
    assert [type(one) for one in errors] == [Unreachable]


@pytest.mark.parametrize("word", ["messages_tab_disabled", "is_inactive", "restricted_action"])
def test_closed_messages_make_somebody_unreachable(post: Post, word: str) -> None:
    post.server.faults.add("chat.postMessage", word)
    assert type(raised(post, "review:1", post.to(post.ada), ASKED)[0]) is Unreachable


def test_where_the_app_was_taken_out_nobody_is_reached(post: Post) -> None:
    post.server.faults.add("conversations.open", "account_inactive")
    assert type(raised(post, "review:1", post.to(post.ada), ASKED)[0]) is Unreachable


def test_a_review_in_the_chosen_channel_calls_its_learner_and_nobody_else(
    post: Post, clock: FrozenClock
) -> None:
    people = People(post.database, clock)
    learner = people.meet("slack", f"{post.ada.team.id}/{post.ada.id}", "Ada", post.to(post.ada))
    asked = Reply(f"What does {post.bob.mention} say?", "question", actions=ASKED.actions)
    post.put("review:1", post.into(post.channel), asked, learner_id=learner.id)
    post.put("reveal:1", post.into(post.channel), asked, "group", learner_id=learner.id)
    post.drain()
    review, reveal = post.server.by_bot(post.channel)
    assert post.ada.id in str(review.blocks)
    assert post.ada.id not in str(reveal.blocks)


def test_the_account_of_another_workspace_is_not_called(post: Post, clock: FrozenClock) -> None:
    people = People(post.database, clock)
    learner = people.meet("slack", "T0/U0", "Ada", "dm:T0/U0")
    post.put("review:1", post.into(post.channel), ASKED, learner_id=learner.id)
    post.drain()
    (review,) = post.server.by_bot(post.channel)
    assert "U0" not in [element.get("user_id") for element in review.elements]
    assert "'user_id': 'U0'" not in str(review.blocks)


@pytest.mark.parametrize("word", ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"])
def test_a_channel_that_is_closed_to_us(post: Post, word: str) -> None:
    post.server.faults.add("chat.postMessage", word, times=2)
    place = post.into(post.channel)
    assert type(raised(post, "review:1", place, ASKED)[0]) is Unreachable
    assert type(raised(post, "job:1", place, ASKED, "job")[0]) is SendRefused


def test_what_will_never_be_taken_is_refused(post: Post) -> None:
    gone = post.server.channel("gone", post.ada, bot=True)
    post.server.delete_channel(gone)
    place = post.into(post.channel)
    assert type(raised(post, "a", post.into(gone), ASKED, "job")[0]) is SendRefused
    assert type(raised(post, "b", "nowhere", ASKED)[0]) is SendRefused
    assert type(raised(post, "c", place, ASKED, "job", edit_ref="999")[0]) is SendRefused
    assert type(raised(post, "d", place, ASKED, "job", edit_ref="page-1")[0]) is SendRefused
    assert type(raised(post, "e", f"team:{post.ada.team.id}", ASKED)[0]) is SendRefused


@pytest.mark.parametrize("fault", [503, "reset", "internal_error"])
def test_an_outage_is_waited_for(post: Post, fault: int | str) -> None:
    post.server.faults.add("conversations.open", fault)
    (error,) = raised(post, "review:1", post.to(post.ada), ASKED)
    assert isinstance(error, SendLater)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert len(post.said(post.dm)) == 1


def test_a_refused_token_is_tried_again_after_a_while(post: Post) -> None:
    post.server.faults.add("conversations.open", "invalid_auth")
    (error,) = raised(post, "review:1", post.to(post.ada), ASKED)
    assert isinstance(error, SendLater)
    assert error.retry_in >= timedelta(minutes=5)


def test_before_the_loop_runs_and_after_it_has_ended_it_waits(
    post: Post, database: Database, slack_server: SlackServer, clock: FrozenClock
) -> None:
    idle = Echo(slack_server, database, clock)
    (error,) = raised(post, "review:1", post.to(post.ada), ASKED, send=idle.sender.send)
    assert isinstance(error, SendLater)
    idle.loop.close()
    post.echo.__exit__(None, None, None)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert post.row("review:1").state == "waiting"


def test_a_limited_channel_holds_up_no_other_and_is_left_alone_for_its_time(post: Post) -> None:
    slow = post.server.channel("slow", post.ada, bot=True)
    post.server.faults.add("chat.postMessage", 429, retry_after=40)
    post.put("slow:0", post.into(slow), Reply("slow 0"), "group")
    post.drain()
    post.put("slow:1", post.into(slow), Reply("slow 1"), "group")
    post.put("fast:0", post.into(post.channel), Reply("fast 0"), "group")
    asked = len(post.server.requests)
    post.drain()
    assert (post.said(slow), post.said(post.channel)) == ([], ["fast 0"])
    posts = [one for one in post.server.requests[asked:] if one.method == "chat.postMessage"]
    assert len(posts) == 1
    assert post.row("slow:0").due_at >= post.clock.now() + timedelta(seconds=40)
    post.clock.move(timedelta(minutes=2))
    post.drain()
    assert sorted(post.said(slow)) == ["slow 0", "slow 1"]


def test_a_channel_that_hangs_holds_up_no_other(post: Post) -> None:
    hang = post.server.faults.add("conversations.open", "hang")
    post.put("slow:0", post.to(post.ada), Reply("slow"), "group")
    for n in range(3):
        post.put(f"fast:{n}", post.into(post.channel), Reply(f"fast {n}"), "group")
    drain = post.drainer(lanes=2)
    drain.start()
    post.server.said(post.channel, 3)
    assert post.said(post.dm) == []
    post.server.faults.remove(hang)
    drain.stop()  # after the message in hand, whose request has come to nothing
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert (post.said(post.dm), post.said(post.channel)) == (["slow"], ["fast 0", "fast 1", "fast 2"])


def test_a_message_that_takes_too_long_is_left_and_still_comes_once(post: Post) -> None:
    hang = post.server.faults.add("chat.postMessage", "hang")
    patient = Sender(post.echo.replies, post.echo.loop, patience=0.2)
    (error,) = raised(post, "review:1", post.to(post.ada), ASKED, send=patient.send)
    assert isinstance(error, SendLater)
    post.server.faults.remove(hang)
    post.clock.move(timedelta(minutes=1))
    post.drain()
    assert len(post.said(post.dm)) == 1
    patient.stop()


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
