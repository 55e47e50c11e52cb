"""Private answers, and answers where the bot may not post: response URLs, and what comes after them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.core.reply import Reply
from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo
from tests.bot.platforms.slack.study import BUTTON, IN_LINE, Study
from tests.doubles.clock import FrozenClock
from tests.doubles.slack_server import SlackServer

LATER = timedelta(minutes=31)
"""When a response URL works no longer."""


def test_only_its_person_sees_a_private_answer(echo: Echo, study: Study, slack_server: SlackServer) -> None:
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Not for everybody.", private=True))
    (answer,) = slack_server.by_bot(study.open)
    assert (answer.ephemeral_to, answer.by_url) == (study.ada, True)
    assert slack_server.messages(study.open, viewer=study.bob) == []


def test_what_was_said_openly_goes_away_when_it_becomes_private(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, IN_LINE)
    echo.edit(ref, Reply("For you.", private=True))
    (answer,) = echo.server.by_bot(study.open)
    assert (answer.shown, answer.ephemeral_to) == ("For you.", study.ada)


def test_what_may_have_been_said_openly_goes_away_too(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("chat.postMessage", "reset after")
    _, ref = echo.mention(study.ada, study.open)
    echo.fill(ref, IN_LINE)
    assert len(echo.said(study.open)) == 1
    echo.edit(ref, Reply("For you.", private=True))
    (answer,) = slack_server.by_bot(study.open)
    assert (answer.shown, answer.ephemeral_to) == ("For you.", study.ada)


def test_a_private_answer_to_a_message_is_for_his_eyes(echo: Echo, study: Study) -> None:
    _, ref = echo.mention(study.ada, study.open, private=True)
    echo.fill(ref, Reply("For your eyes."))
    (answer,) = echo.server.by_bot(study.open)
    assert (answer.shown, answer.ephemeral_to, answer.by_url) == ("For your eyes.", study.ada, False)


def test_a_private_answer_to_a_message_that_comes_late_comes_directly(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    _, ref = echo.mention(study.ada, study.open, private=True)
    echo.fill(ref, IN_LINE)
    clock.move(LATER)
    echo.edit(ref, Reply("For you."))
    assert len(echo.said(study.open)) == 1
    assert [one.splitlines()[-1] for one in echo.said(study.dm)] == ["For you."]


def test_a_press_is_answered_where_the_message_stands(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Question", actions=(BUTTON,)))
    (question,) = slack_server.by_bot(study.open)
    _, pressed = echo.press(study.bob, question)
    echo.fill(pressed, Reply("Bob's turn."))
    assert echo.said(study.open)[-1] == "Bob's turn."
    _, alone = echo.press(study.bob, question)
    echo.fill(alone, Reply("The passage.", private=True))
    assert slack_server.last(study.open).ephemeral_to is study.bob
    assert question.shown.startswith("Question")


def test_a_press_on_a_private_message_is_answered_privately(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    _, ref = echo.command(study.ada, study.closed, private=True)
    echo.fill(ref, Reply("Question", actions=(BUTTON,)))
    (question,) = slack_server.by_bot(study.closed)
    _, pressed = echo.press(study.ada, question)
    echo.fill(pressed, IN_LINE)
    echo.edit(pressed, Reply("Correct."))
    shown = slack_server.by_bot(study.closed)
    assert [one.ephemeral_to for one in shown] == [study.ada] * 3
    assert (shown[0].shown.splitlines()[0], shown[-1].shown) == ("Question", "Correct.")


@pytest.mark.parametrize("word", ["not_in_channel", "channel_not_found", "restricted_action"])
def test_where_it_may_not_post_the_response_url_takes_the_answer(
    echo: Echo, study: Study, slack_server: SlackServer, word: str
) -> None:
    slack_server.faults.add("chat.postMessage", word)
    asked, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("The answer."))
    answer = asked.answered()
    assert (answer.shown, answer.ephemeral_to, answer.by_url) == ("The answer.", None, True)


def test_in_a_channel_without_the_bot_all_read_the_answer_too(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    _, ref = echo.command(study.ada, study.closed)
    echo.fill(ref, Reply("The answer."))
    assert [one.shown for one in slack_server.messages(study.closed, viewer=study.bob)] == ["The answer."]


def test_progress_leaves_the_response_url_its_uses(echo: Echo, study: Study) -> None:
    asked, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, IN_LINE)
    for percent in range(10, 100, 10):
        echo.edit(ref, Reply("At work.", tone="progress", progress=percent / 100))
    echo.edit(ref, Reply("Done."))
    assert asked.hook is not None
    assert (asked.hook.uses, asked.hook.refused) == (2, 0)
    assert echo.said(study.open)[-1] == "Done."


def test_a_response_url_that_is_used_up_gives_way_to_direct_messages_which_say_why(
    echo: Echo, study: Study
) -> None:
    asked, ref = echo.command(study.ada, study.closed)
    for number in range(1, 8):
        echo.edit(ref, Reply(f"Answer {number}.", language="bg"))
    assert asked.hook is not None
    assert (asked.hook.uses, asked.hook.refused) == (5, 0)
    assert echo.said(study.closed)[-1] == "Answer 5."
    (answer,) = echo.said(study.dm)
    assert answer == "Answer 7."


def test_a_response_url_that_has_expired_gives_way_to_direct_messages_which_say_why(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.closed)
    clock.move(LATER)
    echo.fill(ref, Reply("Отговорът.", language="bg"))
    (answer,) = echo.said(study.dm)
    assert answer.endswith("Отговорът.")
    assert "Не мога да пиша" in answer


def test_a_response_url_that_slack_takes_no_more_is_given_up(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    asked, ref = echo.command(study.ada, study.open, private=True)
    assert asked.hook is not None
    asked.hook.uses = 5
    echo.fill(ref, Reply("For you."))
    assert echo.said(study.dm)[0].endswith("For you.")
    assert "privately" in echo.said(study.dm)[0]


def test_a_private_answer_after_its_time_comes_by_direct_message_once_it_is_there(
    echo: Echo, study: Study, clock: FrozenClock
) -> None:
    _, ref = echo.command(study.ada, study.open, private=True)
    clock.move(LATER)
    echo.fill(ref, IN_LINE)
    assert echo.said(study.dm) == []
    echo.edit(ref, Reply("For you alone."))
    echo.edit(ref, Reply("Still for you alone."))
    assert echo.said(study.dm) == ["Still for you alone."]
    assert echo.said(study.open) == []


def test_a_private_answer_that_an_outage_kept_back_is_brought_too(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("response_url", 503)
    _, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, Reply("For you."))
    assert echo.said(study.open) == []
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["For you."]


def test_a_response_url_that_is_limited_loses_none_of_its_uses(
    echo: Echo, study: Study, slack_server: SlackServer, clock: FrozenClock
) -> None:
    slack_server.faults.add("response_url", 429, retry_after=60)
    _, ref = echo.command(study.ada, study.closed, private=True)
    echo.fill(ref, Reply("For you."))
    for _ in range(6):
        echo.do(echo.replies.resume())
    clock.move(timedelta(minutes=1))
    echo.do(echo.replies.resume())
    assert (echo.said(study.closed), echo.said(study.dm)) == (["For you."], [])


def test_one_place_that_is_held_up_is_waited_for_once(
    echo: Echo, study: Study, slack_server: SlackServer, database: Database, clock: FrozenClock
) -> None:
    refs = [echo.command(study.ada, study.closed, private=True)[1] for _ in range(3)]
    for ref in refs:
        assert echo.replies.references.begin(ref.id, Reply("For you."))
    echo.__exit__(None, None, None)
    slack_server.faults.add("response_url", 503, times=None)
    with Echo(slack_server, database, clock, pauses=(0.0,)) as again:
        again.do(again.replies.resume())
        tried = [again.replies.references.get(ref.id) for ref in refs]
    assert [one and one.uses for one in tried] == [2, 1, 1]
