"""`recap doctor`, Discord's part: what Discord says of the bot, and how the running Recap is doing there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot import config
from bot.cli.finding import Finding, say
from bot.cli.output import sentence
from bot.cli.running import running
from bot.core import catalogue
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.platforms.discord.portal import Standing
    from bot.wiring import App


def discord(app: App) -> Iterator[Finding]:
    """One finding where it isn't set up or can't be asked, else one for each thing that can go wrong."""
    from bot.options import discord_options

    options = discord_options(app.settings)
    if options is None:
        yield Finding("discord", "ok", say(app, "discord_none"))
        return
    from bot.platforms.discord import portal
    from bot.platforms.discord.commands import application_commands

    try:
        known = portal.standing(options, application_commands(not options.admin_role))
    except RecapError as error:
        yield Finding("discord", "broken", sentence(app.settings.language, error))
    else:
        yield Finding("discord", "ok", say(app, "discord_logged_in", name=known.name))
        yield _messages(app, known)
        yield _commands(app, known)
        yield _servers(app, known)
    yield from running(app, "discord", "Discord")


def _messages(app: App, known: Standing) -> Finding:
    if not app.settings.discord.message_content:
        setting = config.variable("discord.message_content")
        return Finding("discord_messages", "ok", say(app, "discord_messages_off", setting=setting))
    if known.message_content:
        return Finding("discord_messages", "ok", say(app, "discord_messages_on"))
    return Finding("discord_messages", "warn", say(app, "discord_messages_refused"))


def _commands(app: App, known: Standing) -> Finding:
    changes = known.changes
    if not changes:
        return Finding("discord_commands", "ok", say(app, "discord_commands_same"))
    named = ", ".join((*changes.added, *changes.changed, *changes.removed))
    return Finding("discord_commands", "warn", say(app, "discord_commands_differ", commands=named))


def _servers(app: App, known: Standing) -> Finding:
    if not known.servers:
        return Finding("discord_servers", "warn", say(app, "discord_servers_none"))
    lacking = [server for server in known.servers if server.missing]
    if not lacking:
        return Finding("discord_servers", "ok", say(app, "discord_servers_fine", count=len(known.servers)))
    names = [catalogue.label(app.settings.language, each.key) for each in lacking[0].missing]
    told = say(app, "discord_servers_missing", server=lacking[0].name, permissions=", ".join(names))
    if len(lacking) > 1:
        told = say(app, "discord_servers_more", first=told, count=len(lacking) - 1)
    return Finding("discord_servers", "warn", told)
