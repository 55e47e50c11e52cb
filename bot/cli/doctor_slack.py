"""`recap doctor`, Slack's part: what Slack says of the app, and how the running Recap is doing there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot import config
from bot.cli.doctor_slack_installed import installed
from bot.cli.finding import Finding, say
from bot.cli.output import sentence
from bot.cli.running import running
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.platforms.slack.options import SlackOptions
    from bot.wiring import App


def slack(app: App) -> Iterator[Finding]:
    """One finding where it isn't set up, else one for each thing that can go wrong."""
    from bot.options import slack_options

    options = slack_options(app.settings)
    if options is None:
        yield Finding("slack", "ok", say(app, "slack_none"))
        return
    yield from _workspace(app, options)
    yield from installed(app, options)
    yield _connection(app, options)
    yield _commands(app, options)
    yield from running(app, "slack", "Slack")


def _workspace(app: App, options: SlackOptions) -> Iterator[Finding]:
    from bot.platforms.slack import portal
    from bot.platforms.slack.manifest import INSTALL_PATH

    if not options.bot_token:
        url = f"{options.public_url}{INSTALL_PATH}"
        yield Finding("slack", "ok", say(app, "slack_distributed", url=url))
        return
    try:
        known = portal.standing(options)
    except RecapError as error:
        yield Finding("slack", "broken", sentence(app.settings.language, error))
        return
    yield Finding("slack", "ok", say(app, "slack_logged_in", name=known.name, workspace=known.workspace))
    if known.missing:
        told = say(app, "slack_scopes_missing", scopes=", ".join(known.missing))
        yield Finding("slack_scopes", "warn", told)
    else:
        yield Finding("slack_scopes", "ok", say(app, "slack_scopes_fine"))


def _connection(app: App, options: SlackOptions) -> Finding:
    from bot.platforms.slack import portal
    from bot.platforms.slack.manifest import EVENTS_PATH

    if not options.socket:
        url = f"{options.public_url}{EVENTS_PATH}"
        return Finding("slack_socket", "ok", say(app, "slack_socket_http", url=url))
    try:
        portal.check_socket(options)
    except RecapError as error:
        return Finding("slack_socket", "broken", sentence(app.settings.language, error))
    return Finding("slack_socket", "ok", say(app, "slack_socket_fine"))


def _commands(app: App, options: SlackOptions) -> Finding:
    from bot.platforms.slack.naming import command_names

    named = ", ".join(command_names(options.prefix))
    setting = config.variable("slack.prefix")
    return Finding("slack_commands", "ok", say(app, "slack_commands_named", commands=named, setting=setting))
