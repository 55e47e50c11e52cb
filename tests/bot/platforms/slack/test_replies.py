"""Replies reach their message, or the next best place, whatever has become of it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.core.reply import Action, Image, Reply
from bot.platforms.slack.failures import MessageGone
from bot.platforms.slack.references import Ref
from knowledge.store import Database
from tests.bot.platforms.slack.echo import Echo, source
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import Channel, User
from tests.doubles.slack_server import SlackServer

LONG = "\n\n".join(f"Paragraph {n}. " + "words " * 700 for n in range(5))
"""Three messages."""
BUTTON = Action("quiz", "Quiz me")
IN_LINE = Reply("In line.", tone="progress", progress=0.0)
LATER = timedelta(minutes=31)


@dataclass
class Study:
    """A workspace: a channel with the bot, a private one without it, two learners."""

    open: Channel
    closed: Channel
    ada: User
    bob: User
    dm: Channel


@pytest.fixture
def study(slack_server: SlackServer) -> Study:
    ada, bob = slack_server.person("Ada"), slack_server.person("Bob")
    channel = slack_server.channel("study", ada, bob, bot=True)
    closed = slack_server.channel("staff", ada, bob, private=True)
    return Study(channel, closed, ada, bob, slack_server.dm(ada))


def without_space(texts: list[str]) -> str:
    return "".join("".join(texts).split())


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
    from bot.platforms.slack.places import Place
    from bot.platforms.slack.seam import Source

    team = study.ada.team.id
    ref = echo.open(Source("press:1", Place("dm", team, study.ada.id), study.ada.id, at=clock.now()))
    assert ref is not None
    echo.fill(ref, Reply("From the home."))
    assert echo.said(study.dm) == ["From the home."]


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


def test_pictures_come_with_their_alt_text_and_are_replaced(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open)
    picture = Image(b"\x89PNG", "Three bars, rising.", "chart.png")
    echo.fill(ref, Reply("Look:", image=picture))
    echo.server.wait(lambda: echo.files(study.open))
    (file,) = echo.files(study.open)[0].files
    assert (file.name, file.alt_text, file.data) == ("chart.png", "Three bars, rising.", picture.png)
    echo.edit(ref, Reply("Look again:", image=picture))
    assert [one.name for message in echo.files(study.open) for one in message.files] == ["chart.png"]
    echo.edit(ref, Reply("a " * 40_000))
    echo.server.wait(
        lambda: echo.files(study.open) and echo.files(study.open)[-1].files[0].name != "chart.png"
    )
    (document,) = [one for message in echo.files(study.open) for one in message.files]
    assert document.data.decode().split() == ["a"] * 40_000
    echo.edit(ref, Reply("Nothing any more."))
    assert (echo.said(study.open), echo.files(study.open)) == (["Nothing any more."], [])


def test_a_picture_stands_in_the_thread(echo: Echo, study: Study, slack_server: SlackServer) -> None:
    root = slack_server.say(study.bob, study.open, "Who knows?")
    _, ref = echo.mention(study.ada, study.open, thread=root)
    echo.fill(ref, Reply("Look:", image=Image(b"\x89PNG", "A chart.")))
    echo.server.wait(lambda: echo.files(study.open))
    assert echo.files(study.open)[0].thread_ts == root.ts


def test_a_private_picture_comes_directly_and_it_is_told_where(echo: Echo, study: Study) -> None:
    _, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, Reply("Your progress:", image=Image(b"\x89PNG", "Three bars.")))
    echo.server.wait(lambda: echo.files(study.dm))
    (pointer,) = echo.server.by_bot(study.open)
    assert (pointer.ephemeral_to, "direct messages" in pointer.shown) == (study.ada, True)
    assert echo.said(study.dm)[0].endswith("Your progress:")


def test_without_the_right_to_files_all_is_said_in_messages(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.take_scopes("files:write")
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("a " * 20_000))
    assert without_space(echo.said(study.open)) == "a" * 20_000


@pytest.mark.parametrize("method", ["upload", "files.completeUploadExternal"])
@pytest.mark.parametrize("fault", ["reset", "reset after", 503])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_whose_upload_was_cut_off_is_shown_once(
    echo: Echo, study: Study, slack_server: SlackServer, method: str, fault: int | str, at_once: bool
) -> None:
    slack_server.desk.share_at_once = at_once
    slack_server.faults.add(method, fault)
    _, ref = echo.command(study.ada, study.open)
    echo.fill(ref, Reply("Look:", image=Image(b"\x89PNG", "Three bars.")))
    echo.do(echo.replies.resume())
    slack_server.share_files()
    slack_server.wait(lambda: echo.files(study.open))
    assert (len(echo.files(study.open)), echo.said(study.open)) == (1, ["Look:"])


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


def test_a_private_answer_that_an_outage_kept_back_is_brought_too(
    echo: Echo, study: Study, slack_server: SlackServer
) -> None:
    slack_server.faults.add("response_url", 503)
    _, ref = echo.command(study.ada, study.open, private=True)
    echo.fill(ref, Reply("For you."))
    assert echo.said(study.open) == []
    echo.do(echo.replies.resume())
    assert echo.said(study.open) == ["For you."]


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
