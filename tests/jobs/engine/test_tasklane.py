"""Taking requests in: whatever is wrong with one, the thread that reads the channel goes on."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.engine.libraries import Libraries
from jobs.engine.models import Models
from jobs.engine.protocol import TaskRequest
from jobs.engine.settings import EngineSettings
from jobs.engine.tasklane import TaskLane
from knowledge.errors import RecapError


class Told:
    def __init__(self) -> None:
        self.errors: list[RecapError] = []

    def tell(self, *message: Any) -> None:
        raise AssertionError(message)

    def fail(self, number: int, error: RecapError) -> None:
        self.errors.append(error)


def test_a_model_folder_that_can_t_be_read_fails_its_request_alone(
    settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Models, "locate", unreadable)
    told = Told()
    lane = TaskLane(settings, told, Libraries(settings, told.tell))
    lane.put(("task", 1, TaskRequest("tokenize", "x")))
    assert [error.key for error in told.errors] == ["error.job_failed"]
