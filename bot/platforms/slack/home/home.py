"""App Home: published when it is opened, and again when what it shows has changed.

The page itself carries what it shows (`Shown`), so that it is left alone where nothing has changed, also
after a restart. Two publications of one person's page never run at once, and never without a pause between.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.core.home import Home as Page
from bot.core.reply import Reply
from bot.core.turn import Where
from bot.platforms.hosted.threads import Threads
from bot.platforms.slack.home import layout, pictures
from bot.platforms.slack.home.pictures import Pause, error_code
from bot.platforms.slack.home.shown import Shown, digest, of_view
from bot.platforms.slack.inbound.cached import AWAY
from bot.platforms.slack.inbound.origins import event_team
from bot.platforms.slack.inbound.people import People
from bot.platforms.slack.inbound.watching import Watcher
from bot.platforms.slack.naming import as_typed
from bot.platforms.slack.places import PLATFORM, Place
from bot.platforms.slack.seam import Clients, SlackCore, Source

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

log = logging.getLogger(__name__)

LEAST = 2.0
"""Seconds between two publications of one person's page."""
MOST = 1000
"""People whose pages are kept up to date: those who opened theirs last."""
_NOT_THE_PICTURE = {"invalid_blocks", "invalid_arguments", "invalid_file", "file_not_found"}

Who = tuple[str, str]
"""Workspace and user."""


class Home(Watcher):
    """Lives on Slack's loop."""

    def __init__(
        self,
        core: SlackCore,
        clients: Clients,
        people: People,
        threads: Threads,
        *,
        prefix: str = "",
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._core = core
        self._clients = clients
        self._people = people
        self._threads = threads
        self._prefix = prefix
        self._pause = pause
        self._known: OrderedDict[Who, tuple[Shown, str]] = OrderedDict()
        """What each page shows, and its hash; only of who opened theirs while this process runs."""
        self._again: set[Who] = set()
        self._work: dict[Who, asyncio.Task[None]] = {}

    def listen(self, app: AsyncApp) -> None:
        """Registers what it listens to."""
        app.event("app_home_opened")(self._opened)

    def changed(self, team: str, user: str) -> None:
        """Something was done that the person's page may show; it is published anew if they have seen it."""
        if (team, user) in self._known:
            self._refresh((team, user))

    async def said(self, source: Source, reply: Reply) -> None:
        self.changed(source.team, source.user)

    async def settled(self) -> None:
        """Waits until no publication is under way."""
        while self._work:
            await asyncio.wait(set(self._work.values()))

    async def close(self) -> None:
        """Publishes nothing any more."""
        for task in self._work.values():
            task.cancel()
        await asyncio.gather(*self._work.values(), return_exceptions=True)

    async def _opened(self, body: Mapping[str, Any]) -> None:
        event = body.get("event") or {}
        if event.get("tab") != "home":
            return
        who = (event_team(body), str(event["user"]))
        self._known[who] = of_view(event.get("view"))
        self._known.move_to_end(who)
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        self._refresh(who)

    def _refresh(self, who: Who) -> None:
        self._again.add(who)
        if who not in self._work:
            task = asyncio.create_task(self._publish(who), name="slack-home")
            self._work[who] = task
            task.add_done_callback(lambda _: self._work.pop(who, None))

    async def _publish(self, who: Who) -> None:
        while who in self._again:
            self._again.discard(who)
            try:
                await self._bring(who)
            except AWAY as error:
                log.warning("a page could not be published: %s", error)
            except Exception:
                log.exception("a page could not be published")
            await self._pause(LEAST)

    async def _bring(self, who: Who) -> None:
        """The words first, for a picture takes its time."""
        page = await self._page(who)
        section = page.section("progress")
        image = section.reply.image if section else None
        before, _ = self._known.get(who, (Shown(), ""))
        words, picture = digest(layout.page(page)), digest(image.png) if image else ""
        file = before.file if picture == before.picture else ""
        if (words, file, picture) == (before.page, before.file, before.picture):
            return
        client = await self._clients.of(who[0])
        if (words, file) != (before.page, before.file) and not await self._put(
            client, who, page, Shown(words, picture if file else "", file)
        ):
            file = ""
            await self._put(client, who, page, Shown(words))
        if image is not None and not file:
            file = await pictures.upload(client, image, self._pause)
            if file and not await self._put(client, who, page, Shown(words, picture, file)):
                await pictures.delete(client, file)
        if before.file and before.file != self._known.get(who, (before, ""))[0].file:
            await pictures.delete(client, before.file)

    async def _page(self, who: Who) -> Page:
        team, user = who
        person = await self._people.person(team, user)
        where = Where(PLATFORM, str(Place("dm", team, user)), (str(Place("team", team)),))
        page = await self._threads.work(self._core.home, person, where)
        sections = (replace(one, reply=as_typed(one.reply, self._prefix)) for one in page.sections)
        return replace(page, sections=tuple(sections))

    async def _put(self, client: AsyncWebClient, who: Who, page: Page, shown: Shown) -> bool:
        """Publishes it over the state that we know; False where it can't be shown with its picture."""
        view = layout.view(layout.page(page, shown.file), str(shown))
        _, known = self._known.get(who, (Shown(), ""))
        try:
            answer = await client.views_publish(user_id=who[1], view=view, hash=known or None)
        except SlackApiError as refused:
            code = error_code(refused)
            if code == "hash_conflict" and known:
                # Another process has published since: what it shows may be older than what we know.
                self._known[who] = (self._known[who][0], "")
                self._again.add(who)
                return True
            if shown.file and code in _NOT_THE_PICTURE:
                log.warning("Slack doesn't take the picture of a page: %s", code)
                return False
            raise
        told: Any = answer.get("view") or {}
        self._known[who] = (shown, str(told.get("hash") or ""))
        return True
