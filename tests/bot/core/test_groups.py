"""`/group`, the channel's questions and their answers, in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core import groups_shown
from bot.core.reply import Action, Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.wiring import App
from knowledge.notes import Language
from tests.bot.conftest import Chat
from tests.doubles.clock import FrozenClock

PLACE, SERVER = "channel:7", "guild:1"
SOFIA = ZoneInfo("Europe/Sofia")
ADMIN = Person("boss", "Boss", "en", zone="Europe/Sofia", is_admin=True, inbox="dm:boss")
ADA = Person("ada", "Ada", "en", zone="Europe/Sofia", inbox="dm:ada")
BO = Person("bo", "Bo", "en", zone="Europe/Sofia", inbox="dm:bo")
CY = Person("cy", "Cy", "en", zone="Europe/Sofia", inbox="dm:cy")
START = "/group start Transformers time:18:30 days:daily"


@dataclass
class Channel:
    """A channel that several people read, with what is posted in it."""

    app: App
    clock: FrozenClock
    posted: dict[str, Reply] = field(default_factory=dict)
    """What each message shows now, by its reference."""

    def do(self, person: Person, did: Line | Call | Press) -> Reply:
        turn = Turn("discord", person, PLACE, "ref", did, within=(SERVER,), shared=True)
        reply = self.app.core.dispatch(turn)
        assert Reply.from_json(reply.to_json()) == reply
        assert all(len(action.id) <= 84 for action in reply.actions), "no room for the course"
        return reply

    def say(self, person: Person, text: str) -> Reply:
        return self.do(person, Line(text))

    def press(self, person: Person, reply: Reply, label: str, **fields: str) -> Reply:
        action = next(one for one in reply.actions if label in one.label)
        assert set(fields) <= {one.name for one in action.fields}
        return self.do(person, Press(action.id, fields))

    def pass_to(self, hour: int, minute: int = 0, days: int = 0) -> list[Reply]:
        """What is newly posted up to that local time."""
        now = self.clock.now().astimezone(SOFIA)
        then = (now + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)
        found: list[Reply] = []
        while True:
            self.app.groups.watch.run()
            for delivery in self.app.outbox.claim("discord", limit=99):
                reply = self.app.core.present(delivery)
                assert Reply.from_json(reply.to_json()) == reply
                if delivery.kind.startswith("group"):
                    reference = delivery.edit_ref or f"m{delivery.id}"
                    found += [] if delivery.edit_ref else [reply]
                    self.posted[reference] = reply
                self.app.outbox.sent(delivery.id, delivery.edit_ref or f"m{delivery.id}")
            due = self.app.groups.watch.next_due()
            if due is None or due > then:
                self.clock.set(max(then.astimezone(UTC), self.clock.now()))
                return found
            self.clock.set(max(due, self.clock.now()))


@pytest.fixture
def channel(app: App, clock: FrozenClock) -> Channel:
    clock.set(datetime(2026, 3, 2, 12, tzinfo=SOFIA).astimezone(UTC))
    return Channel(app, clock)


def choices(reply: Reply) -> list[Action]:
    return [action for action in reply.actions if action.id.startswith("group_choose")]


def right(reply: Reply) -> str:
    return next(action.label for action in choices(reply) if "far back had faded" in action.label)


def wrong(reply: Reply) -> str:
    return next(action.label for action in choices(reply) if "Their vocabularies" in action.label)


def asked(channel: Channel, *members: Person) -> Reply:
    started = channel.say(ADMIN, START)
    assert started.tone == "success", started.text
    for member in members:
        channel.press(member, started, "Join")
    (question,) = channel.pass_to(18, 30)
    return question


def test_a_group_that_nobody_answers_says_that_it_pauses_and_goes_on_at_a_press(channel: Channel) -> None:
    channel.say(ADMIN, START)
    *_, paused = channel.pass_to(12, days=9)
    assert "Nobody answered the last 5 questions" in paused.text
    assert not paused.private
    going_on = channel.press(BO, paused, "Ask on")
    assert "goes on" in going_on.text
    assert not going_on.private
    assert "today at 6:30" in going_on.text
    assert all(action.label != "Ask on" for action in going_on.actions)
    (question,) = channel.pass_to(18, 30)
    assert any(one.id.startswith(("group_choose", "group_answer")) for one in question.actions)
    assert channel.press(BO, paused, "Ask on").tone == "success", "pressed again, nothing changes"
    channel.say(ADMIN, "/group stop")
    assert channel.press(BO, paused, "Ask on").tone == "error", "what an admin stopped stays so"


# The group


def test_an_admin_begins_a_group_in_one_line_and_everyone_can_join(channel: Channel) -> None:
    started = channel.say(
        ADMIN, "/group start tokenization time:18:30 zone:Europe/Sofia days:mon-fri closes:3h"
    )
    assert not started.private
    for told in ("Tokenization", "Mon–Fri, 6:30", "Europe/Sofia", "3 hours", "today at 6:30"):
        assert told in started.text
    joined = channel.press(ADA, started, "Join")
    assert joined.private
    assert "the first member" in joined.text
    assert "**1** member" in channel.say(BO, "/group").text
    assert "left the group" in channel.press(ADA, joined, "Leave").text
    assert "**0** members" in channel.say(BO, "/group").text


def test_a_group_begins_with_the_form_as_well(channel: Channel) -> None:
    empty = channel.say(ADMIN, "/group")
    assert empty.private
    (action,) = empty.actions
    filled = {one.name: one.value for one in action.fields}
    assert filled["zone"] == "Europe/Sofia"
    started = channel.do(ADMIN, Press(action.id, {**filled, "time": "8pm"}))
    assert "what its members study" in started.text
    assert "8:00" in started.text


def test_without_a_word_on_it_the_group_is_asked_on_weekdays_in_the_admin_s_zone(channel: Channel) -> None:
    started = channel.do(ADMIN, Call("group", {"what": "start"}))
    for told in ("Mon–Fri", "6:00", "Europe/Sofia", "12 hours"):
        assert told in started.text


@pytest.mark.parametrize("line", ["/group start", "/group stop", "/group quiz"])
def test_only_an_admin_plans_a_group(channel: Channel, line: str) -> None:
    refused = channel.say(ADA, line)
    assert (refused.tone, refused.private) == ("error", True)
    assert "admins" in refused.text
    assert "An admin can begin one" in channel.say(ADA, "/group").text
    assert channel.do(ADA, Press("group_plan", {"time": "18:00"})).tone == "error"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/group start time:25:00", "18:30"),
        ("/group start days:someday", "mon-fri"),
        ("/group start zone:Sofya", "Europe/Sofia"),
        ("/group start closes:never", "12h"),
        ("/group start qqqqzzzz", "no note"),
        ("/group stop", "no study group"),
        ("/group quiz", "no study group"),
        ("/group sing", "start, stop, quiz"),
    ],
)
def test_what_can_not_be_is_said_with_what_can(channel: Channel, line: str, told: str) -> None:
    refused = channel.say(ADMIN, line)
    assert refused.tone == "error"
    assert told in refused.text


@pytest.mark.parametrize("line", ["/group", "/group start", "/group quiz"])
def test_where_nobody_else_reads_along_there_is_no_group(chat: Chat, line: str) -> None:
    reply = chat.say(line)
    assert reply.tone == "error"
    assert "several people" in reply.text
    assert chat.press("group_plan", time="18:00").tone == "error"


def test_a_group_begun_by_its_form_is_shown_to_the_whole_channel(channel: Channel) -> None:
    offered = channel.say(ADMIN, "/group")
    assert offered.private
    begun = channel.press(ADMIN, offered, "Start", time="18:30", zone="Europe/Sofia")
    assert begun.private
    (shown,) = channel.pass_to(12)
    assert "18:30" in shown.text or "6:30" in shown.text
    assert "Join" in shown.actions[0].label
    assert not shown.private
    assert channel.press(ADA, shown, "Join").private


def test_a_group_s_figures_say_in_words_that_nothing_was_answered(channel: Channel) -> None:
    asked(channel, ADA)
    told = channel.say(ADA, "/group progress").text
    assert "No question answered yet" in told
    assert "0 " not in told


def test_stopping_ends_the_questions(channel: Channel) -> None:
    channel.say(ADMIN, START)
    assert channel.say(ADMIN, "/group stop").tone == "success"
    assert channel.pass_to(18, 30, days=3) == []
    assert "paused" in channel.say(ADA, "/group").text


def test_a_question_comes_at_once_when_an_admin_wants_it(channel: Channel) -> None:
    channel.say(ADMIN, START)
    assert channel.say(ADMIN, "/group quiz").private
    (question,) = channel.pass_to(12)
    assert question.tone == "question"
    assert "open here already" in channel.say(ADMIN, "/group quiz").text


# A round


def test_a_question_is_answered_unseen_and_revealed_with_numbers_only(channel: Channel) -> None:
    question = asked(channel, ADA, BO)
    assert "Group quiz" in question.text
    assert "tomorrow at 6:30" in question.text
    assert len(choices(question)) == 4
    assert not any(action.group for action in question.actions)
    assert not any("Show" in action.label or "Later" in action.label for action in question.actions)
    noted = channel.press(ADA, question, wrong(question))
    assert noted.private
    assert "still open" in channel.do(ADA, Press("group_rate?round=1")).text
    assert "That is what subword" not in noted.text
    assert "Right" not in noted.text
    assert channel.pass_to(18, 31) == []
    (shown,) = channel.posted.values()
    assert "**1** answer so far" in shown.text
    changed = channel.press(ADA, question, right(question))
    assert "Changed" in changed.text
    guest = channel.press(CY, question, wrong(question))
    assert "aren't in this study group" in guest.text
    assert any("Join" in action.label for action in guest.actions)
    last = channel.press(BO, question, wrong(question))
    assert "Everyone has answered" in last.text
    (reveal,) = channel.pass_to(18, 32)
    assert "**1** of 3 answers are right" in reveal.text
    assert "The notes say:" in reveal.text
    assert reveal.table is not None
    counts = {row[0].rstrip(" ✓")[3:20]: row[1][-1] for row in reveal.table.rows}
    assert sorted(counts.values()) == ["0", "0", "1", "2"]
    assert [row[0] for row in reveal.table.rows if row[0].endswith("✓")] == [f"{right(question)} ✓"]
    for name in ("Ada", "Bo", "Cy", "@"):
        assert name not in reveal.text
    closed = next(iter(channel.posted.values()))
    assert "closed" in closed.text
    assert choices(closed) == []
    assert "closed" in channel.press(CY, question, right(question)).text
    number = choices(question)[0].id.partition("round=")[2].partition("&")[0]
    opened = Turn("discord", CY, PLACE, "ref", Press(f"group_answer?round={number}"), shared=True)
    assert channel.app.core.form(opened) is None, "nobody writes an answer that is taken no more"


def test_each_learner_rates_their_own_answer_in_private(channel: Channel, app: App) -> None:
    question = asked(channel, ADA, BO)
    channel.press(ADA, question, right(question))
    channel.press(BO, question, wrong(question))
    (reveal,) = channel.pass_to(18, 31)
    mine = channel.press(BO, reveal, "Rate my answer")
    assert mine.private
    assert "Not quite" in mine.text
    assert "I noted *Again*" in mine.text
    rated = channel.press(BO, mine, "Hard")
    assert rated.private
    assert rated.tone == "success"
    assert "I noted *Good*" in channel.press(ADA, reveal, "Rate my answer").text
    assert "didn't answer" in channel.press(CY, reveal, "Rate my answer").text
    learner = app.people.meet("discord", "ada", "Ada", PLACE)
    assert {review.note for review in app.reviews.upcoming(learner.id)} == {"01-transformers.md"}


def test_an_answer_in_words_is_shown_beside_the_passage_and_rated(channel: Channel) -> None:
    started = channel.say(ADMIN, "/group start 03-pipelines time:18:30 days:daily")
    assert "Pipelines" in started.text, started.text
    for member in (ADA, BO):
        channel.press(member, started, "Join")
    question: Reply | None = None
    for day in range(9):
        *_, question = channel.pass_to(18, 30, days=min(day, 1))
        if not choices(question):
            break
        channel.press(ADA, question, choices(question)[0].label)
    assert question is not None
    (field_,) = next(action for action in question.actions if action.label == "Answer").fields
    assert field_.multiline
    assert "empty" in channel.press(ADA, question, "Answer", response=" ").text
    noted = channel.press(ADA, question, "Answer", response="first @everyone this\n# then that")
    assert "> first @everyone this" in noted.text
    channel.press(BO, question, "Answer", response="no idea")
    (reveal,) = channel.pass_to(18, 31)
    assert "**2** answers. As far as I can tell, **0** right, **0** partly right, " in reveal.text
    assert "@everyone" not in reveal.text
    assert reveal.table is None
    mine = channel.press(ADA, reveal, "Rate my answer")
    assert "first @everyone this" in mine.text
    assert not any(name in reveal.text for name in ("Ada", "Bo"))
    channel.press(ADA, mine, "Good")
    channel.pass_to(18, 32)
    shown = [one for one in channel.posted.values() if one.tone == "answer"][-1]
    assert shown.table is not None
    assert [row[1][-1] for row in shown.table.rows] == ["0", "0", "1", "0"]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("**2** right, **1** partly right, **2** not right.", "Not judged: 1.", "Given by several: ")),
        ("bg", ("**2** верни, **1** отчасти верни, **2** неверни.", "Без преценка: 1.", "Дадени от няколко")),
        ("zh", ("**2** 个正确，**1** 个部分正确，**2** 个不正确。", "无法判断：1 个。", "多人给出的答案")),
    ],
)
def test_the_answers_to_a_gap_are_told_in_numbers_with_what_several_typed(
    channel: Channel, language: Language, told: tuple[str, ...]
) -> None:
    asked(channel, ADA, BO)
    closed = replace(
        channel.app.groups.round(1),
        choices=(), language=language, state="closed", answers=6, verdicts=(2, 1, 2),
        expected=("attention",), common=(("attention", 2), ("*all*", 2)),
    )  # fmt: skip
    reveal = groups_shown.reveal(groups_shown.channel_voice(closed), closed)
    for part in told:
        assert part in reveal.text
    assert "**attention**" in reveal.text.split("\n\n")[3]
    assert "\\*all\\*" in reveal.text, "what people type is no Markdown"


def test_where_nobody_answered_the_question_itself_shows_what_is_right(channel: Channel) -> None:
    asked(channel, ADA, BO)
    assert channel.pass_to(12, 0, days=1) == []
    (shown,) = channel.posted.values()
    assert "Nobody answered" in shown.text
    assert "Right is" in shown.text
    assert shown.citations[0].note == "01-transformers.md"


@pytest.mark.parametrize(
    ("language", "topic", "letters", "quiz", "noted", "solved"),
    [
        ("en", "transformers", "ABCD", "Group quiz", "only you see it", "are right"),
        ("bg", "08-first-steps", "АБВ", "Групов въпрос", "виждаш го само ти", "Верни:"),
        ("zh", "微调入门", "ABC", "小组测验", "只有你能看到", "人答对"),
    ],
)
def test_a_channel_is_spoken_to_in_its_group_s_language(
    channel: Channel, language: Language, topic: str, letters: str, quiz: str, noted: str, solved: str
) -> None:
    for person in (ADMIN, ADA):
        channel.say(person, f"/settings language {language}")
    started = channel.say(ADMIN, f"/group start {topic} time:18:30 days:daily closes:2h")
    assert started.tone == "success", started.text
    assert not re.search(r"\{\w+\}", started.text)
    (question,) = channel.pass_to(18, 30)
    assert quiz in question.text
    assert "".join(action.label[0] for action in choices(question)) == letters
    first, second = choices(question)[:2]
    assert noted in channel.do(ADA, Press(first.id)).text
    # Who reads in another language is told in that, but by the letters of the channel.
    other = channel.do(BO, Press(second.id))
    assert f"**{letters[1]})**" in other.text
    assert "only you see it" in other.text
    (reveal,) = channel.pass_to(20, 31)
    assert solved in reveal.text
    assert reveal.language == language


def test_a_button_of_a_question_that_is_gone_gets_a_sentence(channel: Channel) -> None:
    for action in (
        "group_choose?round=99&choice=0",
        "group_choose?round=1",
        "group_answer?round=99",
        "group_rate?round=99",
        "group_join?group=99",
        "group_leave?group=x",
    ):
        reply = channel.do(ADA, Press(action, {"response": "x"} if "answer" in action else {}))
        assert (reply.tone, reply.private) == ("error", True), action
        assert "log" not in reply.text


# Typing


@pytest.mark.parametrize(
    "line",
    [
        "/group start Tokenization time:18:30 days:mon-fri",
        "/group start time:18:30 days:mon-fri Tokenization",
        "/group start time:18:30 Tokenization days:mon-fri",
        "/group what:start days:mon-fri Tokenization time:18:30",
    ],
)
def test_the_topic_may_stand_before_behind_or_between_the_options(channel: Channel, line: str) -> None:
    started = channel.say(ADMIN, line)
    for told in ("**Tokenization**", "6:30", "Mon–Fri"):
        assert told in started.text


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("/gr", "/group "),
        ("/group ", "/group start "),
        ("/group start tok", "/group start Tokenization"),
        ("/group start Tokenization ", "/group start Tokenization time:"),
        ("/group start Tokenization da", "/group start Tokenization days:"),
        ("/group start Tokenization days:mo", "/group start Tokenization days:mon-fri "),
        ("/group start time:", "/group start time:18:00 "),
        ("/group start zone:Europe/Sof", "/group start zone:Europe/Sofia "),
        ("/group start closes:", "/group start closes:12h "),
    ],
)
def test_a_group_s_line_completes_as_it_is_typed(app: App, typed: str, offered: str) -> None:
    assert offered in [suggestion.insert for suggestion in app.core.complete(ADMIN, typed)]


def test_a_rest_that_is_not_loose_keeps_what_looks_like_an_option(chats: Callable[[Person], Chat]) -> None:
    reply = chats(ADA).say("/ask what does time:18:30 mean in the notes?")
    assert reply.tone == "answer"
