"""Every module that declares tables; importing this one completes `Base.metadata`."""

from __future__ import annotations

from types import ModuleType

import bot.platforms.discord.tables
import bot.platforms.web.tables
import jobs.tables
import knowledge.tables

DECLARED: tuple[ModuleType, ...] = (
    knowledge.tables,
    jobs.tables,
    bot.platforms.web.tables,
    bot.platforms.discord.tables,
)
