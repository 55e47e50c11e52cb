"""Where what comes unasked reaches a learner, and what becomes of it where it doesn't.

The order in which places are tried; the first that is open takes it:

1. the channel that the learner chose, if reviews are to come there;
2. the inbox of the account last seen (where a platform has none: the place where it was last met);
3. the channel that the learner chose for when private messages are closed;
4. the inboxes of the other accounts, the last seen first.

A place that refuses is closed from then on (`turn_away`) and not tried again until there is a sign that
it works: the learner writes in it, something arrives there, or they choose anew where reviews come.
Where nothing is open, messages that are out already are held in the outbox and what becomes due is not
asked; the learner is told how much waits when they next do something (`jobs.reach`), once for each
time that something new has come to wait. As soon as a place opens, all of it goes there.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from jobs.people import lock_learner
from jobs.people_tables import ReviewPlaceRow
from jobs.tables import AccountRow, LearnerRow, OutboundRow, ReviewRow

log = logging.getLogger(__name__)

FOLLOWS = ("review",)
"""Kinds of messages that go where their learner can be reached; others belong to one place."""
_UNSENT = ("waiting", "held")
_ACCOUNTS = (
    select(AccountRow)
    .where(AccountRow.learner_id == bindparam("learner"))
    .order_by(AccountRow.seen_at.desc(), AccountRow.id.desc())
)
_CHANNEL = select(ReviewPlaceRow).where(
    ReviewPlaceRow.learner_id == bindparam("learner"), ReviewPlaceRow.closed_at.is_(None)
)
_CLOSED = select(AccountRow.learner_id).where(
    AccountRow.learner_id.in_(bindparam("learners", expanding=True)), AccountRow.closed_at.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Destination:
    """A place for what comes unasked."""

    platform: str
    place: str
    reader: dict[str, str] | None = None
    """In a place that others read: for whom it is, as `{"id": ..., "name": ...}` of the account there."""

    def payload(self, payload: dict[str, Any]) -> dict[str, Any]:
        """What a message says, with whom it is for where that must be said (`for`)."""
        rest = {key: value for key, value in payload.items() if key != "for"}
        return {**rest, "for": self.reader} if self.reader else rest


def follows(row: OutboundRow) -> bool:
    """Whether a message goes where its learner can be reached."""
    return row.learner_id is not None and row.kind in FOLLOWS and row.edit_ref is None


def destination(session: Session, learner_id: int) -> Destination | None:
    """Where what comes unasked reaches the learner now; None: nowhere."""
    channel = _channel(session, learner_id)
    if channel and not channel[0].only_else:
        return channel[1]
    accounts = accounts_of(session, learner_id)
    if accounts and accounts[0].closed_at is None:
        return _inbox(accounts[0])
    if channel:
        return channel[1]
    return next((_inbox(account) for account in accounts if account.closed_at is None), None)


def last_met(session: Session, learner_id: int) -> Destination | None:
    """The inbox of the account last seen, closed or not; None for a learner without an account."""
    return next((_inbox(account) for account in accounts_of(session, learner_id)), None)


def readdress(session: Session, learner_id: int) -> bool:
    """Sends everything that is not out yet where the learner can be reached now; whether they can.

    Call it under a lock on the learner.
    """
    session.flush()
    there = destination(session, learner_id)
    for row in session.scalars(
        select(OutboundRow)
        .where(
            OutboundRow.learner_id == learner_id,
            OutboundRow.kind.in_(FOLLOWS),
            OutboundRow.edit_ref.is_(None),
            OutboundRow.state.in_(_UNSENT),
        )
        .order_by(OutboundRow.id)
        .with_for_update()
    ):
        _address(row, there)
    if there is not None:
        session.execute(
            update(ReviewRow)
            .where(ReviewRow.learner_id == learner_id, ReviewRow.state == "waiting")
            .where(ReviewRow.held_until.is_not(None))
            .values(held_until=None)
        )
    return there is not None


def turn_away(session: Session, delivery_id: int, owner: str, error: str, now: datetime) -> bool:
    """A platform can't reach the learner of a message that `owner` was sending: it goes elsewhere or waits.

    So does everything else that waits for the learner. False, and nothing is changed, for a message that
    belongs to its place (an edit, a group's message) or that has nowhere else to go.
    """
    row = _locked_with_learner(session, delivery_id)
    if row is None or row.learner_id is None or row.state != "sending" or row.owner != owner:
        return False
    learner_id = row.learner_id
    _close(session, learner_id, row.platform, row.place, now)
    there = destination(session, learner_id)
    if there is not None and (there.platform, there.place) == (row.platform, row.place):
        return False
    log.info("message %s can't reach its learner in %s (%s)", row.key, row.place, error)
    row.error, row.owner, row.claimed_until, row.attempts = error, None, None, 0
    _address(row, there)
    readdress(session, learner_id)
    return True


def arrived(session: Session, learner_id: int, platform: str, place: str) -> None:
    """Something came unasked in that place: it is open."""
    lock_learner(session, learner_id)
    for account in accounts_of(session, learner_id):
        if account.platform == platform and place == (account.inbox or account.place):
            account.closed_at = account.told_at = None
    readdress(session, learner_id)


def closed_among(session: Session, learners: Collection[int]) -> set[int]:
    """Those of the learners of whom an account refused what came unasked."""
    if not learners:
        return set()
    return set(session.scalars(_CLOSED, {"learners": list(learners)}))


def close_space(session: Session, platform: str, space: str, now: datetime) -> None:
    """Recap was put out of a server: no channel in it takes reviews any more."""
    for learner_id in _choosers(session, platform, space):
        lock_learner(session, learner_id)
        row = session.get(ReviewPlaceRow, learner_id, populate_existing=True)
        if row is not None and (row.platform, row.space) == (platform, space):
            row.closed_at = now
            readdress(session, learner_id)


def open_space(session: Session, platform: str, space: str) -> None:
    """Recap is in a server again: the channels chosen there take reviews as before."""
    for learner_id in _choosers(session, platform, space):
        lock_learner(session, learner_id)
        row = session.get(ReviewPlaceRow, learner_id, populate_existing=True)
        if row is not None and (row.platform, row.space) == (platform, space):
            row.closed_at = None
            readdress(session, learner_id)


def _locked_with_learner(session: Session, delivery_id: int) -> OutboundRow | None:
    """A message that follows its learner, both locked, in the order in which everyone locks them."""
    row = session.get(OutboundRow, delivery_id)
    while row is not None and row.learner_id is not None:
        if row.kind not in FOLLOWS or row.edit_ref is not None:
            return None
        learner_id = row.learner_id
        gone = session.get(LearnerRow, learner_id, with_for_update={"key_share": True}) is None
        session.refresh(row, with_for_update=None if gone else True)
        if not gone and row.learner_id == learner_id:
            return row
        # The learner became one with another meanwhile, to whom the message belongs now.
    return None


def _choosers(session: Session, platform: str, space: str) -> list[int]:
    query = select(ReviewPlaceRow.learner_id).where(
        ReviewPlaceRow.platform == platform, ReviewPlaceRow.space == space
    )
    return list(session.scalars(query.order_by(ReviewPlaceRow.learner_id)))


def _channel(session: Session, learner_id: int) -> tuple[ReviewPlaceRow, Destination] | None:
    row = session.scalar(_CHANNEL, {"learner": learner_id})
    if row is None:
        return None
    account = session.get_one(AccountRow, row.account_id)
    reader = {"id": account.external_id, "name": account.name}
    return row, Destination(row.platform, row.place, reader)


def accounts_of(session: Session, learner_id: int) -> list[AccountRow]:
    """The learner's accounts, the last seen first."""
    return list(session.scalars(_ACCOUNTS, {"learner": learner_id}))


def _inbox(account: AccountRow) -> Destination:
    return Destination(account.platform, account.inbox or account.place)


def _address(row: OutboundRow, there: Destination | None) -> None:
    if there is None:
        row.state = "held"
        return
    row.state, row.platform, row.place = "waiting", there.platform, there.place
    row.payload = there.payload(row.payload)


def _close(session: Session, learner_id: int, platform: str, place: str, now: datetime) -> None:
    for account in accounts_of(session, learner_id):
        if account.platform == platform and place == (account.inbox or account.place):
            account.closed_at = account.closed_at or now
    chosen = session.get(ReviewPlaceRow, learner_id)
    if chosen is not None and (chosen.platform, chosen.place) == (platform, place):
        chosen.closed_at = chosen.closed_at or now
    session.flush()


def reopen(session: Session, learner_id: int) -> None:
    """Takes every account of the learner as open and sends what waits there.

    Call it under a lock on the learner.
    """
    for account in accounts_of(session, learner_id):
        account.closed_at = account.told_at = None
    readdress(session, learner_id)
