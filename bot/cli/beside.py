"""What `recap run` starts beside the web chat: Discord and Slack, where they are set up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bot.cli.output import out
from bot.core import catalogue
from jobs.owner import process_owner

if TYPE_CHECKING:
    from bot.platforms.hosted.platform import HostedPlatform
    from bot.platforms.hosted.status import Status
    from bot.platforms.slack.platform import SlackPlatform, Taking
    from bot.platforms.web.seam import Mounted
    from bot.wiring import App

log = logging.getLogger(__name__)


class Beside:
    """The platforms whose servers are not ours. Of one that isn't set up nothing is even imported."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._running: list[HostedPlatform] = []
        self._slack: SlackPlatform | None = None

    def slack(self) -> SlackPlatform | None:
        """Slack, while it runs or tries to."""
        return self._slack

    def mounts(self) -> Mapping[str, Mounted]:
        """What the web server carries for them, from before they start until after they stopped. Never
        raises."""
        from bot.options import slack_options

        app, options = self._app, slack_options(self._app.settings)
        if options is None:
            return {}
        try:
            from bot.platforms.slack.http.mounts import mounts

            return mounts(options, app.database, app.clock, taking=self._taking, joined=app.core.joined)
        except Exception:
            log.exception("Slack can't be called; the rest of Recap goes on")
            return {}

    def start(self) -> None:
        """Begins to connect; each platform says so on stdout once it is online. Never raises."""
        for platform, made in (("Discord", self._discord), ("Slack", self._slack_here)):
            try:
                found = made()
                if found is not None:
                    self._running.append(found)
                    found.start()
            except Exception:
                log.exception("%s could not be started; the rest of Recap goes on", platform)

    def stop(self) -> None:
        """Disconnects in order."""
        for platform in self._running:
            platform.stop()

    def _taking(self) -> Taking | None:
        return self._slack.bolt() if self._slack is not None else None

    def _discord(self) -> HostedPlatform | None:
        from bot.options import discord_options

        app, options = self._app, discord_options(self._app.settings)
        if options is None:
            return None
        from bot.platforms.discord.platform import DiscordPlatform

        tell = self._telling("discord", lambda now: self._say("cli.discord_online", name=now.name))
        return DiscordPlatform(app.core, app.outbox, app.database, options, app.clock, tell=tell)

    def _slack_here(self) -> HostedPlatform | None:
        from bot.options import slack_options

        app, options = self._app, slack_options(self._app.settings)
        if options is None:
            return None
        from bot.platforms.slack.platform import SlackPlatform

        def greeting(now: Status) -> str:
            if not now.name:
                return self._say("cli.slack.ready")
            return self._say("cli.slack.online", name=now.name, workspace=now.home)

        tell = self._telling("slack", greeting)
        self._slack = SlackPlatform(app.core, app.outbox, app.database, options, app.clock, tell=tell)
        return self._slack

    def _telling(self, platform: str, greeting: Callable[[Status], str]) -> Callable[[Status], None]:
        """Tells the doctor each status, and whoever looks on that it is online, once."""
        from bot.platforms.hosted import status

        path, owner = self._app.settings.state_path(platform), process_owner()
        greeted = False

        def tell(current: Status) -> None:
            nonlocal greeted
            status.write(path, current, owner)
            if current.state == "online" and not greeted:
                greeted = True
                out(greeting(current))

        return tell

    def _say(self, key: str, **params: str) -> str:
        return catalogue.label(self._app.settings.language, key, **params)
