"""Which workspaces Recap works in: the one of the settings' token, or all that installed it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.platforms.slack.clients import OneWorkspace, Pause
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.seam import Clients
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.platforms.slack.installing.store import Store


def clients_of(
    options: SlackOptions, database: Database, clock: Clock, pause: Pause = asyncio.sleep
) -> Clients:
    """SlackError where the key of the store can't be had."""
    if not options.distributed:
        return OneWorkspace(options, pause)
    from bot.platforms.slack.installing.workspaces import Workspaces

    return Workspaces(options, store_of(options, database, clock), clock, pause)


def store_of(options: SlackOptions, database: Database, clock: Clock) -> Store:
    """The store of installations. SlackError where its key can't be had."""
    from bot.platforms.slack.installing.store import Store
    from bot.platforms.slack.installing.vault import vault

    return Store(database, vault(options.store_key, options.key_file), clock)
