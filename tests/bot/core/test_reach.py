"""Reviews find a way to their learner: inbox, channel, another platform, or the next thing they do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.core.drain import Drain, Unreachable
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.wiring import App
from jobs.outbox import Delivery
from jobs.tables import OutboundRow
from tests.doubles.clock import FrozenClock

ANA = Person("77", "ana", "en", zone="Europe/Sofia", inbox="dm:77")
ATTENTION, TOKENS, PADDING = "01-transformers.md", "02-tokenization.md", "03-pipelines.md"


class FakeDiscord:
    """A platform whose places can be closed, with one person on it."""

    def __init__(self, app: App, platform: str = "discord") -> None:
        self.app = app
        self.platform = platform
        self.closed: set[str] = set()
        self.tries: list[str] = []
        self.came: list[tuple[str, Delivery, Reply]] = []
        self._drain = Drain(app.outbox, platform, self._send, app.core.present)

    def _send(self, delivery: Delivery, reply: Reply) -> str:
        self.tries.append(delivery.place)
        if delivery.place in self.closed:
            raise Unreachable("50007")
        self.came.append((delivery.place, delivery, reply))
        return f"m{len(self.came)}"

    def run(self) -> list[str]:
        """Delivers what is due and drains; the places that something came to."""
        before = len(self.came)
        self.app.delivery.run()
        while self._drain.drain_once():
            pass
        return [place for place, _, _ in self.came[before:]]

    def do(self, did: Line | Call | Press, place: str = "channel:5", person: Person = ANA) -> Reply:
        shared = place.startswith("channel:")
        within = ("guild:1",) if shared else ()
        return self.app.core.dispatch(
            Turn(self.platform, person, place, "r", did, within=within, shared=shared)
        )

    def say(self, text: str, place: str = "channel:5") -> Reply:
        return self.do(Line(text), place)


@pytest.fixture
def discord(app: App) -> FakeDiscord:
    return FakeDiscord(app)


@pytest.fixture
def due(discord: FakeDiscord, clock: FrozenClock) -> Callable[[str], None]:
    """Studies a note and lets its first review become due."""

    def due(note: str) -> None:
        learner = discord.app.people.meet("discord", "77", "ana", "channel:5", "Europe/Sofia", "en", "dm:77")
        discord.app.reviews.study(learner.id, note)
        clock.move(timedelta(days=1, hours=1))
        discord.app.delivery.next_due()
        moment = discord.app.delivery.next_due()
        assert moment is not None
        clock.set(max(moment, clock.now()))

    return due


def states(app: App) -> dict[str, str]:
    with app.database.session() as session:
        return {row.key: row.state for row in session.scalars(select(OutboundRow))}


def test_what_comes_unasked_goes_to_the_inbox_not_to_where_the_learner_spoke(
    discord: FakeDiscord, due: Callable[[str], None]
) -> None:
    assert "private messages" in discord.say(f"/studied {TOKENS}").text
    due(TOKENS)
    assert discord.run() == ["dm:77"]
    assert "For" not in discord.came[0][2].text.split("\n")[0]


def test_a_snoozed_question_comes_to_the_inbox_too(
    discord: FakeDiscord, due: Callable[[str], None], clock: FrozenClock
) -> None:
    due(TOKENS)
    discord.run()
    attempt = discord.came[0][1].payload["attempt"]
    put_off = discord.do(Press(f"later?attempt={attempt}"), "channel:9")
    assert put_off.private, "when somebody's review comes is nobody else's business"
    clock.move(timedelta(hours=1))
    assert discord.run() == ["dm:77"]


def test_closed_messages_are_tried_once_said_once_and_sent_once_they_are_open(
    discord: FakeDiscord, due: Callable[[str], None], clock: FrozenClock
) -> None:
    discord.closed.add("dm:77")
    due(TOKENS)
    assert discord.run() == []
    assert discord.tries == ["dm:77"]
    assert set(states(discord.app).values()) == {"held"}
    due(PADDING)
    for _ in range(3):
        assert discord.run() == []
        clock.move(timedelta(days=1))
    assert discord.tries == ["dm:77"], "a closed door is not knocked at again"
    assert set(states(discord.app).values()) == {"dropped"}, "no pile of failed messages"
    moment = discord.app.delivery.next_due()
    assert moment is not None
    assert moment > clock.now() - timedelta(days=1), "the schedule doesn't run in circles meanwhile"

    told = discord.say("/ask What is a tokenizer?")
    assert "2 reviews wait" in told.text
    assert "/review" in told.text
    assert "private messages" in told.text
    assert [action.id for action in told.actions].count("review") == 1
    assert "wait" not in discord.say("/ask What is a tokenizer?").text, "said once"
    assert "Review 2 of 4, late" in discord.say("/review").text, (
        "and asked where the learner is, at their wish"
    )

    discord.closed.clear()
    assert discord.run() == []
    discord.say("/help", "dm:77")
    came = discord.run()
    assert came == ["dm:77"], "the one that was not asked by hand meanwhile"
    assert "held" not in states(discord.app).values()
    assert discord.tries.count("dm:77") == 2
    assert discord.run() == []


def test_what_comes_to_wait_later_is_told_too(
    discord: FakeDiscord, due: Callable[[str], None], clock: FrozenClock
) -> None:
    discord.closed.add("dm:77")
    due(TOKENS)
    discord.run()
    assert "1 review waits" in discord.say("/progress").text
    due(PADDING)
    discord.run()
    assert "reviews wait" in discord.say("/progress").text
    assert "wait" not in discord.say("/progress").text


def test_the_settings_try_private_messages_once_more(
    discord: FakeDiscord, due: Callable[[str], None]
) -> None:
    discord.closed.add("dm:77")
    due(TOKENS)
    discord.run()
    discord.say("/settings where private")
    assert discord.run() == []
    assert discord.tries == ["dm:77", "dm:77"]
    discord.closed.clear()
    discord.say("/settings where private")
    assert discord.run() == ["dm:77"]


def test_a_backlog_for_closed_messages_is_refused_once(
    discord: FakeDiscord, due: Callable[[str], None]
) -> None:
    due(TOKENS)
    discord.app.delivery.run()
    due(PADDING)
    discord.app.delivery.run()
    discord.closed.add("dm:77")
    discord.run()
    assert discord.tries == ["dm:77"]
    assert list(states(discord.app).values()) == ["dropped", "held"], "one session of both"


def test_the_channel_chosen_takes_reviews_where_messages_are_closed(
    discord: FakeDiscord, due: Callable[[str], None]
) -> None:
    assert "where those are closed" in _row(discord.say("/settings where backup", "channel:9"))
    due(TOKENS)
    assert discord.run() == ["dm:77"]
    discord.closed.add("dm:77")
    due(PADDING)
    assert discord.run() == ["channel:9"]
    assert discord.tries == ["dm:77", "dm:77", "channel:9"]
    _, delivery, reply = discord.came[-1]
    assert reply.text.startswith("For **ana**:")
    assert delivery.payload["for"] == {"id": "77", "name": "ana"}
    assert "wait" not in discord.say("/progress").text, "nothing waits"
    due(TOKENS)
    assert discord.run() == ["channel:9"], "without another try"


def test_a_channel_may_be_chosen_for_all_reviews(
    discord: FakeDiscord, due: Callable[[str], None], clock: FrozenClock
) -> None:
    assert _row(discord.say("/settings where here", "channel:9")) == "in this channel"
    assert _row(discord.say("/settings", "channel:5")) == "in the channel you chose"
    assert "in the channel you chose" in discord.say(f"/studied {TOKENS}", "channel:5").text
    due(TOKENS)
    assert discord.run() == ["channel:9"]
    attempt = discord.came[-1][1].payload["attempt"]
    discord.do(Press(f"later?attempt={attempt}"), "channel:9")
    clock.move(timedelta(hours=1))
    assert discord.run() == ["channel:9"]
    discord.closed.add("channel:9")
    due(PADDING)
    assert discord.run() == ["dm:77"], "a channel that is closed falls back to private messages"
    assert "for" not in discord.came[-1][1].payload


def test_a_channel_can_be_chosen_only_in_it(discord: FakeDiscord) -> None:
    assert discord.say("/settings where here", "dm:77").tone == "error"
    assert discord.say("/settings where upstairs").tone == "error"
    shown = discord.say("/settings", "dm:77")
    assert len(shown.actions[0].fields) == 5
    assert [value for value, _ in shown.actions[0].fields[4].choices] == ["private"]
    values = {one.name: one.value for one in shown.actions[0].fields}
    assert discord.do(Press("settings", values), "dm:77").tone == "success"
    discord.say("/settings where тук", "channel:9")
    shown = discord.say("/settings", "dm:77")
    values = {one.name: one.value for one in shown.actions[0].fields}
    assert values["where"] == "kept"
    assert _row(discord.do(Press("settings", values), "dm:77")) == "in the channel you chose"


def test_a_page_of_one_s_own_has_nothing_to_choose(app: App) -> None:
    page = FakeDiscord(app, "web")
    shown = page.do(Line("/settings"), "page", Person("ada", "Ada", "en"))
    assert [field.name for field in shown.actions[0].fields] == ["language", "zone", "hour", "quiet"]


def test_another_platform_is_better_than_waiting(
    app: App, discord: FakeDiscord, due: Callable[[str], None]
) -> None:
    web = FakeDiscord(app, "web")
    person = Person("cookie", "You", "en", zone="Europe/Sofia")
    code = app.services.linking.make_code(app.people.meet("web", "cookie", "You", "page").id, "web", "cookie")
    assert discord.say(f"/link {code}").tone == "success"
    due(TOKENS)
    discord.closed.add("dm:77")
    assert discord.run() == []
    assert web.run() == ["page"], "Discord was seen last, and is closed"
    assert "wait" not in discord.say("/progress").text
    assert "wait" not in web.do(Line("/progress"), "page", person).text


def test_linking_brings_what_waited(app: App, discord: FakeDiscord, due: Callable[[str], None]) -> None:
    discord.closed.add("dm:77")
    due(TOKENS)
    discord.run()
    web = FakeDiscord(app, "web")
    code = app.services.linking.make_code(app.people.meet("web", "cookie", "You", "page").id, "web", "cookie")
    discord.say(f"/link {code}")
    assert web.run() == ["page"]


@pytest.mark.parametrize(("language", "said"), [("bg", "преговор"), ("zh", "复习")])
def test_the_notice_is_in_the_learner_s_language(
    discord: FakeDiscord, due: Callable[[str], None], language: str, said: str
) -> None:
    due(TOKENS)
    discord.closed.add("dm:77")
    discord.run()
    discord.say(f"/settings language {language}")
    reply = discord.say("/help")
    assert reply.language == language
    assert said in reply.text.rsplit("\n\n", 1)[-1]
    assert "/settings where private" in reply.text


def test_a_message_that_isn_t_the_learner_s_own_just_fails(discord: FakeDiscord) -> None:
    app = discord.app
    learner = app.people.meet("discord", "77", "ana", "channel:5", inbox="dm:77")
    with app.database.session() as session:
        for key, edit_ref in (("group:1", None), ("job:1:result", "m1")):
            app.outbox.put(
                session,
                key=key,
                platform="discord",
                place="dm:77",
                kind="job",
                payload={"job": 1},
                learner_id=learner.id,
                edit_ref=edit_ref,
            )
    discord.closed.add("dm:77")
    discord.run()
    assert states(app) == {"group:1": "failed", "job:1:result": "failed"}
    assert not app.people.meet("discord", "77", "ana", "channel:5", inbox="dm:77").closed


def _row(reply: Reply) -> str:
    assert reply.table is not None, reply.text
    return {row[0]: row[1] for row in reply.table.rows}["Reviews come"]
