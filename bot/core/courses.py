"""The courses of this process, and which of them a turn or a message is about.

A turn's course is, in this order: the one that the pressed button names, that of the question or job it
acts on, that of the nearest place around it that belongs to a course, in a private place the one that its
learner used last, and the one that the settings name first.

Where there are several courses, every button of a reply that depends on one carries it as `c=`, so that it
acts on the course of its message wherever and whenever it is pressed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.core.context import read_number
from bot.core.errors import CourseUnknown
from bot.core.reply import Action, Reply
from bot.core.turn import Press, Turn, Where
from jobs.bindings import CoursePlaceRow, LastCourseRow
from jobs.groups.tables import GroupRow, RoundRow
from jobs.tables import AttemptRow, CardRow, JobRow
from knowledge.store import insert
from knowledge.tables import QuestionRow

if TYPE_CHECKING:
    from bot.core.services import Services
    from jobs.outbox import Delivery
    from knowledge.clock import Clock
    from knowledge.store import Database

ARGUMENT = "c"
"""The argument of a button's id that names its course; no handler sees it."""
LONGEST_ID = 100
_LONGEST_NAME = 16
_OF_NO_COURSE = frozenset(
    ("course", "help", "settings", "try", "retry", "pause", "pause_for", "reviews_off", "reviews_on")
)
"""What does the same whichever course it is pressed in."""


class Courses:
    """The services of every course; the first one added is the default. Thread-safe once filled."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[str, Services] = {}

    def add(self, services: Services) -> None:
        """One more course, under its short name."""
        self._known[services.course] = services

    def holding(self, services: Services) -> Courses:
        """The same courses, with `services` as the one of its name."""
        courses = Courses(self._database, self._clock)
        for one in self:
            courses.add(services if one.course == services.course else one)
        return courses

    def __iter__(self) -> Iterator[Services]:
        return iter(self._known.values())

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    @property
    def default(self) -> Services:
        return next(iter(self._known.values()))

    def get(self, name: str) -> Services:
        """The course of that short name. CourseUnknown where the settings have none."""
        found = self._known.get(name)
        if found is None:
            raise CourseUnknown(course=name, known=", ".join(self._known))
        return found

    def of_turn(self, turn: Turn, learner_id: int, arguments: Mapping[str, str], key: str = "") -> Services:
        """The course that a turn is about, remembered as the one that its learner used last.

        `key` is what the pressed button names. CourseUnknown where that is a course no more.
        """
        if len(self) == 1:
            return self.default
        if key:
            chosen = self._keyed(key)
        else:
            of_note = self.default if isinstance(turn.did, Press) and "note" in arguments else None
            chosen = self.of_subject(arguments) or of_note or self.at(turn.where, learner_id)
        self._use(learner_id, chosen.course)
        return chosen

    def of_delivery(self, delivery: Delivery) -> Services:
        """The course that an outbound row is about: by what it carries, else by where it goes."""
        if len(self) == 1:
            return self.default
        carried = delivery.payload
        named = self._known.get(str(carried.get("course", "")))
        where = Where(delivery.platform, delivery.place)
        return named or self.of_subject(carried) or self.at(where, delivery.learner_id)

    def of_subject(self, carried: Mapping[str, Any]) -> Services | None:
        """The course of the thing that is named there by its number."""
        with self._database.session() as session:
            for name, course_of in SUBJECTS.items():
                number = read_number(str(carried.get(name, "")))
                course = course_of(session, number) if number is not None else None
                if course in self._known:
                    return self._known[course]
        return None

    def at(self, where: Where, learner_id: int | None) -> Services:
        """The course of a place; the learner's own counts where nobody else reads along."""
        if len(self) == 1:
            return self.default
        if (bound := self.bound(where)) is not None:
            return self._known[bound[1]]
        if where.shared or learner_id is None:
            return self.default
        with self._database.session() as session:
            last = session.get(LastCourseRow, learner_id)
        return self._known.get(last.course, self.default) if last else self.default

    def bound(self, where: Where) -> tuple[str, str] | None:
        """The nearest place there, or around it, that belongs to a course that there is; with its name."""
        places = (where.place, *where.within)
        with self._database.session() as session:
            rows = session.scalars(
                select(CoursePlaceRow).where(
                    CoursePlaceRow.platform == where.platform, CoursePlaceRow.place.in_(places)
                )
            )
            courses = {row.place: row.course for row in rows if row.course in self._known}
        return next(((place, courses[place]) for place in places if place in courses), None)

    def bind(self, platform: str, place: str, name: str, space: str = "") -> None:
        """From now on that place, in that server, belongs to the course. CourseUnknown."""
        values = {"course": self.get(name).course, "space": space, "bound_at": self._clock.now()}
        with self._database.session() as session:
            session.execute(
                insert(session, CoursePlaceRow)
                .values(platform=platform, place=place, **values)
                .on_conflict_do_update(index_elements=["platform", "place"], set_=values)
            )

    def unbind(self, platform: str, place: str) -> None:
        """That place belongs to no course any more."""
        with self._database.session() as session:
            session.execute(
                delete(CoursePlaceRow).where(
                    CoursePlaceRow.platform == platform, CoursePlaceRow.place == place
                )
            )

    def forget(self, learner_id: int) -> None:
        """As if the learner had used no course yet."""
        with self._database.session() as session:
            session.execute(delete(LastCourseRow).where(LastCourseRow.learner_id == learner_id))

    def signed(self, reply: Reply, services: Services) -> Reply:
        """The reply as a message of that course; unchanged where there is only one."""
        if len(self) == 1:
            return reply
        actions = tuple(sign(action, services.course) for action in reply.actions)
        return replace(reply, course=services.course, actions=actions)

    def _keyed(self, key: str) -> Services:
        for name, services in self._known.items():
            if course_key(name) == key:
                return services
        raise CourseUnknown("error.course_gone")

    def _use(self, learner_id: int, name: str) -> None:
        with self._database.session() as session:
            last = session.get(LastCourseRow, learner_id)
            if last is None or last.course != name:
                session.execute(
                    insert(session, LastCourseRow)
                    .values(learner_id=learner_id, course=name)
                    .on_conflict_do_update(index_elements=["learner_id"], set_={"course": name})
                )


def course_key(name: str) -> str:
    """A course's name inside a button's id, which has little room: itself, else a digest of it."""
    return name if len(name) <= _LONGEST_NAME else f"~{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def sign(action: Action, course: str) -> Action:
    """The action, in that course wherever it is pressed; as it is where that makes no difference."""
    name, _, query = action.id.partition("?")
    given = dict(parse_qsl(query))
    if name in _OF_NO_COURSE or ARGUMENT in given or not SUBJECTS.keys().isdisjoint(given):
        return action
    signed = f"{action.id}{'&' if query else '?'}{ARGUMENT}={course_key(course)}"
    if len(signed) > LONGEST_ID:
        raise ValueError(f"no room for a course in {action.id}")
    return replace(action, id=signed)


def _of_attempt(session: Session, number: int) -> str | None:
    return session.scalar(
        select(CardRow.course_id)
        .join(AttemptRow, AttemptRow.card_id == CardRow.id)
        .where(AttemptRow.id == number)
    )


def _of_job(session: Session, number: int) -> str | None:
    job = session.get(JobRow, number)
    return job.request.get("course") if job is not None else None


def _of_group(session: Session, number: int) -> str | None:
    return session.scalar(select(GroupRow.course_id).where(GroupRow.id == number))


def _of_round(session: Session, number: int) -> str | None:
    return session.scalar(
        select(GroupRow.course_id)
        .join(RoundRow, RoundRow.group_id == GroupRow.id)
        .where(RoundRow.id == number)
    )


def _of_question(session: Session, number: int) -> str | None:
    return session.scalar(select(QuestionRow.course_id).where(QuestionRow.id == number))


SUBJECTS: Mapping[str, Callable[[Session, int], str | None]] = {
    "attempt": _of_attempt,
    "job": _of_job,
    "group": _of_group,
    "round": _of_round,
    "asked": _of_question,
}
"""What of a button's id, or of an outbound row's payload, names a thing by its number that has a course."""
