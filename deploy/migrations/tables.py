"""Every module that declares tables; importing this one completes `Base.metadata`."""

from __future__ import annotations

from types import ModuleType

import bot.platforms.web.tables
import jobs.bindings
import jobs.tables
import knowledge.tables

DECLARED: tuple[ModuleType, ...] = (knowledge.tables, jobs.tables, jobs.bindings, bot.platforms.web.tables)
