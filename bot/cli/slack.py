"""`recap slack`: what is set up once, beside `recap run`."""

from __future__ import annotations

from bot import config
from bot.cli.opened import settings
from bot.cli.output import out


def install() -> None:
    """Prints the link by which a workspace installs Recap."""
    from bot.options import slack_options
    from bot.platforms.slack.errors import SlackError
    from bot.platforms.slack.manifest import INSTALL_PATH

    options = slack_options(settings())
    if options is None or not options.distributed:
        needed = ("client_id", "client_secret", "signing_secret", "public_url")
        named = ", ".join(config.variable(f"slack.{name}") for name in needed)
        raise SlackError("error.slack_no_install", settings=named)
    out(f"{options.public_url}{INSTALL_PATH}")
