"""Which conversations stand in the assistant pane, and beside which channel. Asked in threads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from bot.platforms.slack.assistant.tables import SlackPaneRow
from bot.platforms.slack.places import PLATFORM, user_of
from jobs.tables import AccountRow
from knowledge.clock import Clock
from knowledge.store import Database, insert


@dataclass(frozen=True, slots=True)
class Pane:
    """One conversation in the pane."""

    team: str
    channel: str
    """The direct messages that it is a thread of."""
    ts: str
    user: str
    beside: str = ""
    """The channel that the person looks at; empty: none that Slack tells of."""
    titled: bool = False


class Panes:
    """Durable; any number of processes may share the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def at(self, team: str, channel: str, ts: str) -> Pane | None:
        """The conversation that a thread is; None where it isn't one in the pane."""
        with self._database.session() as session:
            row = session.get(SlackPaneRow, (team, channel, ts))
            return _pane(row) if row is not None else None

    def seen(self, pane: Pane) -> Pane:
        """It stands there, beside that channel; as it is kept now. Where none is told, the last one holds."""
        now = self._clock.now()
        kept = {"seen_at": now, **({"beside": pane.beside} if pane.beside else {})}
        with self._database.session() as session:
            session.execute(
                insert(session, SlackPaneRow)
                .values(
                    team=pane.team,
                    channel=pane.channel,
                    ts=pane.ts,
                    user=pane.user,
                    beside=pane.beside,
                    titled=False,
                    seen_at=now,
                )
                .on_conflict_do_update(index_elements=["team", "channel", "ts"], set_=kept)
            )
            return _pane(session.get_one(SlackPaneRow, (pane.team, pane.channel, pane.ts)))

    def title(self, pane: Pane) -> bool:
        """Whether it is for the caller to give it its title: to nobody else from now on."""
        with self._database.session() as session:
            done = session.execute(
                update(SlackPaneRow)
                .where(
                    SlackPaneRow.team == pane.team,
                    SlackPaneRow.channel == pane.channel,
                    SlackPaneRow.ts == pane.ts,
                    SlackPaneRow.titled.is_(False),
                )
                .values(titled=True, seen_at=self._clock.now())
            )
            assert isinstance(done, CursorResult)  # noqa: S101
            return done.rowcount == 1

    def prune(self, before: datetime) -> int:
        """Forgets those that nothing happened in since; tells how many."""
        with self._database.session() as session:
            done = session.execute(delete(SlackPaneRow).where(SlackPaneRow.seen_at < before))
            assert isinstance(done, CursorResult)  # noqa: S101
            return int(done.rowcount)


def forget_panes(session: Session, account: AccountRow) -> None:
    """Deletes what is kept of a person's conversations in the pane."""
    if account.platform != PLATFORM:
        return
    team, user = user_of(account.external_id)
    session.execute(delete(SlackPaneRow).where(SlackPaneRow.team == team, SlackPaneRow.user == user))


def _pane(row: SlackPaneRow) -> Pane:
    return Pane(row.team, row.channel, row.ts, row.user, row.beside, row.titled)
