"""What is wrong with a form that was filled in, told at once: without the database, field by field.

What passes here may be refused all the same, by the action itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.alternatives import taken_apart
from bot.core.errors import CommandError
from bot.core.handlers.settings import READERS, known_zone
from bot.core.voice import Voice
from jobs.engine.catalog import check
from jobs.engine.protocol import TaskRequest
from jobs.errors import TaskInputError, TaskUnknown
from jobs.groups.timetable import read_days, read_open, read_time
from knowledge.errors import RecapError
from knowledge.notes import Language

Fields = Mapping[str, str]


def faults(action: str, fields: Fields, language: Language) -> dict[str, str]:
    """The fields of an action's form that can't be taken, each with a sentence (Markdown) that says why."""
    checks = _CHECKS.get(taken_apart(action)[0], {})
    found: dict[str, str] = {}
    for name, read in checks.items():
        try:
            read(fields.get(name, "").strip(), fields)
        except RecapError as error:
            found[_place(name, error)] = Voice(language).say(error.key, **error.params)
    return found


def _place(name: str, error: RecapError) -> str:
    """The field that a fault belongs to: not always the one that was read."""
    if isinstance(error, TaskUnknown):
        return "task"
    return "labels" if error.key.endswith("_labels") else name


def _given(read: Callable[[str], object]) -> Callable[[str, Fields], None]:
    """What stays empty is left as it is."""

    def check_given(value: str, fields: Fields) -> None:
        if value:
            read(value)

    return check_given


def _not_empty(key: str) -> Callable[[str, Fields], None]:
    def check_empty(value: str, fields: Fields) -> None:
        if not value:
            raise CommandError(key)

    return check_empty


def _task(value: str, fields: Fields) -> None:
    if not value and not fields.get("task", "").strip():
        raise TaskInputError("asking.empty")
    options = {"labels": fields.get("labels", "").strip()}
    check(TaskRequest(fields.get("task", "").strip().lower(), value, None, options))


_ANSWER = {"response": _not_empty("error.answer_empty")}
_CHECKS: Mapping[str, Mapping[str, Callable[[str, Fields], None]]] = {
    "answer": _ANSWER,
    "group_answer": _ANSWER,
    "settings": {name: _given(read) for name, read in READERS.items()},
    "group_plan": {
        "time": _given(read_time),
        "zone": _given(known_zone),
        "days": _given(read_days),
        "closes": _given(read_open),
    },
    "ask": {"question": _not_empty("asking.empty")},
    "try": {"text": _task},
}
