"""What `recap run` starts beside the web chat: Discord, where it is set up."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.cli.output import out
from bot.core import catalogue
from jobs.owner import process_owner

if TYPE_CHECKING:
    from bot.platforms.discord.options import DiscordOptions
    from bot.platforms.discord.platform import DiscordPlatform
    from bot.platforms.hosted.status import Status
    from bot.wiring import App

log = logging.getLogger(__name__)


class Discord:
    """Discord beside the web chat. Where it has no token, nothing of it is even imported."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._platform: DiscordPlatform | None = None
        self._greeted = False

    def start(self) -> None:
        """Begins to connect, and says so on stdout once it is online. Never raises."""
        from bot.options import discord_options

        options = discord_options(self._app.settings)
        if options is None:
            return
        try:
            self._platform = self._made(options)
            self._platform.start()
        except Exception:
            log.exception("Discord could not be started; the rest of Recap goes on")

    def stop(self) -> None:
        """Disconnects in order."""
        if self._platform is not None:
            self._platform.stop()

    def _made(self, options: DiscordOptions) -> DiscordPlatform:
        from bot.platforms.discord.platform import DiscordPlatform
        from bot.platforms.hosted import status

        app, owner = self._app, process_owner()

        def tell(current: Status) -> None:
            status.write(app.settings.state_path("discord"), current, owner)
            if current.state == "online" and not self._greeted:
                self._greeted = True
                out(catalogue.label(app.settings.language, "cli.discord_online", name=current.name))

        return DiscordPlatform(app.core, app.outbox, app.database, options, app.clock, tell=tell)
