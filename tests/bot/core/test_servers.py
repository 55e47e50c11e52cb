"""Servers that Recap is added to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.wiring import App
from tests.doubles.clock import FrozenClock


@pytest.mark.parametrize(
    ("locale", "begins"), [("en-US", "**Hello"), ("bg", "**Здравей"), ("zh-CN", "**你好"), ("fr", "**Hello")]
)
def test_a_server_is_greeted_in_its_language(app: App, locale: str, begins: str) -> None:
    app.core.joined("discord", "guild:5", "Class", "channel:7", locale)
    delivery = app.outbox.claim("discord")[0]
    assert (delivery.place, delivery.kind) == ("channel:7", "greeting")
    greeting = app.core.present(delivery)
    assert greeting.text.startswith(begins)
    assert "`/ask`" in greeting.text
    assert [action.id for action in greeting.actions] == ["learn", "quiz", "help"]


def test_a_server_is_greeted_once_however_often_it_is_told_of(app: App) -> None:
    for _ in range(3):
        app.core.joined("discord", "guild:5", "Class", "channel:7", "en-US")
    assert len(app.outbox.claim("discord")) == 1


def test_where_nothing_may_be_said_nothing_is(app: App) -> None:
    app.core.joined("discord", "guild:5", "Class", None, "en-US")
    assert app.outbox.claim("discord") == []


def test_a_server_that_comes_back_is_greeted_anew(app: App, clock: FrozenClock) -> None:
    app.core.joined("discord", "guild:5", "Class", "channel:7", "en-US")
    app.core.left("discord", "guild:5")
    clock.move(timedelta(days=1))
    app.core.joined("discord", "guild:5", "Class", "channel:7", "en-US")
    assert len(app.outbox.claim("discord")) == 2


def test_a_server_that_was_left_meanwhile_is_greeted_when_it_comes_back(app: App) -> None:
    for space in ("guild:5", "guild:6"):
        app.core.joined("discord", space, "Class", None, "en-US")
    app.core.remain("discord", {"guild:6"})
    assert app.services.spaces.present("discord") == ["guild:6"]
    app.core.joined("discord", "guild:5", "Class", "channel:7", "en-US")
    assert [delivery.place for delivery in app.outbox.claim("discord")] == ["channel:7"]
