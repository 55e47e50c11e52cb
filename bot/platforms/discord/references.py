"""Where replies stand: the rows of `discord_replies`, in short transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

from sqlalchemy import CursorResult, and_, delete, or_, select, update

from bot.core.language import locale_language
from bot.core.reply import Reply
from bot.platforms.discord.places import PLATFORM
from bot.platforms.discord.tables import ReplyRow
from jobs.tables import AccountRow, LearnerRow
from knowledge.clock import Clock
from knowledge.notes import Language
from knowledge.store import Database, insert

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
PRESS = "press:"
"""What the source of a reply to a press begins with: its interaction's first message is the pressed one."""
UNASKED = "outbound:"
"""What the source of a message begins with that replies to no turn."""
MARGIN = timedelta(seconds=10)
"""So long before its end a token is taken for expired: the request takes a moment as well."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that was about to be posted, once or several times."""

    fingerprints: tuple[str, ...]
    at: datetime
    """The first time."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A reply as its row was read. `str` of it is the `reply_ref` of a turn."""

    id: int
    source: str
    place: str
    channel_id: int | None
    user_id: int | None
    application_id: int | None
    token: str | None
    """None where it has expired."""
    private: bool
    answers: int | None
    messages: tuple[int, ...]
    posted: int
    draft: Draft | None
    state: str

    @property
    def pressed(self) -> bool:
        """Whether it replies to a press or a form."""
        return self.source.startswith(PRESS)

    def __str__(self) -> str:
        return str(self.id)


class References:
    """Plain functions; `ask` calls them from the event loop.

    They have threads of their own, so that an interaction is taken at once however many handlers are at work.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="discord-replies")

    async def ask(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls one of the others in a thread."""
        call = partial(work, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def close(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=True)

    def reserve(self, source: str, place: str, **values: Any) -> Ref | None:
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
            statement = insert(session, ReplyRow).values(**row)
            statement = statement.on_conflict_do_nothing(index_elements=["source"])
            number = session.scalar(statement.returning(ReplyRow.id))
            return self._ref(session.get_one(ReplyRow, number)) if number is not None else None

    def reserved(self, source: str, place: str, **values: Any) -> Ref:
        """The row of that source, made if there is none."""
        made = self.reserve(source, place, **values)
        if made is not None:
            return made
        with self._database.session() as session:
            return self._ref(session.scalars(select(ReplyRow).where(ReplyRow.source == source)).one())

    def get(self, reference: int) -> Ref | None:
        with self._database.session() as session:
            row = session.get(ReplyRow, reference)
            return self._ref(row) if row is not None else None

    def change(self, reference: int, **values: Any) -> Ref:
        """Sets columns of a row and gives it as it is then. NoResultFound where it is gone."""
        with self._database.session() as session:
            row = session.get_one(ReplyRow, reference, with_for_update=True)
            for name, value in values.items():
                setattr(row, name, value)
            return self._ref(row)

    def begin(self, reference: int, reply: Reply) -> bool:
        """Keeps the reply to a turn until it stands there. False: something later has been told already."""
        with self._database.session() as session:
            result = session.execute(
                update(ReplyRow)
                .where(ReplyRow.id == reference, ReplyRow.state == "open")
                .values(state="told", pending=reply.to_json())
            )
            return bool(cast(CursorResult[Any], result).rowcount)

    def draft(self, reference: int, fingerprint: str) -> Ref:
        """Notes what is about to be posted."""
        with self._database.session() as session:
            row = session.get_one(ReplyRow, reference, with_for_update=True)
            before = row.draft or {"fingerprints": [], "at": self._clock.now().isoformat()}
            shown = [one for one in before["fingerprints"] if one != fingerprint]
            row.draft = {**before, "fingerprints": [*shown, fingerprint]}
            return self._ref(row)

    def posted(self, reference: int, message_id: int, place: int) -> Ref:
        """The drafted message stands there, as the part of that number."""
        with self._database.session() as session:
            row = session.get_one(ReplyRow, reference, with_for_update=True)
            row.messages = [*row.messages[:place], message_id, *row.messages[place + 1 :]]
            row.posted += 1
            row.draft = None
            return self._ref(row)

    def unfinished(self, started: datetime) -> list[tuple[Ref, dict[str, Any] | None]]:
        """Replies to turns that don't stand there yet.

        With what they say (`Reply.to_json`), or None for those that were in work when a process before
        `started` ended.
        """
        interrupted = and_(ReplyRow.state == "open", ReplyRow.created_at < started)
        with self._database.session() as session:
            rows = session.scalars(
                select(ReplyRow)
                .where(
                    or_(ReplyRow.pending.is_not(None), interrupted),
                    ~ReplyRow.source.startswith(UNASKED),
                )
                .order_by(ReplyRow.id)
            ).all()
            return [(self._ref(row), row.pending) for row in rows]

    def is_pending(self, reference: int) -> bool:
        with self._database.session() as session:
            row = session.get(ReplyRow, reference)
            return row is not None and row.pending is not None

    def others(self, channel_id: int, reference: int) -> set[int]:
        """The messages of other replies in a channel."""
        with self._database.session() as session:
            rows = session.scalars(
                select(ReplyRow.messages).where(ReplyRow.channel_id == channel_id, ReplyRow.id != reference)
            )
            return {message for messages in rows for message in messages}

    def account(self, learner_id: int) -> int | None:
        """The user on Discord of a learner; of several the one seen last."""
        with self._database.session() as session:
            external = session.scalar(
                select(AccountRow.external_id)
                .where(AccountRow.platform == PLATFORM, AccountRow.learner_id == learner_id)
                .order_by(AccountRow.seen_at.desc())
                .limit(1)
            )
        return int(external) if external and external.isdecimal() else None

    def language(self, user_id: int | None) -> Language:
        """What somebody on Discord is spoken to in, as far as that is known."""
        with self._database.session() as session:
            learner = session.scalar(
                select(LearnerRow)
                .join(AccountRow, AccountRow.learner_id == LearnerRow.id)
                .where(AccountRow.platform == PLATFORM, AccountRow.external_id == str(user_id))
            )
            return locale_language((learner.language or learner.heard or learner.locale) if learner else "en")

    def prune(self, before: datetime) -> int:
        """Forgets replies from before that moment; tells how many."""
        with self._database.session() as session:
            result = session.execute(delete(ReplyRow).where(ReplyRow.created_at < before))
            return cast(CursorResult[Any], result).rowcount

    def _ref(self, row: ReplyRow) -> Ref:
        alive = row.expires_at is not None and self._clock.now() < row.expires_at - MARGIN
        draft = row.draft
        return Ref(
            id=row.id,
            source=row.source,
            place=row.place,
            channel_id=row.channel_id,
            user_id=row.user_id,
            application_id=row.application_id,
            token=row.token if alive else None,
            private=row.private,
            answers=row.answers,
            messages=tuple(row.messages),
            posted=row.posted,
            draft=Draft(tuple(draft["fingerprints"]), datetime.fromisoformat(draft["at"])) if draft else None,
            state=row.state,
        )
