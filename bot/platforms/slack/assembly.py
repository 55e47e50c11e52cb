"""Puts one session with Slack together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.core.drain import Drain
from bot.platforms.hosted.supervision import Pause
from bot.platforms.hosted.work import Work
from bot.platforms.slack.app import bolt_app
from bot.platforms.slack.assistant.assistant import Assistant
from bot.platforms.slack.assistant.panes import Panes
from bot.platforms.slack.clients import web_client
from bot.platforms.slack.home.home import Home
from bot.platforms.slack.inbound.inbound import Inbound
from bot.platforms.slack.installing.removal import Removal
from bot.platforms.slack.link import Link, socket_url
from bot.platforms.slack.options import SlackOptions
from bot.platforms.slack.places import PLATFORM
from bot.platforms.slack.replies import Replies
from bot.platforms.slack.seam import Clients
from bot.platforms.slack.sender import Sender
from bot.platforms.slack.session import Listening, SlackSession
from bot.platforms.slack.socket import bolt_dispatch
from bot.platforms.slack.standing import Standing, standing
from bot.platforms.slack.workspaces import clients_of, store_of
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
    options: SlackOptions,
    clock: Clock,
    pause: Pause = asyncio.sleep,
) -> SlackSession:
    """A session that has not begun; called on the loop that it will live on."""
    clients = clients_of(options, database, clock, pause)
    replies = Replies(clients, database, clock, prefix=options.prefix)
    sender = Sender(replies, asyncio.get_running_loop())
    drain = Drain(outbox, PLATFORM, sender.send, core.present, lanes=LANES)
    inbound = Inbound(
        core, replies, clients, clock, admins=options.admins, trusts=options.trusts, prefix=options.prefix
    )
    turns = inbound.turns
    home = Home(core, clients, turns.people, turns.threads, prefix=options.prefix, pause=pause)
    assistant = Assistant(core, replies, clients, turns, Panes(database, clock), clock)
    store = store_of(options, database, clock) if options.distributed else None
    app = bolt_app(options, clients)
    for watcher in (home, assistant):
        turns.watch(watcher)
        watcher.listen(app)
    Removal(core.left, clients, store).listen(app)
    inbound.listen(app)
    link = None
    if options.socket:
        open_url = partial(socket_url, web_client(options), options.app_token)
        link = Link(open_url, bolt_dispatch(app), clock, pause)
    return SlackSession(
        app,
        link,
        Listening(inbound, (home, assistant)),
        replies,
        Work(PLATFORM, replies, sender, drain, clock, pause),
        clients,
        _asking(clients, options),
        pause,
    )


def _asking(clients: Clients, options: SlackOptions) -> Callable[[], Awaitable[Standing]] | None:
    if options.distributed:
        return None

    async def ask() -> Standing:
        (team,) = await clients.teams()
        return await standing(await clients.of(team))

    return ask
