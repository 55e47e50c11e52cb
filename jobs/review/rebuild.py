"""Every waiting review anew from the log: studies, what was asked, answers and ratings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from jobs.people import lock_learner
from jobs.review.agenda import compare, lay_out
from jobs.review.pacing import Pacing
from jobs.tables import StudyRow
from knowledge.store import Database

log = logging.getLogger(__name__)

_BATCH = 200
_STAGE = "rebuilding"
Progress = Callable[[float, str], None]
"""Is told the share that is done (0-1) and the name of the stage."""


@dataclass(slots=True)
class Rebuilt:
    """What was found, counted in waiting reviews but for `learners` and `failed`."""

    learners: int = 0
    same: int = 0
    moved: int = 0
    """Stood at another day or moment, or with another interval."""
    missing: int = 0
    needless: int = 0
    failed: int = 0
    """Learners whose log can't be read; recap.log says why."""

    @property
    def differing(self) -> int:
        return self.moved + self.missing + self.needless


def rebuild(
    database: Database, pacing: Pacing, check: bool = False, progress: Progress | None = None
) -> Rebuilt:
    """Holds the waiting reviews of every running study against the log, and mends them unless `check`.

    One short transaction for each learner, who is locked meanwhile: it may run beside any number of bots,
    and be cut off and begun again. One learner whose log is broken keeps no other from theirs.
    """
    found = Rebuilt()
    running = StudyRow.state == "active"
    with database.session() as session:
        count = session.scalar(select(func.count(StudyRow.learner_id.distinct())).where(running)) or 0
    last = 0
    while True:
        with database.session() as session:
            query = select(StudyRow.learner_id).where(running, StudyRow.learner_id > last).distinct()
            learners = session.scalars(query.order_by(StudyRow.learner_id).limit(_BATCH)).all()
        if not learners:
            return found
        for learner_id in learners:
            last = learner_id
            found.learners += 1
            try:
                _learner(database, learner_id, pacing, check, found)
            except Exception:
                log.exception("the reviews of learner %s can't be rebuilt", learner_id)
                found.failed += 1
            if progress is not None:
                progress(min(found.learners / max(count, 1), 1.0), _STAGE)


def _learner(database: Database, learner_id: int, pacing: Pacing, check: bool, found: Rebuilt) -> None:
    look = compare if check else lay_out
    with database.session() as session:
        learner = lock_learner(session, learner_id)
        studies = session.scalars(
            select(StudyRow).where(StudyRow.learner_id == learner_id, StudyRow.state == "active")
        ).all()
        told = [look(session, study, learner, pacing) for study in studies]
    for one in told:
        found.same += one.same
        found.moved += len(one.moved)
        found.missing += len(one.missing)
        found.needless += len(one.needless)
