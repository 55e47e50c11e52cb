"""`recap discord`: what is set up once, beside `recap run`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot import config
from bot.cli.opened import settings
from bot.cli.output import out, print_json
from bot.config import Settings
from bot.core import catalogue

if TYPE_CHECKING:
    from bot.platforms.discord.options import DiscordOptions


def sync(as_json: bool) -> None:
    """Registers the commands where they differ, and says what changed."""
    loaded = settings()
    options = _options(loaded)
    from bot.platforms.discord import portal
    from bot.platforms.discord.commands import application_commands

    changes = portal.register(options, application_commands(not options.admin_role))
    if as_json:
        print_json(asdict(changes))
        return
    if not changes:
        out(catalogue.label(loaded.language, "cli.discord_same"))
    for kind, commands in asdict(changes).items():
        if commands:
            out(catalogue.label(loaded.language, f"cli.discord_{kind}", commands=", ".join(commands)))


def invite() -> None:
    """Prints the link that adds the bot to a server."""
    from bot.platforms.discord import portal

    out(portal.invite_url(_options(settings())))


def _options(loaded: Settings) -> DiscordOptions:
    from bot.options import discord_options
    from bot.platforms.discord.errors import DiscordError

    options = discord_options(loaded)
    if options is None:
        raise DiscordError("error.discord_off", setting=config.variable("discord.token"))
    return options
