"""Forgetting somebody on Discord."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from bot.platforms.discord.forgetting import forget_replies
from bot.platforms.discord.tables import ReplyRow
from jobs.tables import AccountRow
from knowledge.store import Database

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def reply(source: str, place: str, user: int | None, state: str = "told") -> ReplyRow:
    return ReplyRow(source=source, place=place, user_id=user, state=state, messages=[], created_at=NOW)


def account(platform: str) -> AccountRow:
    return AccountRow(platform=platform, external_id="7", place="dm:7", seen_at=NOW)


def kept(database: Database, platform: str) -> set[str]:
    with database.session() as session:
        session.add_all(
            [
                reply("interaction:1", "channel:5", 7),
                reply("outbound:review:1", "dm:7", None),
                reply("interaction:2", "channel:5", 7, "open"),
                reply("interaction:3", "channel:5", 8),
            ]
        )
        session.flush()
        forget_replies(session, account(platform))
        return set(session.scalars(select(ReplyRow.source)))


def test_the_turn_that_asks_for_it_and_what_others_were_told_stay(database: Database) -> None:
    assert kept(database, "discord") == {"interaction:2", "interaction:3"}


def test_an_account_of_another_platform_takes_nothing_with_it(database: Database) -> None:
    assert len(kept(database, "web")) == 4
