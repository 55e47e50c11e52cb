"""/try and the admin's /notes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.core.reply import Reply
from bot.core.turn import Person
from bot.wiring import App
from jobs.errors import EngineTimeout
from jobs.outbox import Delivery
from jobs.tables import JobRow
from tests.bot.conftest import ADMIN, Chat
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine


def result(app: App) -> Reply:
    """The next message about a job that is its result."""
    woken = threading.Event()
    app.outbox.subscribe("web", woken.set)
    for _ in range(100):
        for delivery in app.outbox.claim("web"):
            reply = app.core.present(delivery)
            app.outbox.sent(delivery.id, delivery.edit_ref)
            if delivery.key.endswith(":result"):
                return reply
        woken.wait(0.1)
        woken.clear()
    raise AssertionError("no result came")


def test_a_task_is_acknowledged_at_once_and_edited_into_its_result(
    app: App, chat: Chat, engine: InProcessEngine
) -> None:
    engine.held.clear()
    reply = chat.say("/try tokenize one two three")
    assert reply.tone == "progress"
    engine.held.set()
    done = result(app)
    assert done.tone == "result"
    assert "3 tokens" in done.text
    assert "`two`" in done.text
    assert "test/model" in done.text


def test_a_person_can_t_fill_the_line(chat: Chat, engine: InProcessEngine) -> None:
    engine.held.clear()
    for _ in range(3):
        assert chat.say("/try tokenize x").tone == "progress"
    assert "3 tasks of yours" in chat.say("/try tokenize x").text
    engine.held.set()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/try tokenise x", "Did you mean `tokenize`"),
        ("/try", "For example"),
        ("/try tokenize", "/try tokenize "),
        ("/try classify The match ended", "labels"),
        ("/try similarity only one", "two texts"),
        ("/try fill-mask nothing missing", "[MASK]"),
    ],
)
def test_what_cannot_work_is_refused_before_it_waits(chat: Chat, line: str, said: str) -> None:
    reply = chat.say(line)
    assert reply.tone == "error"
    assert said in reply.text


def test_a_failed_task_says_why_and_can_be_tried_again(app: App, chat: Chat, engine: InProcessEngine) -> None:
    def fails(_request: object) -> dict[str, object]:
        raise EngineTimeout(seconds=5)

    works, engine._task = engine._task, fails
    chat.say("/try tokenize x")
    failed = result(app)
    assert failed.tone == "error"
    assert "5 s" in failed.text
    engine._task = works
    chat.click(failed, "Try again")
    assert result(app).tone == "result"


def test_a_job_that_waits_for_the_worker_says_so(app: App, chat: Chat) -> None:
    chat.say("/try tokenize x")
    result(app)
    with app.database.session() as session:
        job = session.query(JobRow).one()
        job.state = "running"
    payload = {"job": job.id, "share": 0.0, "stage": "starting"}
    progress = Delivery(1, "job:1:progress", "web", "page", "r", "job", payload, None, 1)
    assert app.core.present(progress).text == "`tokenize` waits: the worker is still loading."


def test_a_job_of_someone_else_can_t_be_tried_again(
    app: App, chat: Chat, chats: Callable[[Person], Chat]
) -> None:
    chat.say("/try tokenize x")
    result(app)
    with app.database.session() as session:
        job = session.query(JobRow).one().id
    assert chats(ADMIN).press(f"retry?job={job}").tone == "error"


def test_a_job_that_is_gone_is_presented_as_a_sentence(app: App, chat: Chat) -> None:
    chat.say("/try tokenize x")
    result(app)
    gone = Delivery(1, "job:999:result", "web", "page", "r", "job", {"job": 999}, None, 1)
    assert "no longer there" in app.core.present(gone).text
    odd = Delivery(1, "x", "web", "page", "r", "nonsense", {}, None, 1)
    assert app.core.present(odd).tone == "error"


def test_after_a_refresh_no_search_is_made_while_the_database_is_held(
    app: App, chats: Callable[[Person], Chat], monkeypatch: pytest.MonkeyPatch
) -> None:
    search, searched = app.library.search, []

    def spied(*arguments: Any, **options: Any) -> object:
        with app.database.session() as session:  # has to wait for ever where one is held around the search
            searched.append(session.scalar(select(func.count()).select_from(JobRow)))
        return search(*arguments, **options)

    admin = chats(ADMIN)
    admin.say("/studied tokenization")
    note = app.course.notes_path() / "02-tokenization.md"
    text = note.read_text("utf-8")
    beam = "- **Beam** – What a search of many hypotheses keeps.\n- **Padding** –"
    note.write_text(text.replace("- **Padding** –", beam), encoding="utf-8")
    monkeypatch.setattr(app.library, "search", spied)
    admin.say("/notes refresh")
    assert result(app).tone == "result"
    assert searched
    note.write_text(text, encoding="utf-8")
    searched.clear()
    assert admin.say("/notes rollback").tone == "success"


def test_notes_are_for_admins(chat: Chat) -> None:
    assert "admins" in chat.say("/notes").text
    assert "admins" in chat.press("notes?action=refresh").text


def test_an_admin_is_told_in_one_line_how_many_messages_are_stuck(
    app: App, chats: Callable[[Person], Chat]
) -> None:
    admin = chats(ADMIN)
    told = admin.say("/notes").table
    assert told is not None
    assert "Stuck messages" not in [name for name, _ in told.rows]
    with app.database.session() as session:
        for key in ("a", "b"):
            app.outbox.put(
                session, key=key, platform="discord", place="channel:9", kind="group_question", payload={}
            )
    for delivery in app.outbox.claim("discord"):
        app.outbox.failed(delivery.id, "unknown channel", None)
    told = admin.say("/notes").table
    assert told is not None
    assert [value for name, value in told.rows if name == "Stuck messages"] == [
        "2; recap review stuck says why"
    ]


def test_an_admin_sees_refreshes_and_rolls_back(
    app: App, chats: Callable[[Person], Chat], clock: FrozenClock
) -> None:
    admin = chats(ADMIN)
    status = admin.say("/notes")
    assert status.table is not None
    assert "9 notes" in str(status.table.rows)
    folder = app.course.notes_path()
    (folder / "new.md").write_text("# Beams\n\nA beam search keeps the best hypotheses.\n", encoding="utf-8")
    (folder / "odd.md").write_bytes(b"\x00\x01\x02\xff" * 100)
    admin.click(status, "Refresh")
    report = result(app)
    assert "10 notes" in report.text
    assert "odd.md" in report.text
    assert "10 notes" in admin.say("/notes sources").text
    admin.say("Who won the football world cup in 1994?")
    gaps = admin.say("/notes gaps")
    assert gaps.table is not None
    assert gaps.table.rows[0][0].startswith("Who won")
    assert "is back" in admin.say("/notes rollback").text
    assert "9 notes" in admin.say("/notes sources").text
