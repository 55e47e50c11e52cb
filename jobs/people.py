"""Learners: who they are on each platform, and how they want to be reminded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from jobs.errors import LearnerError
from jobs.review.hours import Quiet
from jobs.review.schedule import move_reviews, resumption
from jobs.tables import AccountRow, LearnerRow
from knowledge.clock import Clock
from knowledge.notes import Language
from knowledge.store import Database, insert

_LANGUAGES: Final = ("en", "bg", "zh")
_ROW: Final = select(LearnerRow).where(LearnerRow.id == bindparam("learner"))
# NO KEY UPDATE on PostgreSQL: rows that refer to the learner can still be written meanwhile.
_LOCKED: Final = _ROW.with_for_update(key_share=True).execution_options(populate_existing=True)


NIGHT: Final = Quiet(22, 8)


class _Keep(Enum):
    KEEP = "keep"


KEEP: Final = _Keep.KEEP
"""The setting stays as it is; None would clear it."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A person, on however many platforms."""

    id: int
    name: str
    language: Language | None
    """The one chosen in the settings; None: the language of what the person writes."""
    zone: str
    review_hour: int
    quiet_start: int | None
    quiet_end: int | None
    locale: str = "en"
    """As the platform told it last."""
    heard: Language | None = None
    """The language that the person last wrote in, as far as that could be told."""
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    """Of the last pause of the reviews; see `LearnerRow`."""
    closed: bool = False
    """When they were met, an account of theirs had refused what came unasked (`jobs.destinations`)."""

    @property
    def tz(self) -> ZoneInfo:
        return zone_info(self.zone)

    @property
    def quiet(self) -> Quiet | None:
        """None: no quiet hours."""
        if self.quiet_start is None or self.quiet_end is None or self.quiet_start == self.quiet_end:
            return None
        return Quiet(self.quiet_start, self.quiet_end)

    def paused(self, now: datetime) -> bool:
        """Whether nothing is to be asked unasked now."""
        return self.paused_at is not None and (self.paused_until is None or now < self.paused_until)


@lru_cache(maxsize=256)
def zone_info(name: str) -> ZoneInfo:
    """The time zone of an IANA name; `LearnerError("error.zone_unknown")` if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # a name that is unknown, a folder, outside the folder
        raise LearnerError("error.zone_unknown", zone=name) from error


class People:
    """The learners of one database. `review_hour` and `quiet` are what a new learner starts with."""

    def __init__(
        self, database: Database, clock: Clock, review_hour: int = 18, quiet: Quiet | None = NIGHT
    ) -> None:
        self._database = database
        self._clock = clock
        self._review_hour = review_hour
        self._quiet = quiet

    def meet(
        self,
        platform: str,
        external_id: str,
        name: str,
        place: str,
        zone: str | None = None,
        locale: str = "en",
        inbox: str = "",
    ) -> Learner:
        """The learner behind an account, met just now in `place`; a new one at the first meeting.

        `zone` counts at the first meeting only, and only if it is a known IANA name; else UTC. An empty
        `locale` leaves the one that was told last. Whoever is met in their `inbox` (see
        `bot.core.turn.Person`) can be reached there.
        """
        with self._database.session() as session:
            account = self._account(session, platform, external_id)
            if account is None:
                account = self._welcome(session, platform, external_id, place, name, zone, locale)
            account.place, account.seen_at = place, self._clock.now()
            account.name, account.inbox = name[:200], inbox
            closed = session.scalars(
                select(AccountRow.id).where(
                    AccountRow.learner_id == account.learner_id, AccountRow.closed_at.is_not(None)
                )
            ).all()
            if account.id in closed and place == (inbox or place):
                account.closed_at = account.told_at = None
            session.flush()
            while (row := session.get(LearnerRow, account.learner_id)) is None:
                session.refresh(account)  # they were linked to another learner at this moment
            row.name, row.locale = name[:200], locale[:35] or row.locale
            return replace(learner_of(row), closed=bool(closed))

    def learner(self, learner_id: int) -> Learner:
        """`LearnerError` if there is none of that id."""
        with self._database.session() as session:
            return learner_of(_row(session, learner_id))

    def hear(self, learner_id: int, language: Language) -> None:
        """Remembers the language that the learner has just written in."""
        with self._database.session() as session:
            _row(session, learner_id).heard = language

    def change(
        self,
        learner_id: int,
        *,
        language: str | Literal[_Keep.KEEP] | None = KEEP,
        zone: str | Literal[_Keep.KEEP] = KEEP,
        review_hour: int | Literal[_Keep.KEEP] = KEEP,
        quiet_start: int | Literal[_Keep.KEEP] | None = KEEP,
        quiet_end: int | Literal[_Keep.KEEP] | None = KEEP,
    ) -> Learner:
        """Changes settings; those not given stay. Reviews to come move to the new hour and zone.

        `language` None: that of what the person writes. Quiet hours are given or cleared (None) together.
        Nothing changes when one of them is refused with a `LearnerError`.
        """
        with self._database.session() as session:
            row = _row(session, learner_id)
            session.refresh(row, with_for_update={"key_share": True})
            before = learner_of(row)
            if language is not KEEP:
                if language is not None and language not in _LANGUAGES:
                    raise LearnerError("error.language_unknown", language=language)
                row.language = language
            if zone is not KEEP:
                row.zone = zone_info(zone).key
            if review_hour is not KEEP:
                row.review_hour = _hour(review_hour)
            if quiet_start is not KEEP:
                row.quiet_start = None if quiet_start is None else _hour(quiet_start)
            if quiet_end is not KEEP:
                row.quiet_end = None if quiet_end is None else _hour(quiet_end)
            if (row.quiet_start is None) != (row.quiet_end is None):
                raise LearnerError("error.quiet_invalid")
            after = learner_of(row)
            if (before.zone, before.review_hour, before.quiet) != (
                after.zone,
                after.review_hour,
                after.quiet,
            ):
                move_reviews(session, learner_id, after)
                if before.paused_until is not None and before.paused(self._clock.now()):
                    day = before.paused_until.astimezone(before.tz).date()
                    row.paused_until = resumption(day, after)
                    after = learner_of(row)
            return after

    def _account(self, session: Session, platform: str, external_id: str) -> AccountRow | None:
        return session.scalar(
            select(AccountRow).where(AccountRow.platform == platform, AccountRow.external_id == external_id)
        )

    def _welcome(
        self,
        session: Session,
        platform: str,
        external_id: str,
        place: str,
        name: str,
        zone: str | None,
        locale: str,
    ) -> AccountRow:
        now = self._clock.now()
        row = LearnerRow(
            name=name[:200],
            zone=_known_zone(zone),
            review_hour=self._review_hour,
            quiet_start=self._quiet.start if self._quiet else None,
            quiet_end=self._quiet.end if self._quiet else None,
            locale=locale[:35] or "en",
            created_at=now,
        )
        session.add(row)
        session.flush()
        mine = session.scalar(
            insert(session, AccountRow)
            .values(learner_id=row.id, platform=platform, external_id=external_id, place=place, seen_at=now)
            .on_conflict_do_nothing(index_elements=["platform", "external_id"])
            .returning(AccountRow.id)
        )
        if mine is None:  # another turn of the same new person came first
            session.delete(row)
            session.flush()
        account = self._account(session, platform, external_id)
        assert account is not None  # noqa: S101 - inserted just now, by us or by the other turn
        return account


def lock_learner(session: Session, learner_id: int) -> Learner:
    """The learner, whose reviews nobody else changes until the end of the transaction."""
    row = session.scalar(_LOCKED, {"learner": learner_id})
    if row is None:
        raise LearnerError
    return learner_of(row)


def _row(session: Session, learner_id: int) -> LearnerRow:
    row = session.scalar(_ROW, {"learner": learner_id})
    if row is None:
        raise LearnerError("error.learner_unknown")
    return row


def learner_of(row: LearnerRow) -> Learner:
    """The learner that a row holds."""
    return Learner(
        id=row.id,
        name=row.name,
        language=row.language,  # type: ignore[arg-type]
        zone=row.zone,
        review_hour=row.review_hour,
        quiet_start=row.quiet_start,
        quiet_end=row.quiet_end,
        locale=row.locale,
        heard=row.heard,  # type: ignore[arg-type]
        paused_at=row.paused_at,
        paused_until=row.paused_until,
    )


def _known_zone(name: str | None) -> str:
    try:
        return zone_info(name or "UTC").key
    except LearnerError:
        return "UTC"


def _hour(hour: int) -> int:
    if not 0 <= hour <= 23:
        raise LearnerError("error.hour_invalid", hour=hour)
    return hour
