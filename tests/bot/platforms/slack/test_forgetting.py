"""Forgetting somebody on Slack."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from bot.platforms.slack.forgetting import forget_replies
from bot.platforms.slack.tables import ReplyRow
from jobs.tables import AccountRow
from knowledge.store import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def reply(source: str, place: str, user: str | None, state: str = "told") -> ReplyRow:
    return ReplyRow(source=source, place=place, user_id=user, state=state, messages=[], created_at=NOW)


def account(platform: str) -> AccountRow:
    return AccountRow(platform=platform, external_id="T1/U7", place="dm:T1/U7", seen_at=NOW)


def kept(database: Database, platform: str) -> set[str]:
    with database.session() as session:
        session.add_all(
            [
                reply("command:1", "channel:T1/C5", "U7"),
                reply("press:1", "thread:T1/C5/1.5", "U7"),
                reply("outbound:review:1", "dm:T1/U7", None),
                reply("command:2", "channel:T1/C5", "U7", "open"),
                reply("command:3", "channel:T1/C5", "U8"),
                reply("command:4", "channel:T2/C5", "U7"),
            ]
        )
        session.flush()
        forget_replies(session, account(platform))
        return set(session.scalars(select(ReplyRow.source)))


def test_the_turn_that_asks_for_it_and_what_others_were_told_stay(database: Database) -> None:
    assert kept(database, "slack") == {"command:2", "command:3", "command:4"}


def test_an_account_of_another_platform_takes_nothing_with_it(database: Database) -> None:
    assert len(kept(database, "discord")) == 6
