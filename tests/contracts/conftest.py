"""A course, and a person in front of each platform."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import config
from bot.course import sample_course
from bot.wiring import wire
from knowledge.notes import Language
from tests.contracts import told
from tests.contracts.discord import DiscordMessenger
from tests.contracts.messenger import Messenger
from tests.contracts.slack import SlackMessenger, SlackOverHttp
from tests.contracts.terminal import TerminalMessenger
from tests.contracts.web import WebMessenger
from tests.contracts.world import World
from tests.doubles.clock import FrozenClock
from tests.doubles.engine import InProcessEngine

PLATFORMS: dict[str, type[Messenger]] = {
    "web": WebMessenger,
    "terminal": TerminalMessenger,
    "discord": DiscordMessenger,
    "slack": SlackMessenger,
    "slack-http": SlackOverHttp,
}
RUDE = "10-calls.md"
"""A note full of what would call people or steer a platform, were it not text."""
CALLS = "@everyone @here <@123456789012345678> <@&42> <#42> <!channel> <!here>"

Meet = Callable[[Language], Messenger]


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample course and the rude note, indexed once."""
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copytree(sample_course(), folder / "notes")
    (folder / "notes" / RUDE).write_text(
        f"# Calling people\n\n## Zebra calls\n\nA zebra call is a message that says {CALLS} to a herd.\n"
        "It stays a text as the others.\n\n"
        "- **Zebra call** – a message that says @everyone to a whole herd of zebras\n",
        encoding="utf-8",
    )
    for name in ("Herds", "Stripes"):
        # Enough notes that a list of them is no row of buttons any more.
        text = f"# {name} of zebras\n\nZebras have {name.lower()} that are told apart by other zebras.\n"
        (folder / "notes" / f"11-{name.lower()}.md").write_text(text, encoding="utf-8")
    environment = {"RECAP_DATA_PATH": str(folder), "RECAP_NOTES__PATH": str(folder / "notes")}
    clock = FrozenClock()
    app = wire(config.load(environment, config.NOWHERE), clock, InProcessEngine(clock))
    app.prepare()
    app.course.refresh(app.engine)
    app.stop()
    return folder


SLOW = "slack-http"
"""The same as Slack but for the way that events come in, which has tests of its own."""


@pytest.fixture(
    params=[pytest.param(name, marks=pytest.mark.slow) if name == SLOW else name for name in PLATFORMS]
)
def platform(request: pytest.FixtureRequest) -> type[Messenger]:
    return PLATFORMS[request.param]


@pytest.fixture
def meet(platform: type[Messenger], indexed: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Meet]:
    """Sits a person of a language down before the platform; at the end all that was said must be shown."""
    met: list[Messenger] = []

    def sit_down(language: Language) -> Messenger:
        assert not met, "one person a test"
        folder = shutil.copytree(indexed, tmp_path / "data")
        met.append(platform(World(folder, clock), language))
        return met[0]

    yield sit_down
    for messenger in met:
        try:
            own = [one for other in messenger.others for one in other.shown() if one.private]
            shown, said = [*messenger.shown(), *own], messenger.world.said()
        finally:
            messenger.close()
        told.check(said, shown, "pictures" in messenger.can)


@pytest.fixture
def chat(meet: Meet) -> Messenger:
    return meet("en")
