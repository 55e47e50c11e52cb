"""Every module that declares tables; importing this one completes `Base.metadata`."""

from __future__ import annotations

from types import ModuleType

import bot.platforms.web.tables
import jobs.groups.tables
import jobs.tables
import knowledge.tables

DECLARED: tuple[ModuleType, ...] = (
    knowledge.tables,
    jobs.tables,
    jobs.groups.tables,
    bot.platforms.web.tables,
)
