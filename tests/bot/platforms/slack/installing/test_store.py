"""What stands in the database of a workspace."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.platforms.slack.installing.states import LASTS, States
from bot.platforms.slack.installing.store import LEASE, Tokens
from bot.platforms.slack.installing.vault import Vault
from knowledge.store import Database
from tests.bot.platforms.slack.installing.installed import KEY, installation, store
from tests.doubles.clock import FrozenClock

SECOND = timedelta(seconds=1)


def test_a_workspace_is_found_until_it_is_removed(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    assert kept.find("T1") is None
    kept.save(installation(clock))
    assert kept.find("T1") == installation(clock)
    assert kept.teams() == ["T1"]
    assert kept.remove("T1")
    assert not kept.remove("T1")
    assert kept.find("T1") is None


def test_installing_again_puts_the_new_tokens_there(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation())
    assert kept.refuse(installation(), "token_revoked")
    assert kept.find("T1") is None
    assert kept.states() == [("Study group", "refused")]
    kept.save(installation(access="xoxb-2"))
    found = kept.find("T1")
    assert found is not None
    assert (found.tokens.access, found.version) == ("xoxb-2", 2)
    assert kept.states() == [("Study group", "works")]


def test_late_news_of_a_removal_leaves_a_later_installation(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation())
    removed_at = clock.move(timedelta(minutes=1))
    clock.move(timedelta(minutes=1))
    kept.save(installation(access="xoxb-2"))
    assert not kept.remove("T1", removed_at)
    assert kept.teams() == ["T1"]
    assert kept.remove("T1", clock.now())


def test_no_token_stands_in_the_file(tmp_path: Path, prepared_sqlite_url: str, clock: FrozenClock) -> None:
    database = Database(prepared_sqlite_url)
    kept = store(database, clock)
    kept.save(installation(clock, access="xoxe.xoxb-plain", refresh="xoxe-1-plain"))
    found = kept.find("T1")
    assert found is not None
    assert "plain" not in repr(found)
    kept.renew(found, Tokens("xoxe.xoxb-plain-2", "xoxe-1-plain-2"))
    state = States(database, clock).issue()
    assert state is not None
    database.dispose()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert b"plain" not in content
        assert state.encode() not in content
        assert KEY.encode() not in content


def test_another_key_makes_the_workspace_install_anew(
    database: Database, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    store(database, clock).save(installation())
    other = store(database, clock, Fernet.generate_key().decode())
    with caplog.at_level(logging.ERROR):
        assert other.find("T1") is None
        assert other.find("T1") is None
    (said,) = caplog.records
    assert "install Recap there anew" in said.getMessage()
    assert other.states() == [("Study group", "unreadable")]
    other.save(installation(access="xoxb-2"))
    assert other.find("T1") is not None


def test_what_was_sealed_with_the_old_key_is_sealed_with_the_new_once_read(
    database: Database, clock: FrozenClock
) -> None:
    store(database, clock).save(installation())
    new = Fernet.generate_key().decode()
    assert store(database, clock, new, KEY).find("T1") is not None
    assert store(database, clock, new).find("T1") is not None
    assert store(database, clock).find("T1") is None


def test_one_process_at_a_time_renews_the_tokens(database: Database, clock: FrozenClock) -> None:
    kept = store(database, clock)
    kept.save(installation(clock))
    old = kept.find("T1")
    assert old is not None
    assert kept.lease(old)
    assert not kept.lease(old)
    clock.move(LEASE)
    assert kept.lease(old)
    kept.renew(old, Tokens("xoxe.xoxb-2", "xoxe-1-2", clock.now()))
    assert not kept.lease(old)
    kept.renew(old, Tokens("too late"))
    assert not kept.refuse(old, "too late")
    found = kept.find("T1")
    assert found is not None
    assert found.tokens.access == "xoxe.xoxb-2"
    assert kept.lease(found)


def test_a_state_is_good_once_and_for_ten_minutes(database: Database, clock: FrozenClock) -> None:
    states = States(database, clock)
    first, second, third = states.issue(), states.issue(), states.issue()
    assert first
    assert second
    assert third
    assert len({first, second, third}) == 3
    assert states.consume(first)
    assert not states.consume(first)
    assert not states.consume("made up")
    clock.move(LASTS - SECOND)
    assert states.consume(second)
    clock.move(SECOND)
    assert not states.consume(third)


def test_no_flood_of_states_fills_the_database(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.platforms.slack.installing.states.MOST", 2)
    states = States(database, clock)
    assert states.issue()
    assert states.issue()
    assert states.issue() is None
    clock.move(LASTS)
    assert states.issue()


def test_changing_the_key_undoes_no_renewal_of_another_process(
    database: Database, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.engine.dialect.name == "sqlite":
        pytest.skip("on SQLite nobody writes in between")
    new, old = Fernet.generate_key().decode(), store(database, clock)
    old.save(installation(clock))
    is_current = Vault.is_current

    def meanwhile(self: Vault, sealed: str) -> bool:
        old.renew(installation(clock), Tokens("xoxe.xoxb-2", "xoxe-1-2"))
        return is_current(self, sealed)

    monkeypatch.setattr(Vault, "is_current", meanwhile)
    store(database, clock, new, KEY).find("T1")
    monkeypatch.undo()
    found = store(database, clock, new, KEY).find("T1")
    assert found is not None
    assert found.tokens.refresh == "xoxe-1-2"
