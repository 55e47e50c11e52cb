"""Where replies stand: a platform's rows of `ReplyColumns`, in short transactions."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar, cast

from sqlalchemy import CursorResult, and_, delete, or_, select, update

from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.platforms.hosted.tables import ReplyColumns
from jobs.tables import AccountRow, LearnerRow
from knowledge.clock import Clock
from knowledge.notes import Language
from knowledge.store import Database, insert

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
UNASKED = "outbound:"
"""What the source of a message begins with that replies to no turn."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was about to be posted, once or several times."""

    fingerprints: tuple[str, ...]
    at: datetime
    """The first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A reply as its row was read. `str` of it is the `reply_ref` of a turn."""

    id: int
    source: str
    place: str
    private: bool
    messages: tuple[Any, ...]
    posted: int
    draft: Draft | None
    state: str

    def __str__(self) -> str:
        return str(self.id)


R = TypeVar("R", bound=Standing)


class References(ABC, Generic[R]):
    """Plain functions; `ask` calls them from the event loop.

    They have threads of their own, so that a turn is taken at once however many handlers are at work.
    """

    def __init__(self, database: Database, clock: Clock, platform: str, row: type[Any]) -> None:
        """`row`: the platform's table, with `ReplyColumns`."""
        self._database = database
        self._clock = clock
        self._platform = platform
        self._row = row
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"{platform}-replies")

    @abstractmethod
    def _ref(self, row: Any) -> R:
        """What is read of a row."""

    @abstractmethod
    def _account(self, ref: R) -> str | None:
        """The account of who did the turn."""

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls one of the others in a thread."""
        call = partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=True)

    def reserve(self, source: str, place: str, **values: Any) -> R | None:
        """A new row; None where that source has one."""
        row = {
            "messages": [],
            "posted": 0,
            "private": False,
            "state": "open",
            **values,
            "source": source,
            "place": place,
            "created_at": self._clock.now(),
        }
        with self._database.session() as session:
            statement = insert(session, self._row).values(**row)
            statement = statement.on_conflict_do_nothing(index_elements=["source"])
            number = session.scalar(statement.returning(self._row.id))
            return self._ref(session.get_one(self._row, number)) if number is not None else None

    def reserved(self, source: str, place: str, **values: Any) -> R:
        """The row of that source, made if there is none."""
        made = self.reserve(source, place, **values)
        if made is not None:
            return made
        with self._database.session() as session:
            return self._ref(session.scalars(select(self._row).where(self._row.source == source)).one())

    def get(self, reference: int) -> R | None:
        with self._database.session() as session:
            row = session.get(self._row, reference)
            return self._ref(row) if row is not None else None

    def change(self, reference: int, **values: Any) -> R:
        """Sets columns of a row and gives it as it is then. NoResultFound where it is gone."""
        with self._database.session() as session:
            row = session.get_one(self._row, reference, with_for_update=True)
            for name, value in values.items():
                setattr(row, name, value)
            return self._ref(row)

    def moved(self, reference: int, reply: Reply, **values: Any) -> R:
        """`change`, for a reply that goes on elsewhere; what it has to say yet is in `reply`'s words now."""
        with self._database.session() as session:
            row = session.get_one(self._row, reference, with_for_update=True)
            if row.pending is not None:
                row.pending = reply.to_json()
            for name, value in values.items():
                setattr(row, name, value)
            return self._ref(row)

    def begin(self, reference: int, reply: Reply) -> bool:
        """Keeps the reply to a turn until it stands there. False: something later has been told already."""
        with self._database.session() as session:
            result = session.execute(
                update(self._row)
                .where(self._row.id == reference, self._row.state == "open")
                .values(state="told", pending=reply.to_json())
            )
            return bool(cast(CursorResult[Any], result).rowcount)

    def draft(self, reference: int, fingerprint: str, **values: Any) -> R:
        """Notes what is about to be posted; sets columns with it."""
        with self._database.session() as session:
            row = session.get_one(self._row, reference, with_for_update=True)
            before = row.draft or {"fingerprints": [], "at": self._clock.now().isoformat()}
            shown = [one for one in before["fingerprints"] if one != fingerprint]
            row.draft = {**before, "fingerprints": [*shown, fingerprint]}
            for name, value in values.items():
                setattr(row, name, value)
            return self._ref(row)

    def posted(self, reference: int, message: Any, place: int) -> R:
        """The drafted message stands there, as the part of that number."""
        with self._database.session() as session:
            row = session.get_one(self._row, reference, with_for_update=True)
            row.messages = [*row.messages[:place], message, *row.messages[place + 1 :]]
            row.posted += 1
            row.draft = None
            return self._ref(row)

    def unfinished(self, started: datetime) -> list[tuple[R, dict[str, Any] | None]]:
        """Replies to turns that don't stand there yet.

        With what they say (`Reply.to_json`), or None for those that were in work when a process before
        `started` ended.
        """
        interrupted = and_(self._row.state == "open", self._row.created_at < started)
        with self._database.session() as session:
            rows = session.scalars(
                select(self._row)
                .where(
                    or_(self._row.pending.is_not(None), interrupted),
                    ~self._row.source.startswith(UNASKED),
                )
                .order_by(self._row.id)
            ).all()
            return [(self._ref(row), row.pending) for row in rows]

    def pending(self, reference: int) -> dict[str, Any] | None:
        """What it has to say yet (`Reply.to_json`); None: nothing."""
        with self._database.session() as session:
            row = session.get(self._row, reference)
            return row.pending if row is not None else None

    def account(self, learner_id: int, beginning: str = "") -> str | None:
        """The account of a learner on this platform; of several that begin so the one seen last."""
        with self._database.session() as session:
            return session.scalar(
                select(AccountRow.external_id)
                .where(
                    AccountRow.platform == self._platform,
                    AccountRow.learner_id == learner_id,
                    AccountRow.external_id.startswith(beginning, autoescape=True),
                )
                .order_by(AccountRow.seen_at.desc())
                .limit(1)
            )

    def language(self, ref: R) -> Language:
        """What who did the turn is spoken to in, as far as that is known."""
        with self._database.session() as session:
            learner = session.scalar(
                select(LearnerRow)
                .join(AccountRow, AccountRow.learner_id == LearnerRow.id)
                .where(AccountRow.platform == self._platform, AccountRow.external_id == self._account(ref))
            )
            return locale_language((learner.language or learner.heard or learner.locale) if learner else "en")

    def prune(self, before: datetime) -> int:
        """Forgets replies from before that moment; tells how many."""
        with self._database.session() as session:
            result = session.execute(delete(self._row).where(self._row.created_at < before))
            return cast(CursorResult[Any], result).rowcount


def standing(row: ReplyColumns) -> dict[str, Any]:
    """The fields of a `Standing`."""
    draft = row.draft
    return {
        "id": row.id,
        "source": row.source,
        "place": row.place,
        "private": row.private,
        "messages": tuple(row.messages),
        "posted": row.posted,
        "draft": Draft(tuple(draft["fingerprints"]), datetime.fromisoformat(draft["at"])) if draft else None,
        "state": row.state,
    }
