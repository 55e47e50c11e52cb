"""The manifest: all that can be typed, within Slack's limits, and nothing that nobody listens to."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.async_app import AsyncBoltRequest

from bot.core.catalogue import LANGUAGES, label
from bot.core.commands import COMMANDS
from bot.platforms.slack.assembly import assemble
from bot.platforms.slack.inbound.commands import read
from bot.platforms.slack.manifest import _lines, manifest, yaml
from bot.platforms.slack.naming import command_names
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.scopes import EVENTS, SCOPES
from bot.wiring import App

pyyaml = pytest.importorskip("yaml")

SOCKET = SlackOptions(prefix="recap-")
CALLED = SlackOptions(bot_token="xoxb-a", signing_secret="s", public_url="https://recap.example")  # noqa: S106
INSTALLED = SlackOptions(
    client_id="1.2",
    client_secret="s",  # noqa: S106
    signing_secret="s",  # noqa: S106
    public_url="https://recap.example",
)


@pytest.mark.parametrize("options", [SlackOptions(), SOCKET, CALLED, INSTALLED])
def test_the_yaml_says_what_the_manifest_says(options: SlackOptions) -> None:
    assert pyyaml.safe_load(yaml(options)) == manifest(options)


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=("C", "Zl", "Zp"))) | st.booleans() | st.integers(),
        lambda inner: (
            st.lists(inner.filter(lambda one: not isinstance(one, list)), min_size=1)
            | st.dictionaries(st.from_regex(r"[a-z_]{2,9}x", fullmatch=True), inner, min_size=1)
        ),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict))
)
def test_any_text_survives_the_yaml(value: dict[str, Any]) -> None:
    assert pyyaml.safe_load("\n".join(_lines(value, 0, {}))) == value


@pytest.mark.parametrize("prefix", ["", "recap-", "tutor_"])
def test_every_command_can_be_typed_and_is_understood(prefix: str) -> None:
    commands = manifest(SlackOptions(prefix=prefix))["features"]["slash_commands"]
    assert [one["command"] for one in commands] == command_names(prefix)
    reached = {getattr(read(one["command"], "", prefix).did, "command", one["command"]) for one in commands}
    for name in COMMANDS:
        typed = f"/{prefix}{name}"
        assert name in reached or typed in reached or name == "help"
    assert getattr(read(command_names(prefix)[-1], "help try", prefix).did, "command", "") == "help"


@pytest.mark.parametrize("options", [SlackOptions(), SOCKET, CALLED, INSTALLED])
def test_it_keeps_slacks_limits(options: SlackOptions) -> None:
    made = manifest(options)
    about, features = made["display_information"], made["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert 2 <= len(command["command"]) <= 32
        assert 1 <= len(command["description"]) <= 2000
        assert len(command.get("usage_hint", "x")) in range(1, 1001)
        assert "`" not in command["description"]
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_of_shortcuts_are_short_in_every_language(language: Any) -> None:
    assert all(len(label(language, f"slack.shortcut.{name}")) <= 24 for name in ("ask", "quiz"))


def test_by_socket_nothing_is_called_and_by_request_everything_is() -> None:
    settings = manifest(SlackOptions())["settings"]
    assert settings["socket_mode_enabled"] is True
    assert "https" not in yaml(SlackOptions())
    called = manifest(CALLED)
    assert called["settings"]["socket_mode_enabled"] is False
    addresses = {one["url"] for one in called["features"]["slash_commands"]}
    assert addresses == {called["settings"]["event_subscriptions"]["request_url"]}
    assert addresses == {called["settings"]["interactivity"]["request_url"]}
    assert not called["settings"]["token_rotation_enabled"]
    assert manifest(INSTALLED)["settings"]["token_rotation_enabled"]


def test_an_address_is_enough_to_make_an_app_that_is_called() -> None:
    assert not manifest(SlackOptions(public_url="https://recap.example"))["settings"]["socket_mode_enabled"]


def test_every_scope_and_event_has_its_reason() -> None:
    made = manifest(SlackOptions())
    assert set(made["oauth_config"]["scopes"]["bot"]) == set(SCOPES)
    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == set(EVENTS)
    text = yaml(SlackOptions())
    assert all(reason in text for reason in (*SCOPES.values(), *EVENTS.values()))


def test_each_event_of_the_manifest_is_listened_to_and_no_other(app: App) -> None:
    wanted = {event.partition(".")[0] for event in EVENTS}
    others = {"reaction_added", "team_join", "channel_archive", "member_left_channel"}

    async def heard() -> set[str]:
        session = assemble(app.core, app.outbox, app.database, SlackOptions(bot_token="xoxb-a"), app.clock)  # noqa: S106
        found = set()
        for kind in wanted | others:
            body = {"type": "event_callback", "team_id": "T1", "event": {"type": kind, "user": "U1"}}
            for listener in cast(Any, session)._app._async_listeners:
                if await listener.async_matches(
                    req=AsyncBoltRequest(body=body, mode="socket_mode"), resp=None
                ):
                    found.add(kind)
        await session.finish()
        return found

    assert asyncio.run(heard()) == wanted
