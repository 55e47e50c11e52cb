"""Puts one session with Discord together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.drain import Drain
from bot.platforms.discord.client import client as unconnected
from bot.platforms.discord.commands import application_commands
from bot.platforms.discord.inbound import Inbound
from bot.platforms.discord.options import DiscordOptions
from bot.platforms.discord.places import PLATFORM
from bot.platforms.discord.replies import Replies
from bot.platforms.discord.sender import Sender
from bot.platforms.discord.session import DiscordSession
from bot.platforms.hosted.supervision import Pause
from bot.platforms.hosted.work import Work
from knowledge.clock import Clock
from knowledge.store import Database

if TYPE_CHECKING:
    from bot.core.core import Core
    from jobs.outbox import Outbox

LANES = 4
"""Places that are sent to side by side, so that one under a rate limit holds up no other."""


def assemble(
    core: Core,
    outbox: Outbox,
    database: Database,
    options: DiscordOptions,
    clock: Clock,
    pause: Pause = asyncio.sleep,
) -> DiscordSession:
    """A session that has not begun; called on the loop that it will live on."""
    client = unconnected(options, pause)
    replies = Replies(client, database, clock)
    sender = Sender(client, replies)
    drain = Drain(outbox, PLATFORM, sender.send, core.present, lanes=LANES)
    return DiscordSession(
        client,
        Inbound(core, replies, clock, admin_role=options.admin_role),
        replies,
        Work(PLATFORM, replies, sender, drain, clock, pause),
        options.token,
        application_commands(not options.admin_role),
    )
