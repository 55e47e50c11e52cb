"""Every module that declares tables; importing this one completes `Base.metadata`."""

from __future__ import annotations

from types import ModuleType

import bot.platforms.discord.tables
import bot.platforms.slack.assistant.tables
import bot.platforms.slack.installing.tables
import bot.platforms.slack.tables
import bot.platforms.web.tables
import jobs.bindings
import jobs.feedback
import jobs.groups.tables
import jobs.people_tables
import jobs.review.prompt_tables
import jobs.review.proposal_tables
import jobs.review.session_tables
import jobs.review.topic_tables
import jobs.review.zones
import jobs.tables
import knowledge.tables

DECLARED: tuple[ModuleType, ...] = (
    knowledge.tables,
    jobs.tables,
    jobs.people_tables,
    jobs.review.zones,
    jobs.bindings,
    jobs.feedback,
    jobs.groups.tables,
    jobs.review.proposal_tables,
    jobs.review.prompt_tables,
    jobs.review.session_tables,
    jobs.review.topic_tables,
    bot.platforms.web.tables,
    bot.platforms.discord.tables,
    bot.platforms.slack.assistant.tables,
    bot.platforms.slack.installing.tables,
    bot.platforms.slack.tables,
)
