"""What the parts of Slack need of one another and of the core, each real or scripted in tests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.core.reply import Reply
from bot.core.turn import Person, Turn, Where
from bot.platforms.slack.places import Place
from knowledge.notes import Language

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.complete import Choice
    from bot.core.forms import Form
    from bot.core.home import Home
    from bot.core.prompts import Prompt
    from bot.platforms.slack.clients import Identity


@dataclass(frozen=True, slots=True)
class Source:
    """One thing a person did on Slack, as far as its reply has to know it."""

    key: str
    """The same for every delivery of the same thing, whichever way it comes: `event:<team>/<channel>/<ts>`
    of a message (`message` and `app_mention` tell of the same one), `command:<trigger_id>`,
    `press:<trigger_id>`, `form:<trigger_id>`, `shortcut:<trigger_id>`."""
    place: Place
    user: str
    channel: str = ""
    """Where the reply stands; empty: it was done outside of any (App Home): direct messages."""
    thread: str = ""
    """The thread (`ts`) that the reply goes to; empty: none."""
    response_url: str = ""
    """Takes five messages within thirty minutes, in channels too that the bot isn't in."""
    at: datetime | None = None
    """When it was done, by our clock; from then on the response URL runs."""
    pressed: str = ""
    """`ts` of the message whose button was pressed."""
    pressed_private: bool = False
    """Whether only that person sees that message."""

    @property
    def team(self) -> str:
        return self.place.team


class Clients(Protocol):
    """The Web API of each workspace. Lives on Slack's loop."""

    async def of(self, team: str) -> AsyncWebClient:
        """With a token that works now, and with retries of limits. `failures.NotInstalled`: the app isn't
        there (any more)."""

    async def bot_user(self, team: str) -> str:
        """The user id of the bot there."""

    async def identity(self, team: str) -> Identity:
        """Who the bot is there. `failures.NotInstalled`; `failures.Later`: Slack can't be asked now."""

    async def teams(self) -> list[str]:
        """The workspaces that the app is installed in."""

    async def forget(self, team: str) -> None:
        """What is known of that workspace may hold no longer: it is asked for anew."""

    async def close(self) -> None:
        """Closes the connections; nothing is asked afterwards."""


class SlackCore(Protocol):
    """Plain functions, called from worker threads; `bot.core.core.Core`."""

    def dispatch(self, turn: Turn) -> Reply: ...

    def form(self, turn: Turn) -> Form | None: ...

    def choices(self, turn: Turn, parameter: str) -> Sequence[Choice]: ...

    def welcome(self, person: Person, where: Where | None = None) -> Reply: ...

    def home(self, person: Person, where: Where, pictures: bool = True) -> Home: ...

    def prompts(self, person: Person, where: Where) -> Sequence[Prompt]: ...

    def language(self, platform: str, person: Person) -> Language: ...

    def joined(self, platform: str, space: str, title: str, place: str | None, locale: str) -> None: ...

    def left(self, platform: str, space: str) -> None: ...

    def remain(self, platform: str, spaces: Collection[str]) -> None: ...


class SlackRef(Protocol):
    """A reply whose place is reserved; `str` of it is the `reply_ref` of a turn."""

    @property
    def id(self) -> int: ...


class SlackReplies(Protocol):
    """`bot.platforms.slack.replies.Replies`. Lives on Slack's loop."""

    async def open(self, source: Source, *, private: bool) -> SlackRef | None:
        """Reserves a reply; None where that source was taken before."""

    async def fill(self, ref: SlackRef, reply: Reply) -> None:
        """Says it, durably; raises nothing."""
