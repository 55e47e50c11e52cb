"""Linking accounts: a code shown on one platform and entered on another makes one learner of two.

A code holds ten minutes and works once; a new one replaces it. What is kept of it is a digest. Both
making codes and guessing them are limited for each person. Every change is one transaction under locks on
the learners concerned, in the order of their ids; where two links cross, one is made and the other finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jobs import destinations
from jobs.errors import LinkError
from jobs.linking import codes
from jobs.linking.merge import lock, merge
from jobs.outbox import Outbox
from jobs.people import lock_learner
from jobs.people_tables import LinkCodeRow, LinkGuessRow, ReviewPlaceRow
from jobs.review.prompt_tables import OpenPromptRow
from jobs.review.topic_tables import OpenTopicRow
from jobs.tables import AccountRow, LearnerRow
from knowledge.clock import Clock
from knowledge.store import Database

VALID = timedelta(minutes=10)
GUESSES = 5
"""Wrong codes of one person within `VALID`."""
CODES = 10
"""Codes that one person may have made within `CODES_WINDOW`."""
CODES_WINDOW = timedelta(hours=1)
_KEPT = timedelta(days=1)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a learner."""

    id: int
    platform: str
    external_id: str
    name: str
    seen_at: datetime
    closed: bool
    """What comes unasked is refused there."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking did."""

    learner_id: int
    """Both are this one now."""
    stopped: int
    """Notes that both had studied: the earlier study of each was stopped."""


class Linking:
    """The accounts of the learners of one database."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    def accounts(self, learner_id: int) -> tuple[Account, ...]:
        """The learner's accounts, the last seen first."""
        with self._database.session() as session:
            return tuple(_account(row) for row in _rows(session, learner_id))

    def make_code(self, learner_id: int, platform: str, external_id: str) -> str:
        """A code for this account's learner, as it is shown; the ones before it are worth nothing now.

        `LinkError("error.link_codes")` where too many were made of late.
        """
        now = self._clock.now()
        code = codes.new()
        digest = codes.digest(code)
        with self._database.session() as session:
            lock_learner(session, learner_id)
            mine = LinkCodeRow.learner_id == learner_id
            made = session.scalars(
                select(LinkCodeRow.made_at)
                .where(mine, LinkCodeRow.made_at > now - CODES_WINDOW)
                .order_by(LinkCodeRow.made_at)
            ).all()
            if len(made) >= CODES:
                raise LinkError("error.link_codes", count=_minutes(made[-CODES] + CODES_WINDOW - now))
            session.execute(update(LinkCodeRow).where(mine, LinkCodeRow.ends_at > now).values(ends_at=now))
            account = _of(session, learner_id, platform, external_id)
            session.add(
                LinkCodeRow(
                    learner_id=learner_id,
                    account_id=account.id if account else None,
                    digest=digest,
                    made_at=now,
                    ends_at=now + VALID,
                )
            )
        return codes.shown(code)

    def redeem(self, learner_id: int, platform: str, external_id: str, text: str) -> Linked:
        """Makes the learner one with whoever made the code, whose settings stay.

        LinkError: `error.link_unknown`, `error.link_expired` (also: used, replaced), `error.link_own`,
        `error.link_already`, `error.link_guesses` (`count` minutes) after too many wrong codes.
        """
        code = codes.read(text)
        digest = codes.digest(code) if code else ""
        for tries in range(_TRIES):
            try:
                with self._database.session() as session:
                    outcome = self._redeem(session, learner_id, platform, external_id, digest)
                break
            except OperationalError:  # two who lock the same rows in another order: one is sent back
                if tries == _TRIES - 1:
                    raise
        if isinstance(outcome, LinkError):  # not before the guess is written
            raise outcome
        return outcome

    def unlink(self, learner_id: int, account_id: int) -> Account:
        """Gives an account a fresh learner with the same settings; what was learnt stays with the others.

        LinkError: `error.link_account` for an account that isn't theirs, `error.link_only` for their only
        one.
        """
        with self._database.session() as session:
            lock_learner(session, learner_id)
            rows = _rows(session, learner_id)
            row = next((one for one in rows if one.id == account_id), None)
            if row is None:
                raise LinkError("error.link_account")
            if len(rows) == 1:
                raise LinkError("error.link_only")
            was = _account(row)
            row.learner_id = self._fresh(session, learner_id, row)
            row.closed_at = row.told_at = None
            for table in (OpenPromptRow, OpenTopicRow):
                session.execute(
                    delete(table).where(
                        table.learner_id == learner_id,
                        table.platform == row.platform,
                        table.place.in_((row.place, row.inbox)),
                    )
                )
            session.execute(delete(ReviewPlaceRow).where(ReviewPlaceRow.account_id == row.id))
            session.execute(delete(LinkCodeRow).where(LinkCodeRow.account_id == row.id))
            destinations.readdress(session, learner_id)
            return was

    def prune(self) -> None:
        """Deletes codes and guesses that count for nothing any more."""
        before = self._clock.now() - _KEPT
        with self._database.session() as session:
            session.execute(delete(LinkCodeRow).where(LinkCodeRow.made_at < before))
            session.execute(delete(LinkGuessRow).where(LinkGuessRow.made_at < before))

    def _redeem(
        self, session: Session, learner_id: int, platform: str, external_id: str, digest: str
    ) -> Linked | LinkError:
        now = self._clock.now()
        found = (
            select(LinkCodeRow).where(LinkCodeRow.digest == digest).order_by(LinkCodeRow.id.desc()).limit(1)
        )
        seen = session.scalar(found)
        lock(session, learner_id, *([seen.learner_id] if seen else ()))
        if session.get(LearnerRow, learner_id) is None:
            # Another link has just made this person one with somebody; the account knows with whom.
            mine = session.scalar(
                select(AccountRow.learner_id).where(
                    AccountRow.platform == platform, AccountRow.external_id == external_id
                )
            )
            return LinkError(
                "error.link_already" if seen and seen.learner_id == mine else "error.link_unknown"
            )
        if wait := _too_many(session, learner_id, now):
            return LinkError("error.link_guesses", count=_minutes(wait))
        code = session.scalar(found.with_for_update().execution_options(populate_existing=True))
        if code is not None and code.learner_id == learner_id:
            account = _of(session, learner_id, platform, external_id)
            own = account is not None and account.id == code.account_id
            return LinkError("error.link_own" if own else "error.link_already")
        if code is None or code.ends_at <= now or seen is None or code.learner_id != seen.learner_id:
            session.add(LinkGuessRow(learner_id=learner_id, made_at=now))
            return LinkError("error.link_expired" if code else "error.link_unknown")
        keeper = code.learner_id
        code.ends_at = now
        stopped = merge(session, self._outbox, keeper, learner_id)
        return Linked(keeper, stopped)

    def _fresh(self, session: Session, learner_id: int, account: AccountRow) -> int:
        was = session.get_one(LearnerRow, learner_id)
        row = LearnerRow(
            name=account.name or was.name,
            language=was.language,
            heard=was.heard,
            zone=was.zone,
            review_hour=was.review_hour,
            quiet_start=was.quiet_start,
            quiet_end=was.quiet_end,
            locale=was.locale,
            paused_at=was.paused_at,
            paused_until=was.paused_until,
            created_at=self._clock.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def _too_many(session: Session, learner_id: int, now: datetime) -> timedelta | None:
    """How long a person must wait who has guessed too often."""
    made = session.scalars(
        select(LinkGuessRow.made_at)
        .where(LinkGuessRow.learner_id == learner_id, LinkGuessRow.made_at > now - VALID)
        .order_by(LinkGuessRow.made_at)
    ).all()
    return made[-GUESSES] + VALID - now if len(made) >= GUESSES else None


def _minutes(time: timedelta) -> int:
    return max(1, -(-int(time.total_seconds()) // 60))


def _rows(session: Session, learner_id: int) -> list[AccountRow]:
    query = select(AccountRow).where(AccountRow.learner_id == learner_id)
    return list(session.scalars(query.order_by(AccountRow.seen_at.desc(), AccountRow.id.desc())))


def _of(session: Session, learner_id: int, platform: str, external_id: str) -> AccountRow | None:
    return next(
        (
            row
            for row in _rows(session, learner_id)
            if (row.platform, row.external_id) == (platform, external_id)
        ),
        None,
    )


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.platform, row.external_id, row.name, row.seen_at, row.closed_at is not None)
