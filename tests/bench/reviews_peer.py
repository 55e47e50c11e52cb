"""The naive way beside it: one APScheduler job per rung, in APScheduler's own SQLAlchemy store."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from apscheduler.job import Job
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import insert

from tests.bench import crowded

_FEW = 50
"""Jobs that are taken out one by one, and study events."""


def remind(learner: int, study: int, step: int) -> None:
    """What a job would do."""


def measured(url: str, rungs: int, due: int) -> dict[str, float]:
    """Milliseconds until the first due job is in hand, for each one that is taken out, and for a study event.

    Of the jobs so many are due.
    """
    scheduler = BackgroundScheduler(timezone=crowded.NOW.tzinfo)
    store = SQLAlchemyJobStore(url=url)
    scheduler.add_jobstore(store)
    scheduler.start(paused=True)
    try:
        with store.engine.begin() as connection:
            rows = _rows(scheduler, rungs, due)
            while chunk := list(islice(rows, 20_000)):
                connection.execute(insert(store.jobs_t), chunk)
        times = []
        for _ in range(3):
            began = time.perf_counter()
            jobs = store.get_due_jobs(crowded.NOW)
            times.append(time.perf_counter() - began)
        assert len(jobs) == due
        began = time.perf_counter()
        for job in jobs[:_FEW]:
            store.remove_job(job.id)
        removed = (time.perf_counter() - began) / len(jobs[:_FEW])
        later = crowded.NOW + timedelta(days=36_500)
        began = time.perf_counter()
        for learner in range(_FEW):
            for step, length in enumerate(crowded.STEPS):
                scheduler.add_job(remind, "date", run_date=later + length, args=(learner, 0, step))
        studied = (time.perf_counter() - began) / _FEW
    finally:
        scheduler.remove_all_jobs()
        scheduler.shutdown()
    found = {"first": sorted(times)[1], "taken": sorted(times)[1] / due + removed, "study": studied}
    return {name: seconds * 1000 for name, seconds in found.items()}


def _rows(scheduler: Any, rungs: int, due: int) -> Iterator[dict[str, Any]]:
    """Rows as the store writes them for `add_job`, which would take an hour for them."""
    far = crowded.NOW + timedelta(days=36_500)
    made: Job = scheduler.add_job(remind, "date", run_date=far, args=(0, 0, 0), id="one")
    state = made.__getstate__()
    scheduler.remove_job("one")
    for number in range(rungs):
        late = number % (rungs // due) == 0 and number // (rungs // due) < due
        moment = crowded.NOW + (timedelta(0) if late else timedelta(minutes=1 + number % 40_000))
        own = {**state, "id": f"rung-{number}", "args": (number, 0, 0), "next_run_time": moment}
        yield {
            "id": own["id"],
            "next_run_time": moment.timestamp(),
            "job_state": pickle.dumps(own, pickle.HIGHEST_PROTOCOL),
        }
