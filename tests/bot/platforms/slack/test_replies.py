"""Replies reach their message, or the next best place, whatever has become of it meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from threading import Semaphore
from typing import Any

import pytest

from bot.core.reply import Reply
from bot.platforms.slack.failures import MessageGone
from bot.platforms.slack.places import Place
from bot.platforms.slack.references import Ref
from bot.platforms.slack.seam import Source
from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo, source
from tests.bot.platforms.slack.study import BUTTON, IN_LINE, LONG, Study, without_space
from tests.doubles.clock import FrozenClock
from tests.doubles.slack_server import SlackServer

LATER = timedelta(minutes=31)
"""When a response URL works no longer."""


def test_a_command_is_answered_by_a_message_that_can_be_edited_for_ever(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    asked, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Tokens are **pieces**. <!channel>", actions=(BUTTON,)))
    answer = asked.answered()
    assert "Tokens are" in answer.shown
    assert (answer.ephemeral_to, answer.pings, answer.by_url) == (None, set(), False)
    assert [button["value"] for button in answer.buttons()] == ["quiz"]
    clock.move(timedelta(days=60))
    echo.edit(ref, Reply("Better."))
    assert echo.said(study.open) == ["Better."]


def test_a_source_that_comes_twice_is_taken_once(
    echo: Echo, study: Study, slack_server: SlackServer, clock: FrozenClock
) -> None:
    asked, _ = echo.command(study.ada, study.open)
    assert echo.open(source(asked, "command", clock)) is None


def test_an_answer_in_a_thread_stays_there(echo: Echo, study: Study, slack_server: SlackServer) -> None:
    root = slack_server.say(study.bob, study.open, "Who knows?")
    _, ref = echo.mention(study.ada, study.open, thread=root)
    echo.fill(ref, Reply(LONG))
    messages = slack_server.by_bot(study.open)
    assert len(messages) == 3
    assert {one.thread_ts for one in messages} == {root.ts}


def test_a_long_answer_goes_on_in_further_messages_which_come_and_go(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply(LONG))
    first = echo.said(study.open)
    assert len(first) == 3
    assert without_space(first) == without_space([LONG])
    echo.edit(ref, Reply("Short now."))
    assert echo.said(study.open) == ["Short now."]
    echo.edit(ref, Reply(LONG.upper()))
    assert echo.said(study.open) == [one.upper() for one in first]


def test_direct_messages_are_ordinary_ones_also_for_what_is_private(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.dm, private=True)
    echo.fill(ref, Reply("For you.", private=True))
    echo.edit(ref, Reply("Still for you.", private=True))
    (answer,) = echo.server.by_bot(study.dm)
    assert (answer.shown, answer.ephemeral_to) == ("Still for you.", None)


def test_what_is_done_outside_of_any_channel_is_answered_directly(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    team = study.ada.team.id
    ref = echo.open(Source("press:1", Place("dm", team, study.ada.id), study.ada.id, at=clock.now()))
    assert ref is not None
    echo.fill(ref, Reply("From the home."))
    assert echo.said(study.dm) == ["From the home."]


def test_what_comes_later_is_not_overwritten_by_the_immediate_reply(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.open)
    echo.edit(ref, Reply("The result."))
    echo.fill(ref, IN_LINE)
    assert asked.answered().shown == "The result."


def test_a_result_that_overtakes_its_announcement_stays(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.open)
    # The announcement is written down, and before it is shown the result comes.
    assert echo.replies.references.begin(ref.id, IN_LINE)
    echo.edit(ref, Reply("The result."))
    echo.do(echo.replies.resume())
    assert asked.answered().shown == "The result."


def test_a_restart_changes_nothing(
    echo: Echo, study: Study, slack_server: SlackServer, database: Database, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Computing…"))
    echo.__exit__(None, None, None)
    with Echo(slack_server, database, clock) as again:
        again.edit(ref, Reply("Done."))
        assert again.said(study.open) == ["Done."]


@pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_an_answer_that_can_be_edited_no_more_is_said_anew(
    echo: Echo, study: Study, slack_server: SlackServer, word: str
) -> None:
    asked, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Computing…"))
    slack_server.delete_message(asked.answered())
    echo.edit(ref, Reply("Half."))
    slack_server.faults.add("chat.update", word)
    echo.edit(ref, Reply("Done."))
    assert echo.said(study.open) == ["Done."]


def test_an_archived_channel_is_no_obstacle(
    echo: Echo, study: Study, slack_server: SlackServer, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.open)
    slack_server.archive(study.open)
    clock.move(LATER)
    echo.fill(ref, Reply("The answer."))
    assert echo.said(study.dm)[0].endswith("The answer.")


def test_where_nobody_can_be_reached_it_is_said_once_in_the_log(
    echo: Echo, study: Study, slack_server: SlackServer, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    _, ref = echo.command(study.ada, study.open, private=True)
    study.ada.dms_open = False
    clock.move(LATER)
    echo.fill(ref, Reply("Nobody hears it."))
    assert len([one for one in caplog.messages if "can't be brought anywhere" in one]) == 1
    with pytest.raises(MessageGone):
        echo.edit(ref, Reply("Nor this."))


@pytest.mark.parametrize("fault", ["reset", "reset after", 500, 503, "internal_error"])
def test_what_an_outage_kept_back_is_brought_later_and_once(
    echo: Echo, study: Study, slack_server: SlackServer, fault: int | str
) -> None:
    slack_server.faults.add("chat.postMessage", fault)
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply(LONG))
    for number in range(150):
        slack_server.say(study.bob, study.open, f"chatter {number}")
    echo.do(echo.replies.resume())
    assert without_space(echo.said(study.open)) == without_space([LONG])
    before = slack_server.next_number
    echo.do(echo.replies.resume())
    assert slack_server.next_number == before


def test_what_was_kept_back_does_not_overwrite_what_came_later(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("chat.postMessage", "reset after")
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, IN_LINE)
    echo.edit(ref, Reply("The result."))
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["The result."]


def test_in_a_thread_too_it_is_looked_for_before_it_is_said_again(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    root = slack_server.say(study.bob, study.open, "Who knows?")
    slack_server.faults.add("chat.postMessage", "reset after")
    _, ref = echo.mention(study.ada, study.open, thread=root)
    echo.fill(ref, Reply("I do."))
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["I do."]


def test_a_limit_is_kept_and_holds_up_no_other_channel(
    echo: Echo, study: Study, slack_server: SlackServer, clock: FrozenClock
) -> None:
    slack_server.faults.add("chat.postMessage", 429, retry_after=30)
    _, first = echo.command(study.ada, study.open)
    echo.fill(first, Reply("First."))
    asked = len(slack_server.requests)
    echo.do(echo.replies.resume())
    assert len([one for one in slack_server.requests[asked:] if one.method == "chat.postMessage"]) == 0
    _, second = echo.command(study.ada, study.dm)
    echo.fill(second, Reply("Second."))
    assert (echo.said(study.open), echo.said(study.dm)) == ([], ["Second."])
    clock.move(timedelta(seconds=31))
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["First."]


def test_a_turn_that_was_cut_off_is_told_so_after_the_restart(
    echo: Echo, study: Study, slack_server: SlackServer, database: Database, clock: FrozenClock
) -> None:
    echo.command(study.ada, study.open)
    echo.__exit__(None, None, None)
    clock.move(timedelta(minutes=1))
    with Echo(slack_server, database, clock) as again:
        _, ref = again.command(study.ada, study.open)
        again.do(again.replies.resume())
        assert ["stopped before I had answered" in one for one in again.said(study.open)] == [True]
        again.fill(ref, Reply("Not cut off."))
        assert again.said(study.open)[-1] == "Not cut off."


def test_an_app_that_was_taken_out_says_nothing_more(
    echo: Echo, study: Study, slack_server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    _, ref = echo.command(study.ada, study.open)
    slack_server.uninstall()
    echo.fill(ref, Reply("Nobody hears it."))
    assert [one for one in caplog.messages if "can't be brought anywhere" in one]
    assert echo.said(study.open) == []


def test_old_references_are_forgotten(echo: Echo, study: Study, clock: FrozenClock) -> None:
    _, ref = echo.command(study.ada, study.open)
    clock.move(timedelta(days=100))
    _, young = echo.command(study.ada, study.open)
    assert echo.replies.prune(clock.now() - timedelta(days=90)) == 1
    assert echo.replies.references.get(ref.id) is None
    assert isinstance(echo.replies.references.get(young.id), Ref)


def test_what_is_held_up_for_long_holds_up_nobody(
    echo: Echo, study: Study, slack_server: SlackServer, database: Database, clock: FrozenClock
) -> None:
    _, first = echo.command(study.ada, study.open)
    _, second = echo.command(study.bob, slack_server.dm(study.bob))
    for ref, said in ((first, "First."), (second, "Second.")):
        assert echo.replies.references.begin(ref.id, Reply(said))
    echo.__exit__(None, None, None)
    slack_server.faults.add("chat.postMessage", 429, retry_after=120)
    with Echo(slack_server, database, clock, pauses=(600.0,)) as again:
        # It is not waited for here: two minutes are left to the next look.
        again.do(again.replies.resume())
        assert sorted([*again.said(study.open), *again.said(slack_server.dm(study.bob))]) in (
            ["First."],
            ["Second."],
        )


def test_one_that_can_not_be_shown_keeps_no_other_back(
    echo: Echo, study: Study, caplog: pytest.LogCaptureFixture
) -> None:
    _, broken = echo.command(study.ada, study.open)
    _, whole = echo.command(study.ada, study.open)
    references = echo.replies.references
    references.change(broken.id, state="told", pending={"text": "of another version"})
    assert references.begin(whole.id, Reply("Here."))
    echo.do(echo.replies.resume())
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["Here."]
    assert len([one for one in caplog.messages if "could not be brought" in one]) == 1


def test_two_looks_at_what_waits_say_it_once(
    echo: Echo, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    references = echo.replies.references
    looked, change, pending = Semaphore(0), references.change, references.pending

    def noted(reference: int, **values: Any) -> Ref:
        if "pending" in values:
            for _ in range(2):  # the other one has all the time to look before it is noted
                looked.acquire(timeout=0.1)
        return change(reference, **values)

    def looks(reference: int) -> dict[str, Any] | None:
        found = pending(reference)
        looked.release()
        return found

    monkeypatch.setattr(references, "change", noted)
    monkeypatch.setattr(references, "pending", looks)
    _, ref = echo.command(study.ada, study.closed, private=True)
    assert references.begin(ref.id, Reply("For you."))

    async def both() -> None:
        await asyncio.gather(echo.replies.resume(), echo.replies.resume())

    echo.do(both())
    assert echo.said(study.closed) == ["For you."]
