"""The doctor's part about Discord, on a loopback Discord."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import config
from bot.cli.doctor_discord import discord
from bot.config import NOWHERE
from bot.core.catalogue import LANGUAGES
from bot.options import discord_options
from bot.platforms.discord import endpoints, portal
from bot.platforms.discord.commands import application_commands
from bot.platforms.discord.permissions import NEEDED
from bot.platforms.hosted import status
from bot.platforms.hosted.status import Status
from bot.wiring import App, wire
from jobs.owner import process_owner
from knowledge.notes import Language
from tests.doubles.clock import FrozenClock
from tests.doubles.discord.fixtures import discord_server
from tests.doubles.discord_server import DiscordServer
from tests.doubles.engine import InProcessEngine

__all__ = ["discord_server"]

Wired = Callable[..., App]


@pytest.fixture
def wired(discord_server: DiscordServer, tmp_path: Path, clock: FrozenClock) -> Iterator[Wired]:
    """An application with Discord's settings, and others where some are given."""
    made: list[App] = []

    def wired(**changed: str) -> App:
        environment = {
            "RECAP_DATA_PATH": str(tmp_path),
            "RECAP_DISCORD__TOKEN": discord_server.token,
            "RECAP_DISCORD__API_URL": discord_server.api_url,
            "RECAP_DISCORD__GATEWAY_URL": discord_server.gateway_url,
            **{f"RECAP_{name}": value for name, value in changed.items()},
        }
        made.append(wire(config.load(environment, NOWHERE), clock, InProcessEngine(clock)))
        return made[-1]

    yield wired
    for app in made:
        app.stop()
    endpoints.point_at()


def found(app: App) -> dict[str, tuple[str, str]]:
    return {one.check: (one.state, one.detail) for one in discord(app)}


def test_without_a_token_there_is_nothing_wrong(wired: Wired) -> None:
    assert {check: state for check, (state, _) in found(wired(DISCORD__TOKEN="")).items()} == {
        "discord": "ok"
    }


def test_a_new_application_is_told_what_comes_next(wired: Wired) -> None:
    told = found(wired())
    assert told["discord"][0] == "ok"
    assert told["discord_commands"][0] == "warn"
    assert "recap discord sync" in told["discord_commands"][1]
    assert told["discord_servers"][0] == "warn"
    assert "recap discord invite" in told["discord_servers"][1]
    assert "RECAP_DISCORD__MESSAGE_CONTENT" in told["discord_messages"][1]


def test_all_is_well_once_it_is_set_up(wired: Wired, discord_server: DiscordServer) -> None:
    app = wired(DISCORD__MESSAGE_CONTENT="true")
    options = discord_options(app.settings)
    assert options is not None
    portal.register(options, application_commands())
    discord_server.guild("Study", discord_server.person("Ada"), everyone=NEEDED)
    assert {state for state, _ in found(app).values()} == {"ok"}


def test_a_missing_intent_and_missing_permissions_are_named(
    wired: Wired, discord_server: DiscordServer
) -> None:
    discord_server.app.message_content = False
    discord_server.guild("Study", discord_server.person("Ada"), everyone=0)
    told = found(wired(DISCORD__MESSAGE_CONTENT="true"))
    assert told["discord_messages"][0] == "warn"
    assert "Message Content Intent" in told["discord_messages"][1]
    assert told["discord_servers"][0] == "warn"
    assert "Study" in told["discord_servers"][1]
    assert "Read Message History" in told["discord_servers"][1]


def test_a_refused_token_is_broken_and_said_in_a_sentence(wired: Wired) -> None:
    (told,) = found(wired(DISCORD__TOKEN="no.such.token")).values()  # noqa: S106
    assert told[0] == "broken"
    assert "Reset Token" in told[1]


@pytest.mark.parametrize("state", ["online", "connecting", "waiting", "refused"])
def test_how_the_running_recap_is_doing_is_told_too(wired: Wired, clock: FrozenClock, state: str) -> None:
    app = wired()
    told = Status(state, clock.now(), "recap", "", "unreachable", "HTTP 503")  # type: ignore[arg-type]
    status.write(app.settings.state_path("discord"), told, f"elsewhere/1/{process_owner()}"[:60])
    expected = {"online": "ok", "connecting": "ok", "waiting": "warn", "refused": "broken"}
    assert found(app)["discord_running"][0] == expected[state]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_sentences(
    wired: Wired, discord_server: DiscordServer, language: Language, clock: FrozenClock
) -> None:
    for name in ("Study", "Statistics"):
        discord_server.guild(name, discord_server.person("Ada"), everyone=0)
    told = found(wired(LANGUAGE=language))
    assert all(detail and "`" not in detail for _, detail in told.values())
    assert "Study" in told["discord_servers"][1]
