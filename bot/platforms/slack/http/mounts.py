"""What the web server carries for Slack: which paths, and what answers there."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.core import catalogue
from bot.platforms.slack.errors import SlackError
from bot.platforms.slack.http.asgi import Served
from bot.platforms.slack.http.events import Events, Taking
from bot.platforms.slack.manifest import EVENTS_PATH, INSTALL_PATH, INSTALLED_PATH
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.scopes import SCOPES
from bot.platforms.slack.workspaces import store_of
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.platforms.slack.installing.oauth import Joined

log = logging.getLogger(__name__)


def mounts(
    options: SlackOptions,
    database: Database,
    clock: Clock,
    *,
    taking: Taking,
    joined: Joined,
) -> dict[str, Served]:
    """ASGI applications by their paths: only what the settings ask for. Raises nothing."""
    found: dict[str, Served] = {}
    if options.http:
        found[EVENTS_PATH] = Served(Events(options.signing_secret, taking, clock))
    if options.distributed:
        from bot.platforms.slack.installing.oauth import OAuth
        from bot.platforms.slack.installing.states import States

        try:
            store = store_of(options, database, clock)
        except SlackError as error:
            log.error("workspaces can't install Recap: %s", catalogue.label("en", error.key, **error.params))
            return found
        oauth = OAuth(options, store, States(database, clock), clock, tuple(SCOPES), joined)
        found |= {INSTALL_PATH: Served(oauth.install), INSTALLED_PATH: Served(oauth.redirected)}
    return found
