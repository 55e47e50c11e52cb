"""Where replies stand on Discord: the rows of `discord_replies`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from bot.platforms.discord.places import PLATFORM
from bot.platforms.discord.tables import ReplyRow
from bot.platforms.hosted.references import References as Hosted
from bot.platforms.hosted.references import Standing, standing
from knowledge.clock import Clock
from knowledge.store import Database

PRESS = "press:"
"""What the source of a reply to a press begins with: its interaction's first message is the pressed one."""
MARGIN = timedelta(seconds=10)
"""So long before its end a token is taken for expired: the request takes a moment as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Standing):
    """A reply as its row was read."""

    messages: tuple[int, ...]
    channel_id: int | None
    user_id: int | None
    application_id: int | None
    token: str | None
    """None where it has expired."""
    answers: int | None

    @property
    def pressed(self) -> bool:
        """Whether it replies to a press or a form."""
        return self.source.startswith(PRESS)


class References(Hosted[Ref]):
    """With what only Discord's rows have."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock, PLATFORM, ReplyRow)

    def others(self, channel_id: int, reference: int) -> set[int]:
        """The messages of other replies in a channel."""
        with self._database.session() as session:
            rows = session.scalars(
                select(ReplyRow.messages).where(ReplyRow.channel_id == channel_id, ReplyRow.id != reference)
            )
            return {message for messages in rows for message in messages}

    def _account(self, ref: Ref) -> str | None:
        return str(ref.user_id) if ref.user_id is not None else None

    def _ref(self, row: ReplyRow) -> Ref:
        alive = row.expires_at is not None and self._clock.now() < row.expires_at - MARGIN
        return Ref(
            **standing(row),
            channel_id=row.channel_id,
            user_id=row.user_id,
            application_id=row.application_id,
            token=row.token if alive else None,
            answers=row.answers,
        )
