"""`recap review stuck`, as a person runs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jobs.outbox import Outbox
from knowledge.store import Database
from tests.bot.cli.test_commands import recap
from tests.doubles.clock import FrozenClock


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """A data folder with a message that its platform refused."""
    assert recap("db", "upgrade", data=tmp_path).returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'recap.db'}")
    outbox = Outbox(database, FrozenClock(datetime.now(UTC)), "a bot")
    with database.session() as session:
        outbox.put(session, key="a", platform="discord", place="channel:9", kind="group_question", payload={})
    (delivery,) = outbox.claim("discord")
    outbox.failed(delivery.id, "404 Unknown Channel", None)
    database.dispose()
    return tmp_path


def test_it_says_why_and_sends_again_and_gives_up(refused: Path) -> None:
    shown = recap("review", "stuck", data=refused)
    assert shown.returncode == 0, shown.stderr
    for told in ("1 message doesn't reach", "channel:9", "404 Unknown Channel", "stuck retry ID"):
        assert told in shown.stdout
    (one,) = json.loads(recap("review", "stuck", "--json", data=refused).stdout)
    assert (one["state"], one["reason"]) == ("failed", "404 Unknown Channel")
    assert "1 is sent again" in recap("review", "stuck", "retry", one["id"], data=refused).stdout
    assert "Nothing is stuck" in recap("review", "stuck", data=refused).stdout


@pytest.mark.slow
def test_a_message_is_given_up_once(refused: Path) -> None:
    assert "Message 1 is given up" in recap("review", "stuck", "drop", "1", data=refused).stdout
    again = recap("review", "stuck", "drop", "1", data=refused)
    assert again.returncode != 0
    assert "Nothing with the id 1 is stuck" in again.stderr
    assert recap("review", "stuck", "--json", data=refused).stdout.strip() == "[]"
