"""Study groups: who belongs to them, and what people do in their rounds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from jobs.errors import GroupError, NoGroup, NothingToAsk
from jobs.groups import answers, rounds
from jobs.groups.picking import Picking
from jobs.groups.records import Group, Plan, Round, Taken
from jobs.groups.standing import Standing, standing
from jobs.groups.tables import AnswerRow, GroupRow, MemberRow, RoundRow
from jobs.groups.views import group_of, round_of, timetable
from jobs.groups.watch import Watch
from jobs.outbox import Outbox
from jobs.review.choices import from_json
from jobs.review.judging.verdict import Judged
from jobs.review.records import Revealed
from jobs.review.service import Reviews
from knowledge.clock import Clock
from knowledge.store import Database, insert


class Groups:
    """The study groups of one database. Thread-safe; any number of processes may share them.

    `courses` gives the reviews of a course by its name, None for one that this process doesn't serve.
    """

    def __init__(
        self, database: Database, outbox: Outbox, clock: Clock, courses: Callable[[str], Reviews | None]
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._courses = courses
        self._picking = Picking(database, courses)
        self.watch = Watch(database, outbox, clock, courses, self._picking)
        """What happens by itself: the scheduler runs it."""

    def start(self, platform: str, place: str, space: str, plan: Plan, learner_id: int) -> Group:
        """Begins the group of a place, or gives it another plan; its members stay."""
        now, table = self._clock.now(), plan.timetable
        values = {
            "space": space,
            "course_id": plan.course,
            "note": plan.note,
            "language": plan.language,
            "at": table.at,
            "zone": table.zone,
            "days": table.days,
            "open_for": plan.open_for,
            "state": "active",
            "unanswered": 0,
            "next_at": table.after(now),
            "held_until": None,
        }
        with self._database.session() as session:
            statement = insert(session, GroupRow).values(
                platform=platform, place=place, created_at=now, **values
            )
            row_id = session.scalar(
                statement.on_conflict_do_update(index_elements=["platform", "place"], set_=values).returning(
                    GroupRow.id
                )
            )
            row = session.get_one(GroupRow, row_id, populate_existing=True)
            return group_of(session, row, learner_id)

    def stop(self, platform: str, places: Iterable[str], learner_id: int) -> Group:
        """No more rounds there; one that is open ends as planned. NoGroup where none is active."""
        with self._database.session() as session:
            row = _nearest(session, platform, places)
            if row is None or row.state == "stopped":
                raise NoGroup
            row.state, row.next_at = "stopped", None
            session.flush()
            return group_of(session, row, learner_id)

    def resume(self, group_id: int, platform: str, places: Collection[str], learner_id: int) -> Group:
        """A group of one of these places that paused by itself is asked again; one that is asked stays so.

        NoGroup; GroupError `error.group_paused` for one that was stopped.
        """
        with self._database.session() as session:
            row = session.get(GroupRow, group_id, with_for_update={"key_share": True})
            if row is None or row.platform != platform or row.place not in places:
                raise NoGroup
            if row.state == "stopped":
                raise GroupError("error.group_paused")
            if row.state == "paused":
                row.state, row.unanswered = "active", 0
                row.next_at = timetable(row).after(self._clock.now())
            return group_of(session, row, learner_id)

    def at(self, platform: str, places: Iterable[str], learner_id: int) -> Group | None:
        """The group of the first of these places that has one."""
        with self._database.session() as session:
            row = _nearest(session, platform, places)
            return group_of(session, row, learner_id) if row else None

    def join(self, group_id: int, learner_id: int) -> Group:
        """The learner belongs to the group from now on; joining twice is joining. NoGroup."""
        with self._database.session() as session:
            row = _group(session, group_id)
            session.execute(
                insert(session, MemberRow)
                .values(group_id=group_id, learner_id=learner_id, joined_at=self._clock.now())
                .on_conflict_do_nothing(index_elements=["group_id", "learner_id"])
            )
            return group_of(session, row, learner_id)

    def name(self, group_id: int, learner_id: int, named: bool) -> Group:
        """Whether the answer to a question names the learner where they were right.

        NoGroup; GroupError `error.group_not_member`.
        """
        with self._database.session() as session:
            row = _group(session, group_id)
            mine = (MemberRow.group_id == group_id) & (MemberRow.learner_id == learner_id)
            told = update(MemberRow).where(mine).values(named=named).returning(MemberRow.id)
            if session.scalar(told) is None:
                raise GroupError("error.group_not_member")
            return group_of(session, row, learner_id)

    def standing(self, platform: str, places: Iterable[str]) -> Standing:
        """How the group of the first of these places that has one is doing. NoGroup."""
        with self._database.session() as session:
            row = _nearest(session, platform, places)
            if row is None:
                raise NoGroup
            return standing(session, row, self._clock.now())

    def leave(self, group_id: int, learner_id: int) -> Group:
        """The learner belongs to the group no more; the reviews that it brought stay. NoGroup."""
        with self._database.session() as session:
            row = _group(session, group_id)
            session.execute(
                delete(MemberRow).where(MemberRow.group_id == group_id, MemberRow.learner_id == learner_id)
            )
            return group_of(session, row, learner_id)

    def quiz(self, platform: str, places: Iterable[str]) -> Round:
        """A round now. NoGroup; GroupError `error.round_already`, `error.group_paused`; NothingToAsk."""
        with self._database.session() as session:
            row = _nearest(session, platform, places)
            if row is None:
                raise NoGroup
            group_id, course = row.id, row.course_id
        card_id = self._picking.pick(group_id)
        if card_id is None:
            raise NothingToAsk(topic=course)
        now = self._clock.now()
        with self._database.session() as session:
            group = session.get_one(GroupRow, group_id, with_for_update={"key_share": True})
            if group.state != "active":
                raise GroupError("error.group_paused")
            if any(open_round.closes_at > now for open_round in rounds.open_rounds(session, group_id)):
                raise GroupError("error.round_already")
            asked = rounds.ask(session, self._outbox, group, card_id, f"now:{now.isoformat()}", False, now)
            if asked is None:
                raise GroupError("error.round_already" if group.state == "active" else "error.group_paused")
            return round_of(session, asked)

    def answer(self, round_id: int, learner_id: int, answer: str | Collection[int]) -> Taken:
        """Takes an answer, in words or as positions of choices; until the close it may be changed.

        One in words is judged, for its learner and for the numbers at the close; nobody is told before.
        RoundClosed; GroupError `error.round_unknown`; ReviewError `error.choice_unknown`.
        """
        judged = self._judged(round_id, answer) if isinstance(answer, str) else None
        with self._database.session() as session:
            return answers.take(session, round_id, learner_id, answer, self._clock.now(), judged)

    def round(self, round_id: int) -> Round:
        """The round as it stands. GroupError `error.round_unknown`."""
        with self._database.session() as session:
            row = session.get(RoundRow, round_id)
            if row is None:
                raise GroupError("error.round_unknown")
            return round_of(session, row)

    def mine(self, round_id: int, learner_id: int) -> Revealed:
        """The learner's own answer, to be rated, once the round is closed.

        GroupError `error.round_open` before, `error.round_unanswered` without an answer.
        """
        with self._database.session() as session:
            row = session.get(RoundRow, round_id)
            if row is None:
                raise GroupError("error.round_unknown")
            if row.state == "open":
                raise GroupError("error.round_open")
            found = answers.answer_of(session, round_id, learner_id)
            if found is None:
                raise GroupError("error.round_unanswered")
            answer_id, attempt_id = found.id, found.attempt_id
            course = session.get_one(GroupRow, row.group_id).course_id
        self.watch.grade(answer_id)
        reviews = self._courses(course)
        if reviews is None:
            raise GroupError("error.round_unknown")
        return reviews.reveal(attempt_id, learner_id)

    def _judged(self, round_id: int, response: str) -> Judged | None:
        """The verdict on an answer in words; None where the round is over or its course isn't served here."""
        with self._database.session() as session:
            row = session.get(RoundRow, round_id)
            if row is None or row.state != "open":
                return None
            card_id, options = row.card_id, from_json(row.options)
            reviews = self._courses(session.get_one(GroupRow, row.group_id).course_id)
        return reviews.judged(card_id, options, response) if reviews is not None else None

    def rated(self, attempt_id: int) -> None:
        """A learner rated an attempt: if it was an answer in a round, its reveal has news."""
        with self._database.session() as session:
            of_round = select(AnswerRow.round_id).where(AnswerRow.attempt_id == attempt_id).scalar_subquery()
            free = RoundRow.options.is_(None)
            session.execute(
                update(RoundRow).where(RoundRow.id == of_round, free).values(news=RoundRow.news + 1)
            )

    def stop_space(self, session: Session, platform: str, space: str) -> None:
        """Recap was put out of a server: its groups stop, their rounds end unrevealed.

        In the caller's transaction, as `Spaces.on_left` wants it.
        """
        now = self._clock.now()
        for row in session.scalars(select(GroupRow).where(_in(platform, space)).with_for_update()):
            row.state, row.next_at = "stopped", None
            for open_round in rounds.open_rounds(session, row.id):
                rounds.drop(session, self._outbox, open_round, now)

    def drop_space(self, session: Session, platform: str, space: str) -> None:
        """Deletes the groups of a server with their rounds; what was answered stays with its learners.

        In the caller's transaction, as `Spaces.on_prune` wants it.
        """
        doomed = select(GroupRow.id).where(_in(platform, space))
        of_groups = select(RoundRow.id).where(RoundRow.group_id.in_(doomed))
        session.execute(delete(AnswerRow).where(AnswerRow.round_id.in_(of_groups)))
        session.execute(delete(RoundRow).where(RoundRow.group_id.in_(doomed)))
        session.execute(delete(MemberRow).where(MemberRow.group_id.in_(doomed)))
        session.execute(delete(GroupRow).where(_in(platform, space)))


def _nearest(session: Session, platform: str, places: Iterable[str]) -> GroupRow | None:
    ordered = list(places)
    rank = case({place: at for at, place in reversed(list(enumerate(ordered)))}, value=GroupRow.place)
    query = select(GroupRow).where(GroupRow.platform == platform, GroupRow.place.in_(ordered))
    return session.scalar(query.order_by(rank).limit(1))


def _group(session: Session, group_id: int) -> GroupRow:
    row = session.get(GroupRow, group_id)
    if row is None:
        raise NoGroup
    return row


def _in(platform: str, space: str) -> ColumnElement[bool]:
    return (GroupRow.platform == platform) & (GroupRow.space == space)
