"""What people do on the loopback Slack and what a bot on slack_bolt makes of it, over each transport."""

from __future__ import annotations

import pytest

from tests.doubles.slack_bot import Bot
from tests.doubles.slack_server import CannotDo, SlackServer, Upload

pytestmark = pytest.mark.usefixtures("slack_bot")


def test_a_command_is_answered_where_the_bot_is_not(slack_server: SlackServer) -> None:
    ada, bob = slack_server.person("Ada"), slack_server.person("Bob")
    study = slack_server.channel("study", ada, bob, private=True)
    asked = slack_server.command(ada, study, "/ask", "what is a token")
    answer = asked.answered()
    assert asked.acknowledged().took is not None
    assert answer.shown.startswith("WHAT IS A TOKEN\na card")
    assert answer.text == "WHAT IS A TOKEN"
    assert answer in slack_server.messages(study, viewer=bob)
    quiet = slack_server.command(ada, study, "/quiet", "psst").answered()
    assert quiet.ephemeral_to is ada
    assert quiet not in slack_server.messages(study, viewer=bob)


def test_buttons_and_menus(slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    study = slack_server.channel("study", ada)
    answer = slack_server.command(ada, study, "/ask", "x").answered()
    assert [each["label"] for each in answer.buttons()] == ["Hint", "Answer"]
    assert slack_server.press(ada, answer, label="Hint").updated().shown.startswith("a hint")
    picked = slack_server.choose(ada, answer, "pick", "b").answered()
    assert (picked.text, picked.ephemeral_to) == ("picked b", ada)
    with pytest.raises(CannotDo, match="no button"):
        slack_server.press(ada, answer, label="Nothing")
    with pytest.raises(CannotDo, match="not offered"):
        slack_server.choose(ada, answer, "pick", "c")


def test_a_form_shows_errors_at_its_fields_and_closes_when_it_is_taken(slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    opened = slack_server.command(ada, slack_server.dm(ada), "/form")
    view = opened.opened()
    assert (view.title, view.body["private_metadata"]) == ("Answer", "kept")
    with pytest.raises(CannotDo, match="must be filled in"):
        slack_server.submit(opened, {})
    assert slack_server.submit(view, {"answer": "x"}).errors() == {"answer": "too short"}
    assert view.open
    offered = slack_server.suggest(ada, view, "topic", "py").options()
    assert [each["value"] for each in offered] == ["py0", "py1", "py2"]
    sent = slack_server.submit(view, {"answer": "forty-two", "topic": offered[0]})
    assert sent.answered().text == "You said forty-two"
    assert not sent.acknowledged().errors()
    assert not view.open


def test_forms_lie_on_one_another(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    first = slack_server.shortcut(ada, "quiz").opened()
    second = slack_server.submit(first, {"answer": "more"}).opened()
    assert (second.title, second.previous, second.root) == ("More", first, first.id)
    changed = slack_server.submit(second, {"answer": "else"}).opened()
    assert (changed, changed.title) == (second, "Else")
    assert slack_server.close(second) is not None
    assert slack_bot.heard("closed") == "form"
    assert (first.open, second.open) == (True, False)
    slack_server.submit(first, {"answer": "enough"}).acknowledged()
    slack_server.wait(lambda: not first.open)
    with pytest.raises(CannotDo, match="no modal"):
        slack_server.submit(first, {"answer": "x"})


def test_shortcuts(slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    study = slack_server.channel("study", ada)
    said = slack_server.say(ada, study, "tokens are pieces")
    told = slack_server.shortcut(ada, "about", said).answered()
    assert (told.text, told.ephemeral_to) == ("about: tokens are pieces", ada)


def test_messages_and_mentions(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    said = slack_server.say(ada, slack_server.dm(ada), "there")
    assert slack_server.replied(said).text == "hi there"
    study = slack_server.channel("study", ada, bot=True)
    slack_bot.heard("member_joined_channel")
    called = slack_server.mention(ada, study, "are you there?")
    assert [each.payload["event"]["type"] for each in called.events] == ["message", "app_mention"]
    reply = slack_server.replied(called)
    assert (reply.text, reply.thread_ts) == ("you called?", called.ts)
    ids = {each.event_id for each in called.events}
    assert len(ids) == 2


def test_what_the_bot_says_comes_back_to_it_and_is_ignored_by_bolt(
    slack_server: SlackServer, slack_bot: Bot
) -> None:
    ada = slack_server.person("Ada")
    reply = slack_server.replied(slack_server.say(ada, slack_server.dm(ada), "x"))
    assert [each.payload["event"]["bot_id"] for each in reply.events] == [slack_server.bot.bot_id]
    slack_server.edit(slack_server.say(ada, slack_server.dm(ada), "y"), "z")
    slack_bot.heard("message", lambda text: text is None)
    assert ("message", "hi x") not in slack_bot.events


def test_files_of_people(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    slack_server.say(ada, slack_server.dm(ada), "my notes", files=[Upload("a.md", b"# A")])
    assert slack_bot.heard("file") == b"# A"


def test_home(slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    slack_server.open_home(ada)
    home = slack_server.published(ada, "your home")
    assert slack_server.press(ada, home, "answer").opened().title == "Answer"
    assert slack_server.home(slack_server.person("Bob")) is None


def test_the_assistant_pane(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    pane = slack_server.open_assistant(ada)
    slack_server.wait(lambda: pane.title)
    assert (pane.title, pane.prompts[0]["message"]) == ("A lesson", "Ask me a question")
    question = slack_server.say(ada, pane.channel, "what is a token?", thread=pane.ts)
    answer = slack_server.replied(question)
    assert (answer.text, answer.parts) == ("one two three", ["one ", "two ", "three"])
    assert [each["status"] for each in pane.channel.status_log] == ["is reading ..."]
    assert pane.status == ""
    slack_server.press(ada, answer, "feedback", value="good").acknowledged()
    assert slack_bot.heard("feedback") == "good"
    context = slack_server.channel("study", ada)
    slack_server.move_assistant(pane, context)
    changed = slack_bot.heard("assistant_thread_context_changed")
    assert changed["assistant_thread"]["context"]["channel_id"] == context.id


def test_a_response_url_takes_five_answers(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    asked = slack_server.command(ada, slack_server.dm(ada), "/short")
    assert slack_bot.heard("responded") == [200] * 5 + [404]
    assert asked.hook is not None
    assert (asked.hook.uses, asked.hook.refused) == (5, 1)
    assert len(asked.followed_up(5)) == 5


def test_a_private_message_can_be_replaced(slack_server: SlackServer, slack_bot: Bot) -> None:
    ada = slack_server.person("Ada")
    study = slack_server.channel("study", ada, bot=True)
    from tests.doubles.slack_bot import CARD

    slack_bot.heard("member_joined_channel")
    asked = slack_server.command(ada, study, "/quiet", "x").answered()
    asked.blocks = [{**CARD[1], "block_id": "b"}]
    pressed = slack_server.press(ada, asked, "hint")
    assert "message" not in pressed.payload
    assert pressed.payload["container"]["is_ephemeral"] is True
    assert pressed.updated().text == "a private hint"


def test_an_uninstalled_app_is_told_and_can_do_nothing_more(
    slack_server: SlackServer, slack_bot: Bot
) -> None:
    ada = slack_server.person("Ada")
    slack_server.uninstall()
    with pytest.raises(CannotDo, match="isn't in that workspace"):
        slack_server.command(ada, slack_server.dm(ada), "/ask", "x")
