"""The loopback Slack as @slack/bolt sees it, so that it isn't fitted to slack_bolt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doubles.node import Node, modules
from tests.doubles.slack.world import User
from tests.doubles.slack_server import SlackServer

pytestmark = pytest.mark.slow

DRIVER = Path(__file__).with_name("slack_bot.js")
LIBRARY = "@slack/bolt@5.1.0"


@pytest.fixture(scope="session")
def bolt(request: pytest.FixtureRequest) -> Path:
    return modules(request, "slack-bolt-js", LIBRARY)


@pytest.fixture(params=["socket", "http"])
def node(request: pytest.FixtureRequest, bolt: Path, slack_server: SlackServer) -> Iterator[Node]:
    """Reached by Slack, over each transport."""
    socket = request.param == "socket"
    secrets = [slack_server.app_token if socket else "", slack_server.signing_secret]
    node = Node(DRIVER, [str(bolt), slack_server.api_url, slack_server.bot_token, *secrets])
    try:
        ready = node.heard("ready")
        if socket:
            slack_server.connected()
        else:
            slack_server.http_to(ready, now=time.time)
        yield node
        slack_server.hang_up()
    finally:
        node.stop()


@pytest.fixture
def ada(slack_server: SlackServer) -> User:
    return slack_server.person("Ada", "bg-BG")


@pytest.mark.usefixtures("node")
def test_commands_buttons_and_menus(slack_server: SlackServer, ada: User) -> None:
    bob = slack_server.person("Bob")
    study = slack_server.channel("study", ada, bob, private=True)
    answer = slack_server.command(ada, study, "/ask", "what is a token").answered()
    assert answer in slack_server.messages(study, viewer=bob)
    assert answer.text == "WHAT IS A TOKEN"
    assert slack_server.press(ada, answer, label="Hint").updated().shown.startswith("a hint")
    assert slack_server.choose(ada, answer, "pick", "b").answered().text == "picked b"
    quiet = slack_server.command(ada, study, "/quiet", "psst").answered()
    assert (quiet.text, quiet.ephemeral_to) == ("quietly: psst", ada)
    said = slack_server.say(ada, study, "tokens are pieces")
    assert slack_server.shortcut(ada, "about", said).answered().text == "about: tokens are pieces"


def test_forms(slack_server: SlackServer, node: Node, ada: User) -> None:
    form = slack_server.shortcut(ada, "quiz").opened()
    assert slack_server.submit(form, {"answer": "x"}).errors() == {"answer": "too short"}
    offered = slack_server.suggest(ada, form, "topic", "py").options()
    assert [each["value"] for each in offered] == ["py0", "py1", "py2"]
    above = slack_server.submit(form, {"answer": "more"}).opened()
    assert (above.title, above.previous) == ("More", form)
    slack_server.close(above)
    assert node.heard("closed") == "form"
    sent = slack_server.submit(form, {"answer": "forty-two", "topic": offered[0]})
    assert sent.answered().text == "You said forty-two"
    second = slack_server.command(ada, slack_server.dm(ada), "/form").opened()
    slack_server.submit(second, {"answer": "enough"}).acknowledged()
    slack_server.wait(lambda: not second.open)


def test_messages_files_home_and_assistant(slack_server: SlackServer, node: Node, ada: User) -> None:
    dm = slack_server.dm(ada)
    assert slack_server.replied(slack_server.say(ada, dm, "there")).text == "hi there"
    study = slack_server.channel("study", ada, bot=True)
    node.heard("member_joined_channel")
    reply = slack_server.replied(slack_server.mention(ada, study, "hello"))
    assert (reply.text, bool(reply.thread_ts)) == ("you called?", True)
    shown = slack_server.replied(slack_server.say(ada, dm, "a file"))
    assert (shown.text, shown.files[0].data, shown.files[0].title) == ("here", b"# A", "Notes")
    assert slack_server.replied(slack_server.say(ada, dm, "people")).text == "bg-BG 3 2"
    slack_server.open_home(ada)
    assert slack_server.published(ada).shown.strip() == "your home"
    pane = slack_server.open_assistant(ada)
    answer = slack_server.replied(slack_server.say(ada, dm, "teach me", thread=pane.ts))
    assert (answer.text, answer.parts, pane.title) == ("one two", ["one ", "two"], "A lesson")


def test_limits_are_waited_for_and_the_end_is_heard(slack_server: SlackServer, node: Node, ada: User) -> None:
    slack_server.faults.add("chat.postMessage", 429, retry_after=1)
    slack_server.faults.add("chat.postMessage", 503)
    assert slack_server.replied(slack_server.say(ada, slack_server.dm(ada), "x"), timeout=20).text == "hi x"
    assert len(slack_server.requested("chat.postMessage", 3)) == 3
    slack_server.uninstall()
    node.heard("app_uninstalled")


@pytest.mark.parametrize("node", ["socket"], indirect=True)
def test_connections_end(slack_server: SlackServer, node: Node, ada: User) -> None:
    for number, end in enumerate([lambda: slack_server.disconnect("warning"), slack_server.kill_sockets]):
        before = slack_server.socket.connects
        with slack_server.world.lock:
            end()
            slack_server.say(ada, slack_server.dm(ada), f"meanwhile {number}")
        slack_server.reconnected(before + 1)
        node.heard("message", f"meanwhile {number}")
        slack_server.message(slack_server.dm(ada), f"hi meanwhile {number}")
    assert slack_server.command(ada, slack_server.dm(ada), "/quiet", "x").answered().text == "quietly: x"
