"""The assistant pane, as people meet it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.platforms.slack.places import Place
from bot.wiring import App
from tests.bot.platforms.slack.living import Living
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.desk import Pane
from tests.doubles.slack.world import Message, User
from tests.doubles.slack_server import SlackServer

QUESTION = "What is a tokenizer?"


def greeted(living: Living, user: User, **beside: object) -> Pane:
    """Opens the pane and waits until it offers something to say."""
    pane = living.server.open_assistant(user, **beside)  # type: ignore[arg-type]
    living.server.wait(lambda: pane.prompts, what="prompts")
    return pane


def answer(living: Living, pane: Pane, text: str) -> Message:
    """Asks in the pane."""
    server = living.server
    return server.replied(server.say(pane.user, pane.channel, text, thread=pane.ts))


def methods(living: Living) -> list[str]:
    return [one.method for one in living.server.desk.requests]


@pytest.mark.parametrize(
    ("locale", "hello", "offer", "last"),
    [
        ("en-US", "Hello, I'm Recap", "Shall we begin", "Quiz me"),
        ("bg-BG", "Здравей", "Да започнем", "Изпитай ме"),
        ("zh-CN", "你好", "从其中一个", "考考我"),
    ],
)
def test_the_pane_greets_and_offers_something_to_say(
    living: Living, slack_server: SlackServer, locale: str, hello: str, offer: str, last: str
) -> None:
    pane = greeted(living, slack_server.person("Ada", locale=locale))
    greeting = slack_server.message(pane.channel, hello)
    assert greeting.thread_ts == pane.ts
    assert pane.prompts_title.startswith(offer)
    assert 2 <= len(pane.prompts) <= 4
    assert pane.prompts[-1] == {"title": last, "message": last}
    assert answer(living, pane, pane.prompts[0]["message"]).metadata
    assert "?" in answer(living, pane, last).shown or "？" in slack_server.last(pane.channel).shown


def test_a_pane_that_is_told_of_twice_greets_once(living: Living, slack_server: SlackServer) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    assert pane.opened is not None
    slack_server.redeliver(pane.opened)
    answer(living, pane, QUESTION)
    assert len([one for one in slack_server.by_bot(pane.channel) if "Hello" in one.shown]) == 1


@pytest.mark.parametrize(
    ("locale", "question", "status"),
    [
        ("en-US", QUESTION, "is looking in the notes…"),
        ("bg-BG", "Какво е токенизация?", "търси в записките…"),
        ("zh-CN", "什么是微调？", "正在查阅笔记…"),
    ],
)
def test_while_a_question_is_in_work_a_status_says_so_and_then_goes(
    living: Living, slack_server: SlackServer, locale: str, question: str, status: str
) -> None:
    pane = greeted(living, slack_server.person("Ada", locale=locale))
    answer(living, pane, question)
    assert [one["status"] for one in pane.channel.status_log] == [status]
    assert len(pane.channel.status_log[0]["loading_messages"]) == 2
    assert slack_server.status(pane.channel, pane.ts) == ""


def test_the_first_question_is_the_title(living: Living, slack_server: SlackServer) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    answer(living, pane, QUESTION)
    answer(living, pane, "What is padding?")
    assert pane.title == QUESTION
    assert methods(living).count("assistant.threads.setTitle") == 1


def test_an_answer_comes_piece_by_piece_and_is_whole_in_the_end(
    living: Living, slack_server: SlackServer
) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    said = answer(living, pane, QUESTION)
    assert len(said.parts) > 1
    assert not said.streaming
    assert said.metadata is not None
    assert "From the notes" in said.shown
    assert [one["label"] for one in said.buttons()]
    assert "chat.update" not in methods(living)


def test_what_notes_say_calls_nobody(living: Living, slack_server: SlackServer, app: App) -> None:
    evil = (
        "# Alarm\n\nThe **alarm bell** <!channel> is a thing that rings <@U0000000001> [x](https://x.test).\n"
    )
    (app.course.notes_path() / "alarm.md").write_text(evil, encoding="utf-8")
    app.course.refresh(app.engine)
    pane = greeted(living, slack_server.person("Ada"))
    said = answer(living, pane, "What is the alarm bell?")
    assert "<!channel>" in said.shown
    assert said.pings == set()


def test_thumbs_are_answered_discreetly_and_kept(living: Living, slack_server: SlackServer) -> None:
    ada, root = slack_server.person("Ada"), slack_server.person("Root", admin=True)
    study = slack_server.channel("study", ada, root, bot=True)
    said = slack_server.command(ada, study, "/ask", QUESTION).answered()
    thanks = slack_server.press(root, said, label="Not helpful").answered()
    assert thanks.ephemeral_to is root
    gaps = slack_server.command(root, slack_server.dm(root), "/notes", "gaps").answered()
    assert QUESTION in gaps.shown


def test_thumbs_stand_under_a_streamed_answer_too(living: Living, slack_server: SlackServer) -> None:
    pane = greeted(living, slack_server.person("Ada", locale="bg-BG"))
    said = answer(living, pane, "Какво е токенизация?")
    thanks = slack_server.press(pane.user, said, label="Полезно").answered()
    assert "Радвам се, че помогна" in thanks.shown


def test_a_client_without_streams_is_answered_in_one_message(
    living: Living, slack_server: SlackServer
) -> None:
    slack_server.faults.add("chat.startStream", "not_allowed_token_type", times=None)
    pane = greeted(living, slack_server.person("Ada"))
    said = answer(living, pane, QUESTION)
    assert not said.parts
    assert "From the notes" in said.shown
    assert said.metadata is not None


def test_where_streams_are_limited_nobody_waits(
    living: Living, slack_server: SlackServer, clock: FrozenClock
) -> None:
    slack_server.faults.add("chat.startStream", 429, retry_after=30)
    pane = greeted(living, slack_server.person("Ada"))
    assert not answer(living, pane, QUESTION).parts
    clock.move(timedelta(seconds=31))
    assert len(answer(living, pane, "What is padding?").parts) > 1


@pytest.mark.parametrize("fault", ["internal_error", "reset", "reset after", 503])
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
def test_an_answer_that_breaks_off_is_completed_once(
    living: Living, slack_server: SlackServer, method: str, fault: str | int
) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    slack_server.faults.add(method, fault)
    before = len(slack_server.by_bot(pane.channel))
    said = answer(living, pane, QUESTION)
    living.settle_at(Place("thread", pane.user.team.id, pane.channel.id, pane.ts))
    assert len(slack_server.by_bot(pane.channel)) == before + 1
    assert "From the notes" in said.shown
    assert {"Quiz me on this", "Open note"} <= {one["label"] for one in said.buttons()}
    assert len(re.findall("From the notes", said.shown)) == 1


def test_a_stream_that_is_refused_midway_is_completed_by_an_edit(
    living: Living, slack_server: SlackServer
) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    slack_server.faults.add("chat.appendStream", "invalid_blocks")
    slack_server.say(pane.user, pane.channel, QUESTION, thread=pane.ts)
    said = slack_server.message(pane.channel, "From the notes")
    slack_server.wait(lambda: said.buttons(), what="buttons")
    assert not said.streaming


def test_the_course_of_the_channel_beside_it_answers(
    living: Living, slack_server: SlackServer, app: App
) -> None:
    ada = slack_server.person("Ada")
    study, other = (slack_server.channel(name, ada) for name in ("study", "other"))
    pane = greeted(living, ada, context=study)
    place = Place("thread", ada.team.id, pane.channel.id, pane.ts)
    around = living.around(place)
    assert around[0] == f"channel:{ada.team.id}/{study.id}"
    assert around[-1] == f"team:{ada.team.id}"
    slack_server.move_assistant(pane, other).acknowledged()
    living.settle_at(place)
    assert living.around(place)[0] == f"channel:{ada.team.id}/{other.id}"


def test_forgetting_somebody_forgets_where_their_conversations_stood(
    living: Living, slack_server: SlackServer
) -> None:
    pane = greeted(living, slack_server.person("Ada"))
    answer(living, pane, "/help")
    place = Place("thread", pane.user.team.id, pane.channel.id, pane.ts)
    assert living.around(place)
    asking = answer(living, pane, "/forget")
    slack_server.press(pane.user, asking, label="Yes, delete everything").answered()
    assert not living.around(place)


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
def test_what_a_process_left_half_said_the_next_one_completes(
    slack_server: SlackServer, app: App, clock: FrozenClock, method: str
) -> None:
    with Living(slack_server, app, retries=0) as first:
        pane = greeted(first, slack_server.person("Ada"))
        before = len(slack_server.by_bot(pane.channel))
        slack_server.faults.add(method, "reset after", times=None)
        slack_server.say(pane.user, pane.channel, QUESTION, thread=pane.ts)
        slack_server.wait(lambda: method in methods(first), what=method)
        first.settle_at(Place("thread", pane.user.team.id, pane.channel.id, pane.ts))
    slack_server.faults.clear()
    clock.move(timedelta(minutes=1))
    with Living(slack_server, app):
        said = slack_server.message(pane.channel, "From the notes")
        slack_server.wait(lambda: said.buttons(), what="buttons")
    assert len(slack_server.by_bot(pane.channel)) == before + 1
    assert not said.streaming
    assert len(re.findall("From the notes", said.shown)) == 1


def test_an_answer_to_a_mention_comes_piece_by_piece_too(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    study = slack_server.channel("study", ada, bot=True)
    said = slack_server.replied(slack_server.mention(ada, study, QUESTION))
    assert len(said.parts) > 1
    assert said.thread_ts
    again = slack_server.say(ada, study, "What is padding?", thread=said.thread_ts)
    assert len(slack_server.replied(again).parts) > 1
