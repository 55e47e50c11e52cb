"""Who is asking a language model about which section: bots that share a database never ask twice at once.

A section is claimed before the model is called and given back once what came of it is recorded. The claim of
a process that ended meanwhile runs out, or is taken up at once where that process is known to be gone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from jobs.llm import Endpoint
from jobs.owner import is_gone
from jobs.review.proposal_tables import ProposalClaimRow, ProposalRow
from knowledge.clock import Clock
from knowledge.notes import Section
from knowledge.store import Database, insert

_MARGIN = timedelta(minutes=3)
"""For the pauses between the tries of a call, and for the searches that what it says is held against."""
_CALLS = 6
"""Tries that asking about one section may take: three, and three more of an endpoint without schemas."""

Taken = Literal["ours", "held", "done"]
"""Ours to ask about; another process is at it; it was asked about meanwhile."""


def lease_of(endpoint: Endpoint) -> timedelta:
    """Longer than asking that endpoint about one section can take."""
    return _CALLS * timedelta(seconds=endpoint.timeout) + _MARGIN


class Claims:
    """The claims of one process on the sections of a course. Thread-safe."""

    def __init__(self, database: Database, clock: Clock, course: str, owner: str, lease: timedelta) -> None:
        """`owner`: the process, as in `jobs.owner`."""
        self._database = database
        self._clock = clock
        self._course = course
        self._owner = owner
        self._lease = lease

    def take(self, note: str, section: Section) -> Taken:
        """Claims a section as it is worded now, for one asking: give it back after that."""
        now = self._clock.now()
        key = self._key(note, section)
        with self._database.session() as session:
            values = {"owner": self._owner, "lease_until": now + self._lease}
            free = or_(ProposalClaimRow.lease_until <= now, ProposalClaimRow.owner.in_(self._gone(session)))
            statement = insert(session, ProposalClaimRow).values(**key, **values)
            ours = session.scalar(
                statement.on_conflict_do_update(index_elements=list(key), set_=values, where=free).returning(
                    ProposalClaimRow.owner
                )
            )
            if ours is None:
                return "held"
            # Only now: whoever had the claim before us recorded what it found before giving it back.
            asked = select(ProposalRow.asked_at).filter_by(**key)
            if session.scalar(asked) is None:
                return "ours"
            self._drop(session, key)
            return "done"

    def give_back(self, note: str, section: Section) -> None:
        """Nobody is at the section any more; one that another took up meanwhile stays theirs."""
        with self._database.session() as session:
            self._drop(session, self._key(note, section))

    def _key(self, note: str, section: Section) -> dict[str, str]:
        return {"course_id": self._course, "note": note, "section_id": section.id, "hash": section.hash}

    def _drop(self, session: Session, key: dict[str, str]) -> None:
        session.execute(delete(ProposalClaimRow).filter_by(**key, owner=self._owner))

    def _gone(self, session: Session) -> Collection[str]:
        owners = session.scalars(select(ProposalClaimRow.owner).distinct())
        return [owner for owner in owners if is_gone(owner, self._owner)]


def held_until(session: Session, courses: Collection[str], now: datetime) -> datetime | None:
    """When the next of the claims on sections of these courses runs out; None: there is none."""
    query = select(func.min(ProposalClaimRow.lease_until)).where(
        ProposalClaimRow.course_id.in_(courses), ProposalClaimRow.lease_until > now
    )
    return session.scalar(query)
