"""`/notes upload`: notes by attachment, the report, and taking them back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn, Upload
from bot.course import sample_course
from bot.wiring import App, wire
from tests.bot.conftest import ADMIN, LEARNER
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.jobs.engine.conftest import until

CELLS = "# Cells\n\nA mitochondrion makes most of the ATP that a cell lives on.\n"


def file(name: str, text: str | bytes = CELLS, size: int | None = None) -> Upload:
    content = text.encode() if isinstance(text, str) else text
    return Upload(name, len(content) if size is None else size, lambda: content)


class Admin:
    """An admin on a platform with attachments; gives what the message says in the end."""

    def __init__(self, app: App, person: Person = ADMIN, platform: str = "discord") -> None:
        self.app, self.person, self.platform = app, person, platform

    def upload(self, *files: Upload) -> Reply:
        return self.do(Call("notes", {"action": "upload"}, files))

    def do(self, did: Line | Call | Press) -> Reply:
        turn = Turn(self.platform, self.person, "channel:1", "r", did, shared=True)
        reply = self.app.core.dispatch(turn)
        if reply.tone != "progress":
            return reply
        until(lambda: self.app.queue.waiting() == 0)
        *_, last = self.app.outbox.claim(self.platform)
        self.app.outbox.sent(last.id, "r")
        return self.app.core.present(last)

    def click(self, reply: Reply, label: str) -> Reply:
        action = next(one for one in reply.actions if one.label.startswith(label))
        return self.do(Press(action.id))


@pytest.fixture
def sampled(tmp_path: Path, clock: FrozenClock, database_url: str) -> Iterator[App]:
    """An installation whose course is the sample that comes with Recap."""
    environment = {"RECAP_DATA_PATH": str(tmp_path / "data"), "RECAP_DATABASE__URL": database_url}
    app = wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock))
    app.prepare()
    app.course.refresh(app.engine)
    app.queue.start()
    yield app
    app.queue.stop()
    app.stop()


def test_attached_notes_are_indexed_and_answer(app: App) -> None:
    admin = Admin(app)
    done = admin.upload(file("Клетки и енергия.md"), file("../more.txt", "Ribosomes make proteins.\n"))
    assert done.tone == "result"
    for told in ("Клетки и енергия.md", "more.txt", "2 new"):
        assert told in done.text
    assert (app.course.notes_path() / "more.txt").is_file()
    asked = admin.do(Line("What does a mitochondrion make?"))
    assert asked.citations[0].note == "Клетки и енергия.md"


def test_a_note_of_the_same_name_is_replaced_said_so_and_brought_back_by_the_button(app: App) -> None:
    admin = Admin(app)
    path = app.course.notes_path() / "02-tokenization.md"
    before = path.read_bytes()
    done = admin.upload(file("02-Tokenization.md"))
    assert "Replaced" in done.text
    assert path.read_text() == CELLS
    undone = admin.click(done, "Undo")
    assert "As it was before" in undone.text
    assert path.read_bytes() == before
    assert "already" in admin.click(done, "Undo").text


def test_the_last_upload_can_be_taken_back_by_command(app: App) -> None:
    admin = Admin(app)
    assert admin.do(Line("/notes undo")).tone == "error"
    admin.upload(file("cells.md"))
    assert "Removed" in admin.do(Line("/notes undo")).text
    assert not (app.course.notes_path() / "cells.md").exists()


def test_taking_back_what_went_into_an_earlier_folder_leaves_the_course_with_its_own(
    sampled: App, tmp_path: Path
) -> None:
    admin = Admin(sampled)
    done = admin.upload(file("cells.md"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.md").write_text("# Ribosomes\n\nRibosomes make proteins.\n")
    sampled.course.refresh(sampled.engine, notes=other)
    undone = admin.click(done, "Undo")
    assert "Removed" in undone.text
    assert sampled.course.notes_path() == other
    assert [note.path for note in sampled.library.notes("course")] == ["one.md"]


def test_what_can_t_be_a_note_is_named_with_its_reason_and_the_others_are_taken(app: App) -> None:
    done = Admin(app).upload(
        file("cells.md"),
        file("slides.pdf"),
        file("empty.txt", " \n"),
        file("picture.md", b"\x89PNG\x00\x01" * 99),
    )
    assert (app.course.notes_path() / "cells.md").is_file()
    for name in ("slides.pdf", "empty.txt", "picture.md"):
        assert name in done.text
    refused = Admin(app).upload(file("slides.pdf"))
    assert refused.tone == "error"
    assert "slides.pdf" in refused.text


def test_what_is_there_already_is_not_written_again(app: App) -> None:
    admin = Admin(app)
    admin.upload(file("cells.md"))
    again = admin.upload(file("cells.md"))
    assert again.tone != "progress"
    assert "Already there" in again.text
    assert again.actions == ()


def unreadable() -> bytes:
    raise OSError("the platform is away")


@pytest.mark.parametrize(
    "files",
    [
        [file(f"{n}.md") for n in range(21)],
        [file("a.md", size=26 * 2**20)],
        [file(f"{n}.md", "text " * 10**6 * 2, size=1) for n in range(4)],
        [file("a.md", size=11 * 2**20)],
        [Upload("a.md", 5, unreadable)],
        [file("a.md", "text " * 10**6 * 3, size=1)],
    ],
)
def test_too_much_or_nothing_to_be_had_writes_nothing(app: App, files: list[Upload]) -> None:
    before = sorted(app.course.notes_path().iterdir())
    assert Admin(app).upload(*files).tone == "error"
    assert sorted(app.course.notes_path().iterdir()) == before
    assert app.queue.waiting() == 0


def test_only_admins_upload(app: App) -> None:
    refused = Admin(app, LEARNER).upload(file("cells.md"))
    assert refused.tone == "error"
    assert not (app.course.notes_path() / "cells.md").exists()


@pytest.mark.parametrize(
    ("platform", "told"), [("discord", "Attach"), ("web", "/notes refresh"), ("terminal", "/notes refresh")]
)
def test_without_an_attachment_it_says_how_to_add_notes_there(app: App, platform: str, told: str) -> None:
    reply = Admin(app, platform=platform).do(Line("/notes upload"))
    assert told in reply.text
    assert ".mdx" in reply.text


def test_uploads_take_the_place_of_the_sample_course_and_say_so(sampled: App, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in sample_course().iterdir() if path.is_file()}
    assert "recap index" in Admin(sampled, platform="web").do(Line("/notes upload")).text
    admin = Admin(sampled)
    done = admin.upload(file("cells.md"))
    own = tmp_path / "data" / "notes" / "course"
    assert str(own) in done.text
    assert "sample" in done.text
    assert [note.path for note in sampled.library.notes("course")] == ["cells.md"]
    assert {path: path.read_bytes() for path in sample_course().iterdir() if path.is_file()} == before
    more = admin.upload(file("more.md", "# Ribosomes\n\nRibosomes make proteins.\n"))
    assert "sample" not in more.text
    assert len(sampled.library.notes("course")) == 2


def test_taking_the_first_upload_back_brings_the_sample_course_back(sampled: App) -> None:
    admin = Admin(sampled)
    done = admin.upload(file("cells.md"))
    admin.click(done, "Undo")
    assert sampled.course.notes_path() == sample_course()
    assert len(sampled.library.notes("course")) == 9
