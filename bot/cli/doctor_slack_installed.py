"""`recap doctor`, Slack's part where workspaces install Recap by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot import config
from bot import database as schema
from bot.cli.finding import Finding, say
from bot.cli.output import sentence
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.platforms.slack.options import SlackOptions
    from bot.wiring import App

CHECK = "slack_installed"
_MOST = 5
"""Workspaces that are named in a line."""


def installed(app: App, options: SlackOptions) -> Iterator[Finding]:
    """Where Recap is installed, and where it has to be installed anew."""
    if not options.distributed:
        if options.client_id:
            setting = config.variable("slack.bot_token")
            yield Finding(CHECK, "warn", say(app, "slack_one_workspace", setting=setting))
        return
    from bot.platforms.slack.workspaces import store_of

    if not schema.is_current(app.database):
        return  # the doctor says so by itself
    try:
        states = store_of(options, app.database, app.clock).states()
    except RecapError as error:
        yield Finding(CHECK, "broken", sentence(app.settings.language, error))
        return
    by_state = {state: [name for name, its in states if its == state] for _, state in states}
    if not by_state:
        yield Finding(CHECK, "warn", say(app, "slack_installed_none"))
    if works := by_state.get("works"):
        yield Finding(CHECK, "ok", say(app, "slack_installed_fine", names=_named(works)))
    if refused := by_state.get("refused"):
        yield Finding(CHECK, "warn", say(app, "slack_installed_refused", names=_named(refused)))
    if unreadable := by_state.get("unreadable"):
        yield Finding(CHECK, "broken", say(app, "slack_installed_unreadable", names=_named(unreadable)))


def _named(names: list[str]) -> str:
    more = f" (+{len(names) - _MOST})" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
