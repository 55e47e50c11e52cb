"""Where replies stand on Slack: the rows of `slack_replies`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from bot.platforms.hosted.references import References as Hosted
from bot.platforms.hosted.references import Standing, standing
from bot.platforms.slack.places import PLATFORM, Place, account, place
from bot.platforms.slack.tables import ReplyRow
from knowledge.clock import Clock
from knowledge.store import Database

USES = 5
"""How many messages a response URL takes."""
URL_LIFE = timedelta(minutes=30)
MARGIN = timedelta(seconds=10)
"""So long before its end a URL is taken for expired: the request takes a moment as well."""
COMMAND = "command:"
"""What the source of a reply to a command begins with. Only its response URL replaces what it said itself:
that of a press replaces the message that was pressed.
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A file of a reply."""

    id: str
    looks: str
    """Recognises name and content."""
    state: str
    """begun (announced, its content on the way) | sent (about to be shown) | shown"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref(Standing):
    """A reply as its row was read."""

    messages: tuple[str, ...]
    channel: str | None
    thread: str
    user_id: str | None
    response_url: str | None
    """None where it has expired or is used up."""
    uses: int
    is_fresh: bool
    """Whether it was asked for within the life of a response URL."""
    files: tuple[Shared, ...]

    @property
    def where(self) -> Place:
        return place(self.place)

    @property
    def team(self) -> str:
        return self.where.team

    @property
    def is_direct(self) -> bool:
        """Whether nobody else reads along where it stands."""
        where = self.where
        return where.kind == "dm" or (where.kind == "thread" and where.id.startswith("D"))

    @property
    def replaces(self) -> bool:
        """Whether the response URL can replace what was said through it."""
        return self.source.startswith(COMMAND)


class References(Hosted[Ref]):
    """With what only Slack's rows have."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock, PLATFORM, ReplyRow)

    def shared(self, reference: int, files: tuple[Shared, ...]) -> Ref:
        """Notes the files of a reply."""
        return self.change(reference, files=[asdict(file) for file in files])

    def _account(self, ref: Ref) -> str | None:
        return account(ref.team, ref.user_id) if ref.user_id is not None else None

    def _ref(self, row: ReplyRow) -> Ref:
        fresh = row.expires_at is not None and self._clock.now() < row.expires_at - MARGIN
        return Ref(
            **standing(row),
            channel=row.channel,
            thread=row.thread,
            user_id=row.user_id,
            response_url=row.response_url if fresh and row.uses < USES else None,
            uses=row.uses,
            is_fresh=fresh,
            files=tuple(Shared(**file) for file in row.files),
        )
