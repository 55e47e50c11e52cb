"""Several courses in one process: which one a turn, a button and a message are about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE
from bot.core.complete import Suggestion
from bot.core.courses import LONGEST_ID
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn, Where
from bot.wiring import App, wire
from tests.bot.conftest import ADMIN, LEARNER
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.jobs.engine.conftest import until

LONG = "a-course-with-a-very-long-short-name-that-nobody-would-ever-type"
BIOLOGY = """# Cells

## What a mitochondrion does

A mitochondrion makes most of the ATP that a cell lives on.

## Quiz

1. What does a mitochondrion make?
   It makes most of the ATP that a cell lives on.
"""
DEEP = "a/very/deep/folder/of/notes/with/long/names/that/no/button/could/hold/петнадесета записка.md"


@pytest.fixture
def school(
    indexed: Path, tmp_path: Path, clock: FrozenClock, engine: InProcessEngine, database_url: str
) -> Iterator[App]:
    """The sample course, one on biology, and one with a long name that has the same note twice."""
    shutil.copytree(indexed, tmp_path / "data")
    biology, other = tmp_path / "biology", tmp_path / "other"
    for folder in (biology, other):
        folder.mkdir()
        (folder / "cells.md").write_text(BIOLOGY, encoding="utf-8")
    (other / DEEP).parent.mkdir(parents=True)
    (other / DEEP).write_text("# Ribosomes\n\nA ribosome makes proteins.\n", encoding="utf-8")
    app = wire(
        config.load(
            {
                "RECAP_DATA_PATH": str(tmp_path / "data"),
                "RECAP_DATABASE__URL": database_url,
                "RECAP_NOTES__PATH": str(tmp_path / "data" / "notes"),
                "RECAP_COURSES__BIO__PATH": str(biology),
                "RECAP_COURSES__BIO__TITLE": "Biology",
                f"RECAP_COURSES__{LONG.upper()}__PATH": str(other),
            },
            NOWHERE,
        ),
        clock,
        engine,
    )
    app.prepare()
    for course in app.courses.values():
        course.refresh(app.engine)
    app.queue.start()
    yield app
    app.queue.stop()
    app.stop()


class Room:
    """One person's end of a place."""

    def __init__(self, app: App, where: Where, person: Person = LEARNER) -> None:
        self.app, self.where, self.person = app, where, person

    def say(self, text: str) -> Reply:
        return self._do(Line(text))

    def call(self, command: str, **arguments: str) -> Reply:
        return self._do(Call(command, arguments))

    def click(self, reply: Reply, label: str, **fields: str) -> Reply:
        action = next(one for one in reply.actions if one.label.startswith(label))
        return self._do(Press(action.id, fields))

    def press(self, action: str) -> Reply:
        return self._do(Press(action))

    def _do(self, did: Line | Call | Press) -> Reply:
        where = self.where
        reply = self.app.core.dispatch(
            Turn(where.platform, self.person, where.place, "r", did, where.within, where.shared)
        )
        assert Reply.from_json(reply.to_json()) == reply
        assert all(len(action.id) <= LONGEST_ID for action in reply.actions)
        return reply


THREAD = Where("discord", "channel:12", ("channel:1", "guild:9"), shared=True)
CHANNEL = Where("discord", "channel:1", ("guild:9",), shared=True)
ELSEWHERE = Where("discord", "channel:2", ("guild:9",), shared=True)
PRIVATE = Where("web", "web:ada")


def test_a_place_belongs_to_the_course_that_an_admin_gave_it(school: App) -> None:
    admin = Room(school, CHANNEL, ADMIN)
    assert admin.say("What does a mitochondrion make?").citations == ()
    assert "Biology" in admin.call("course", course="bio").text
    for where in (CHANNEL, THREAD):
        reply = Room(school, where).say("What does a mitochondrion make?")
        assert reply.citations, "a thread belongs to its channel's course"
        assert reply.course == "bio"
    reply = Room(school, ELSEWHERE).say("What does a mitochondrion make?")
    assert reply.citations == ()
    assert reply.course == "course"


def test_the_nearest_place_around_a_conversation_counts(school: App) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio", where="server")
    assert Room(school, ELSEWHERE).say("/learn").course == "bio"
    Room(school, THREAD, ADMIN).call("course", course="course")
    assert Room(school, THREAD).say("/learn").course == "course"
    assert Room(school, CHANNEL).say("/learn").course == "bio"
    Room(school, THREAD, ADMIN).call("course", course="off")
    assert Room(school, THREAD).say("/learn").course == "bio"


def test_only_admins_bind_a_place_that_others_read_and_everybody_their_own(school: App) -> None:
    for where, arguments in ((CHANNEL, {}), (PRIVATE, {"where": "server"})):
        refused = Room(school, where).call("course", course="bio", **arguments)
        assert (refused.tone, refused.private) == ("error", True)
    assert Room(school, CHANNEL).call("course").actions == ()
    mine = Room(school, PRIVATE)
    assert mine.click(mine.call("course"), "Biology").tone == "success"
    assert mine.say("What does a mitochondrion make?").citations
    assert mine.call("course", course="off").tone == "success"
    assert mine.say("/learn").course == "course"
    assert "server" in Room(school, PRIVATE, ADMIN).call("course", course="bio", where="server").text


def test_a_private_place_goes_on_with_the_course_that_its_learner_used_last(school: App) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio")
    mine = Room(school, Where("discord", "dm:5"))
    assert mine.say("/learn").course == "course"
    Room(school, CHANNEL).say("What is a cell?")
    assert mine.say("/learn").course == "bio"
    assert "Biology" in mine.call("course").text
    assert Room(school, ELSEWHERE).say("/learn").course == "course", "others read along there"


def test_a_course_is_found_by_title_and_a_wrong_one_is_named_with_the_nearest(school: App) -> None:
    admin = Room(school, CHANNEL, ADMIN)
    assert admin.call("course", course="BIOLOGY").tone == "success"
    wrong = admin.call("course", course="biolgy")
    assert wrong.tone == "error"
    assert "bio" in wrong.text
    assert admin.say("/learn").course == "bio"


def test_a_binding_to_a_course_that_has_gone_counts_as_none(school: App, clock: FrozenClock) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio")
    Room(school, CHANNEL, ADMIN).call("course", course=LONG, where="server")
    left = {name: one for name, one in school.settings.courses.items() if name != "bio"}
    app = wire(school.settings.model_copy(update={"courses": left}), clock, InProcessEngine(clock))
    try:
        assert Room(app, CHANNEL).say("/learn").course == LONG
        gone = Room(app, CHANNEL).press("learn?note=cells.md&c=bio")
        assert gone.tone == "error"
        assert "no longer" in gone.text
    finally:
        app.stop()


def test_a_button_acts_on_the_course_of_its_message_wherever_it_is_pressed(school: App) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course=LONG)
    listed = Room(school, CHANNEL).say("/learn")
    assert len(listed.actions) == 2
    Room(school, CHANNEL, ADMIN).call("course", course="course")
    for action in listed.actions:
        shown = Room(school, PRIVATE).press(action.id)
        assert (shown.tone, shown.course) == ("note", LONG)
        for title in ("I studied this", "Quiz me on"):
            assert Room(school, PRIVATE).click(shown, title).course == LONG


def test_a_question_is_answered_in_its_own_course_wherever_the_button_is_pressed(school: App) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio")
    asked = Room(school, CHANNEL).say("/quiz")
    assert all("c=" not in action.id for action in asked.actions), "the question knows its course"
    shown = Room(school, ELSEWHERE).click(asked, "Show answer")
    assert shown.course == "bio"
    assert shown.citations[0].note == "cells.md"
    rated = Room(school, ELSEWHERE).click(shown, "Good")
    assert Room(school, ELSEWHERE).click(rated, "Another question").course == "bio"


def test_a_typed_answer_goes_to_the_course_of_the_open_question(school: App) -> None:
    mine = Room(school, PRIVATE)
    mine.call("course", course="bio")
    mine.say("/quiz")
    school.services.courses.bind("web", "web:ada", "course")
    assert mine.say("ATP").citations[0].note == "cells.md"


def test_a_button_from_the_time_of_one_course_means_that_course(school: App) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio")
    path = school.library.notes("course")[0].path
    assert Room(school, CHANNEL).press(f"learn?note={path}").course == "course"
    assert Room(school, CHANNEL).press("learn").course == "bio"


def test_with_one_course_nothing_is_signed(app: App) -> None:
    reply = Room(app, PRIVATE).say("/learn")
    assert reply.course == ""
    assert not any("c=" in action.id for action in reply.actions)
    assert "one course" in Room(app, PRIVATE).call("course").text


def test_what_comes_unasked_is_of_its_own_course(school: App, clock: FrozenClock) -> None:
    mine = Room(school, PRIVATE, replace(LEARNER, zone="UTC"))
    for course in ("bio", "course"):
        mine.call("course", course=course)
        learned = mine.say("/learn")
        mine.click(mine.press(learned.actions[0].id), "I studied this")
    clock.move(timedelta(days=2))
    assert school.scheduler._deliver_due() == 1, "one session over both courses"
    (first,) = [school.core.present(one) for one in school.outbox.claim("web")]
    second = mine.click(mine.click(first, "Show answer"), "Good")
    shown = [mine.click(question, "Show answer") for question in (first, second)]
    assert [first.course, *(reply.course for reply in shown)] == ["bio", "bio", "course"]


def test_what_is_due_in_another_course_is_offered_where_nothing_else_is(
    school: App, clock: FrozenClock
) -> None:
    mine = Room(school, PRIVATE)
    mine.call("course", course="bio")
    mine.click(mine.press(mine.say("/learn").actions[0].id), "I studied this")
    mine.call("course", course="course")
    clock.move(timedelta(days=2))
    asked = mine.click(mine.say("/review"), "Due in Biology")
    assert (asked.tone, asked.course) == ("question", "bio")


def test_the_daily_cap_counts_over_all_courses(school: App, clock: FrozenClock) -> None:
    settings = school.settings.model_copy(
        update={"review": school.settings.review.model_copy(update={"daily_cap": 1})}
    )
    app = wire(settings, clock, InProcessEngine(clock))
    mine = Room(app, PRIVATE)
    for course in ("bio", LONG, "course"):
        mine.call("course", course=course)
        mine.click(mine.press(mine.say("/learn").actions[0].id), "I studied this")
        clock.move(timedelta(minutes=1))
    clock.move(timedelta(days=1, hours=10))
    assert [app.scheduler._deliver_due() for _ in range(2)] == [1, 0]
    (first,) = app.outbox.claim("web")
    assert app.core.present(first).course == "bio", (
        "the longest overdue comes first, whichever course it is of"
    )
    app.stop()


def test_a_refresh_works_on_the_course_of_its_place_and_two_do_not_wait_for_each_other(
    school: App, tmp_path: Path
) -> None:
    Room(school, CHANNEL, ADMIN).call("course", course="bio")
    (tmp_path / "biology" / "genes.md").write_text("# Genes\n\nA gene codes for a protein.\n")
    school.queue.stop()
    assert Room(school, CHANNEL, ADMIN).call("notes", action="refresh").tone == "progress"
    assert "already" in Room(school, CHANNEL, ADMIN).call("notes", action="refresh").text
    assert "already" not in Room(school, ELSEWHERE, ADMIN).call("notes", action="refresh").text
    school.queue.start()
    until(lambda: school.queue.waiting() == 0)
    assert len(school.library.notes("bio")) == 2
    assert "genes.md" in str(Room(school, CHANNEL, ADMIN).call("notes", action="sources").table)


def test_suggestions_and_the_welcome_know_the_course_of_the_place(school: App) -> None:
    Room(school, PRIVATE).call("course", course="bio")

    def suggested(line: str, where: Where | None) -> list[Suggestion]:
        return school.core.complete(LEARNER, line, where)

    assert [one.label for one in suggested("/learn ", PRIVATE)] == ["Cells"]
    assert len(suggested("/learn ", None)) > 1
    assert {one.label for one in suggested("/course ", PRIVATE)} == {"course", "bio", LONG}
    assert "1 note" in school.core.welcome(LEARNER, PRIVATE).text
    assert "9 notes" in school.core.welcome(LEARNER).text


def test_a_citation_opens_in_the_course_of_its_reply(school: App) -> None:
    mine = Room(school, PRIVATE)
    mine.call("course", course="bio")
    reply = mine.say("What does a mitochondrion make?")
    one = reply.citations[0]
    assert school.core.passage(one.note, one.start, one.end, reply.course).title == "Cells"


def test_not_finding_an_answer_says_in_which_course_it_was_looked_for(school: App) -> None:
    mine = Room(school, PRIVATE)
    mine.call("course", course="bio")
    assert "Biology" in mine.say("Who won the 1998 football championship?").text
