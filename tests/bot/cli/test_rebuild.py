"""`recap review rebuild`, as an administrator runs it."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import delete, select

from bot import database as schema
from jobs.outbox import Outbox
from jobs.people import People
from jobs.review.ladder import Ladder
from jobs.tables import ReviewRow
from knowledge.library import Library
from knowledge.store import Database
from tests.bot.cli.test_commands import recap
from tests.doubles.clock import FrozenClock
from tests.doubles.review_loop import ReviewLoop


def test_what_is_missing_is_told_and_mended(indexed: Path, tmp_path: Path) -> None:
    database, clock = Database(f"sqlite:///{tmp_path / 'recap.db'}"), FrozenClock()
    schema.upgrade(database)
    reviews = ReviewLoop(
        database,
        Library(indexed / "index"),
        Outbox(database, clock, "test"),
        clock,
        Ladder.parse("1d,3d,1w,1mo"),
        "course",
    )
    learner = People(database, clock).meet("web", "ana", "Ana", "page", "Europe/Sofia")
    due = reviews.study(learner.id, "02-tokenization.md").due
    with database.session() as session:
        session.execute(delete(ReviewRow).where(ReviewRow.step.in_((1, 2))))
    database.dispose()
    checked = recap("review", "rebuild", "--check", data=tmp_path)
    assert (checked.returncode, checked.stderr) == (1, "")
    assert "as the log has them: 2; at another time: 0; missing: 2; too many: 0" in checked.stdout
    mended = recap("review", "rebuild", "--json", data=tmp_path)
    assert mended.returncode == 0, mended.stderr
    assert json.loads(mended.stdout) == {
        "learners": 1, "same": 2, "moved": 0, "missing": 2, "needless": 0, "failed": 0, "differing": 2,
        "mended": True,
    }  # fmt: skip
    assert recap("review", "rebuild", "--check", data=tmp_path).returncode == 0
    with database.session() as session:
        assert tuple(session.scalars(select(ReviewRow.due_at).order_by(ReviewRow.due_at))) == due
    database.dispose()
