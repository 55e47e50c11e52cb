"""A wired application over a small real course, without a worker."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE
from bot.core.alternatives import group
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Person, Press, Turn
from bot.course import sample_course
from bot.wiring import App, wire
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine
from tests.doubles.pool import given_back

LEARNER = Person("ada", "Ada", "en-GB", zone="Europe/Sofia")
ADMIN = Person("root", "Root", "en", zone="Europe/Sofia", is_admin=True)


@pytest.fixture
def engine(clock: FrozenClock) -> InProcessEngine:
    return InProcessEngine(clock)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample course, copied and indexed once."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(sample_course(), folder / "notes")
    settings = config.load(
        {"RECAP_DATA_PATH": str(folder), "RECAP_NOTES__PATH": str(folder / "notes")}, NOWHERE
    )
    clock = FrozenClock()
    app = wire(settings, clock, InProcessEngine(clock))
    app.prepare()
    app.course.refresh(app.engine)
    app.stop()
    return folder


@pytest.fixture
def app(indexed: Path, tmp_path: Path, clock: FrozenClock, engine: InProcessEngine) -> Iterator[App]:
    """The application; its queue runs, its schedule doesn't."""
    shutil.copytree(indexed, tmp_path / "data")
    environment = {
        "RECAP_DATA_PATH": str(tmp_path / "data"),
        "RECAP_NOTES__PATH": str(tmp_path / "data" / "notes"),
    }
    app = wire(config.load(environment, NOWHERE), clock, engine)
    app.prepare()
    app.course.refresh(app.engine)
    app.queue.start()
    yield app
    app.queue.stop()
    assert given_back(app.database), "a connection was not given back"
    app.stop()


class Chat:
    """One person's end of a conversation."""

    def __init__(self, app: App, person: Person = LEARNER, place: str = "page") -> None:
        self.app = app
        self.person = person
        self.place = place
        self._count = itertools.count(1)

    def say(self, text: str) -> Reply:
        return self._do(Line(text))

    def call(self, command: str, **arguments: str) -> Reply:
        return self._do(Call(command, arguments))

    def press(self, action: str, **fields: str) -> Reply:
        return self._do(Press(action, fields))

    def click(self, reply: Reply, label: str, **fields: str) -> Reply:
        """Presses the button of a reply whose label begins like that."""
        action = next(one for one in reply.actions if one.label.startswith(label))
        assert len(action.id) <= 100
        return self.press(action.id, **fields)

    def _do(self, did: Line | Call | Press) -> Reply:
        reply = self.app.core.dispatch(
            Turn("web", self.person, self.place, f"{self.place}-{next(self._count)}", did)
        )
        assert Reply.from_json(reply.to_json()) == reply
        self._check_actions(reply)
        return reply

    def _check_actions(self, reply: Reply) -> None:
        """What an action carries can be told from its id alone, as platforms without a memory need it."""
        for action in reply.actions:
            assert action.group == group(action.id)
            turn = Turn("web", self.person, self.place, "form", Press(action.id))
            form = self.app.core.form(turn)
            assert action.fields == (form.fields if form else ())


@pytest.fixture
def chat(app: App) -> Chat:
    return Chat(app)


@pytest.fixture
def chats(app: App) -> Callable[[Person], Chat]:
    return lambda person: Chat(app, person, f"page-{person.external_id}")
