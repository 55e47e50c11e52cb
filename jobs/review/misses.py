"""What follows a miss: the question as it was answered, and the conversation on its section."""

from __future__ import annotations

from sqlalchemy import delete

from jobs.errors import ReviewError
from jobs.people import lock_learner
from jobs.review import asking
from jobs.review.records import Revealed
from jobs.review.topic_tables import OpenTopicRow
from knowledge.store import Database, insert


class Misses:
    """Questions whose answer was shown, in any course. Thread-safe; processes may share the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revealed(self, attempt_id: int, learner_id: int | None) -> Revealed:
        """The question with its answer.

        `ReviewError("error.attempt_open")` as long as it is neither answered nor shown: nothing tells it
        before. `NotYours` where it was put to another one than the learner who is named.
        """
        with self._database.session() as session:
            attempt = asking.attempt_of(session, attempt_id, learner_id)
            if asking.state_of(attempt) == "open":
                raise ReviewError("error.attempt_open")
            return asking.revealed(session, attempt)

    def begin(self, attempt_id: int, learner_id: int, platform: str, place: str) -> Revealed:
        """From now on the learner's plain text in that place asks about the question's section; as above."""
        found = self.revealed(attempt_id, learner_id)
        with self._database.session() as session:
            lock_learner(session, learner_id)
            session.execute(
                insert(session, OpenTopicRow)
                .values(platform=platform, place=place, learner_id=learner_id, attempt_id=attempt_id)
                .on_conflict_do_update(
                    index_elements=["platform", "place", "learner_id"], set_={"attempt_id": attempt_id}
                )
            )
        return found

    def topic(self, platform: str, place: str, learner_id: int) -> int | None:
        """The attempt whose section plain text there asks about."""
        with self._database.session() as session:
            row = session.get(OpenTopicRow, (platform, place, learner_id))
            return row.attempt_id if row else None

    def close(self, platform: str, place: str, learner_id: int) -> None:
        """Plain text there asks about anything again."""
        with self._database.session() as session:
            session.execute(
                delete(OpenTopicRow).where(
                    OpenTopicRow.platform == platform,
                    OpenTopicRow.place == place,
                    OpenTopicRow.learner_id == learner_id,
                )
            )
