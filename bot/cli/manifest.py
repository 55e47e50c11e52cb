"""`recap manifest`: the parts of documents that are generated."""

from __future__ import annotations

from bot import config
from bot.cli.output import out
from bot.core import catalogue
from bot.core.commands import markdown_table
from knowledge.notes import Language


def commands(language: str) -> None:
    """The table of chat commands."""
    known: Language = next((one for one in catalogue.LANGUAGES if one == language), "en")
    out(markdown_table(known))


def settings() -> None:
    """The table of settings with their defaults."""
    out(config.markdown_table(config.load({}, config.NOWHERE)))


def slack() -> None:
    """The app's manifest, as Slack takes it where an app is made."""
    from bot.options import slack_manifest_options
    from bot.platforms.slack.manifest import yaml

    out(yaml(slack_manifest_options(config.load())).rstrip())
