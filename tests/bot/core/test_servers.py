"""Servers that Recap is added to."""

from __future__ import annotations

import dataclasses

import pytest

from bot.core import servers
from bot.wiring import App


class Spaces:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, str]] = []

    def joined(self, platform: str, space: str) -> None:
        self.told.append(("joined", platform, space))

    def left(self, platform: str, space: str) -> None:
        self.told.append(("left", platform, space))


@pytest.mark.parametrize(
    ("locale", "begins"), [("en-US", "**Hello"), ("bg", "**Здравей"), ("zh-CN", "**你好"), ("fr", "**Hello")]
)
def test_a_server_is_greeted_in_its_language(app: App, locale: str, begins: str) -> None:
    app.core.joined("discord", "guild:5", "channel:7", locale)
    delivery = app.outbox.claim("discord")[0]
    assert (delivery.place, delivery.kind) == ("channel:7", "greeting")
    greeting = app.core.present(delivery)
    assert greeting.text.startswith(begins)
    assert "`/ask`" in greeting.text
    assert [action.id for action in greeting.actions] == ["learn", "quiz", "help"]


def test_a_server_is_greeted_once_however_often_it_is_told_of(app: App) -> None:
    for _ in range(3):
        app.core.joined("discord", "guild:5", "channel:7", "en-US")
    assert [delivery.key for delivery in app.outbox.claim("discord")] == ["guild:5:welcome"]


def test_where_nothing_may_be_said_nothing_is(app: App) -> None:
    app.core.joined("discord", "guild:5", None, "en-US")
    assert app.outbox.claim("discord") == []


def test_what_hangs_on_a_server_is_told_of_its_coming_and_going(app: App) -> None:
    spaces = Spaces()
    services = dataclasses.replace(app.services, spaces=spaces)
    servers.joined(services, "discord", "guild:5", None, "en-US")
    servers.left(services, "discord", "guild:5")
    assert spaces.told == [("joined", "discord", "guild:5"), ("left", "discord", "guild:5")]
