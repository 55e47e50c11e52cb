"""Each platform's share of the settings, as the values that it works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import Settings

if TYPE_CHECKING:
    from pydantic import SecretStr

    from bot.platforms.discord.options import DiscordOptions
    from bot.platforms.slack.options import SlackOptions
    from bot.platforms.web.options import WebOptions


def web_options(settings: Settings, title: str) -> WebOptions:
    """The web chat's share of the settings; `title`: the course's."""
    from bot.platforms.web.options import WebOptions

    web = settings.web
    return WebOptions(
        host=web.host,
        port=web.port,
        token=web.token.get_secret_value() if web.token else None,
        admin_token=web.admin_token.get_secret_value() if web.admin_token else None,
        hosts=web.names,
        course=title,
    )


def discord_options(settings: Settings) -> DiscordOptions | None:
    """Discord's share of the settings; None: it is not set up."""
    from bot.platforms.discord.options import DiscordOptions

    discord = settings.discord
    if discord.token is None:
        return None
    return DiscordOptions(
        token=discord.token.get_secret_value(),
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        shards=discord.spread,
        message_content=discord.message_content,
        admin_role=discord.admin_role,
    )


def slack_options(settings: Settings) -> SlackOptions | None:
    """Slack's share of the settings; None: it is not set up."""
    options = slack_manifest_options(settings)
    return options if options.socket or options.http else None


def slack_manifest_options(settings: Settings) -> SlackOptions:
    """The same, set up or not: an app has to be made before it has tokens."""
    from bot.platforms.slack.options import SlackOptions

    slack = settings.slack
    return SlackOptions(
        bot_token=_told(slack.bot_token),
        app_token=_told(slack.app_token),
        signing_secret=_told(slack.signing_secret),
        client_id=slack.client_id,
        client_secret=_told(slack.client_secret),
        store_key=_told(slack.store_key),
        key_file=settings.data_path / "slack.key",
        api_url=slack.api_url,
        public_url=slack.public_url,
        prefix=slack.prefix,
        admins=slack.admin_ids,
        admin_teams=slack.admin_team_ids,
    )


def _told(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
