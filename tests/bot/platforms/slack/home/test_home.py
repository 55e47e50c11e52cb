"""App Home, as people find it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.wiring import App
from tests.bot.platforms.slack.living import Living
from tests.doubles.clock import FrozenClock
from tests.doubles.slack.world import User, View
from tests.doubles.slack_server import SlackServer


def opened(living: Living, user: User) -> View:
    living.server.open_home(user).acknowledged()
    home = living.server.published(user)
    living.settle(user)
    return home


def labels(view: View) -> list[str]:
    return [str(one["label"]) for one in view.buttons()]


def images(view: View) -> list[str]:
    return [block["slack_file"]["id"] for block in view.blocks if block["type"] == "image"]


def published(living: Living) -> int:
    return sum(one.method == "views.publish" for one in living.server.desk.requests)


def asked(living: Living, user: User, line: str) -> None:
    """Says something directly and waits for the answer."""
    server = living.server
    server.replied(server.say(user, server.dm(user), line))
    living.settle(user)


@pytest.mark.parametrize(
    ("locale", "title", "button"),
    [
        ("en-US", "Your progress", "Quiz me now"),
        ("bg-BG", "Твоят напредък", "Изпитай ме сега"),
        ("zh-CN", "你的进度", "现在就考我"),
    ],
)
def test_a_learner_finds_what_is_due_and_how_it_goes_in_their_language(
    living: Living, slack_server: SlackServer, clock: FrozenClock, locale: str, title: str, button: str
) -> None:
    ada = slack_server.person("Ada", locale=locale)
    command = slack_server.command(ada, slack_server.dm(ada), "/studied", "tokenization")
    command.answered()
    clock.move(timedelta(days=2))
    home = opened(living, ada)
    assert title in home.shown
    assert "Tokenization" in home.shown
    assert button in labels(home)
    assert len(images(home)) == 1
    picture = next(block for block in home.blocks if block["type"] == "image")
    assert "Tokenization" in picture["alt_text"]
    assert home.body["callback_id"] == "recap:home"


def test_a_stranger_is_shown_the_way_in(living: Living, slack_server: SlackServer) -> None:
    home = opened(living, slack_server.person("Nora", locale="bg-BG"))
    assert "Здравей" in home.shown
    assert not images(home)


def test_admins_see_the_index_and_its_gaps(living: Living, slack_server: SlackServer) -> None:
    ada, root = slack_server.person("Ada"), slack_server.person("Root", admin=True)
    asked(living, ada, "/ask Who won the football world cup in 1994?")
    assert "Who won" not in opened(living, ada).shown
    home = opened(living, root)
    assert "The index" in home.shown
    assert "Who won the football world cup in 1994?" in home.shown
    assert "Refresh" in labels(home)


def test_a_button_of_the_page_is_a_turn_whose_reply_comes_directly(
    living: Living, slack_server: SlackServer
) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/help")
    home = opened(living, ada)
    slack_server.press(ada, home, label="Quiz me").acknowledged()
    question = slack_server.message(slack_server.dm(ada), "Quiz ·")
    assert question.ephemeral_to is None
    assert question.buttons()


def test_the_page_follows_what_changes_it(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/help")
    opened(living, ada)
    asked(living, ada, "/settings hour 7")
    slack_server.published(ada, "07:00")
    asked(living, ada, "/settings language bg")
    slack_server.published(ada, "Твоите настройки")
    asked(living, ada, "/studied tokenization")
    living.settle(ada)
    home = slack_server.published(ada, "Tokenization")
    assert len(images(home)) == 1


def test_a_page_that_was_never_opened_is_not_published(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/settings hour 7")
    living.settle(ada)
    assert slack_server.home(ada) is None


def test_opening_it_again_publishes_nothing_that_stands_there(
    living: Living, slack_server: SlackServer
) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/studied tokenization")
    opened(living, ada)
    before = published(living)
    for _ in range(5):
        opened(living, ada)
    assert published(living) == before
    assert set(living.pauses) >= {2.0}


def test_an_old_picture_is_taken_away(living: Living, slack_server: SlackServer, clock: FrozenClock) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/studied tokenization")
    (first,) = images(opened(living, ada))
    clock.move(timedelta(days=2))
    (second,) = images(opened(living, ada))
    assert first != second
    assert set(slack_server.world.files) == {second}


def test_without_pictures_the_figures_remain(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/studied tokenization")
    slack_server.faults.add("files.*", "missing_scope", times=None)
    home = opened(living, ada)
    assert not images(home)
    assert "Tokenization" in home.shown
    slack_server.faults.clear()
    assert len(images(opened(living, ada))) == 1


def test_a_picture_that_slack_refuses_leaves_the_words(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/help")
    opened(living, ada)
    asked(living, ada, "/studied tokenization")
    living.settle(ada)
    (shown,) = images(slack_server.published(ada, "Tokenization"))
    del slack_server.world.files[shown]
    asked(living, ada, "/settings hour 7")
    assert "07:00" in slack_server.published(ada, "07:00").shown


def test_a_page_that_another_process_published_meanwhile_is_published_anew(
    living: Living, slack_server: SlackServer
) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/help")
    home = opened(living, ada)
    home.hash = "published.elsewhere"
    asked(living, ada, "/settings hour 7")
    assert "07:00" in slack_server.published(ada, "07:00").shown
    conflicts = [one for one in slack_server.desk.requests if one.error == "hash_conflict"]
    assert len(conflicts) == 1


def test_an_outage_leaves_the_page_for_the_next_time(living: Living, slack_server: SlackServer) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/help")
    slack_server.faults.add("views.publish", 503)
    slack_server.open_home(ada).acknowledged()
    living.settle(ada)
    assert slack_server.home(ada) is None
    assert "Your settings" in opened(living, ada).shown


def test_who_is_forgotten_leaves_an_empty_page_and_no_picture(
    living: Living, slack_server: SlackServer
) -> None:
    ada = slack_server.person("Ada")
    asked(living, ada, "/studied tokenization")
    opened(living, ada)
    asking = slack_server.replied(slack_server.say(ada, slack_server.dm(ada), "/forget"))
    slack_server.press(ada, asking, label="Yes, delete everything").answered()
    slack_server.published(ada, "Hello, I'm Recap")
    living.settle(ada)
    assert not images(slack_server.published(ada))
    assert not slack_server.world.files


def test_the_direct_messages_tab_publishes_nothing(
    living: Living, slack_server: SlackServer, app: App
) -> None:
    ada = slack_server.person("Ada")
    slack_server.open_home(ada, tab="messages").acknowledged()
    living.settle(ada)
    assert slack_server.home(ada) is None
