"""The sections of the settings: types, bounds, what each is for. Values only: `bot.config` reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from bot.settings.engine import EngineSettings, RetrievalSettings
from bot.settings.llm import LlmSettings
from bot.settings.section import Section, joined, listed
from knowledge.errors import RecapError

__all__ = ["EngineSettings", "LlmSettings", "RetrievalSettings", "Section"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DISCORD_API = "https://discord.com/api/v10"
DISCORD_GATEWAY = "wss://gateway.discord.gg"
SLACK_API = "https://slack.com/api/"


class DatabaseSettings(Section):
    url: SecretStr | None = Field(
        None, description="SQLAlchemy URL (SQLite or PostgreSQL); unset: recap.db in data_path"
    )

    @field_validator("url")
    @classmethod
    def _spelled(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            from sqlalchemy import make_url
            from sqlalchemy.exc import ArgumentError

            try:
                backend = make_url(url.get_secret_value()).get_backend_name()
            except ArgumentError:
                raise ValueError("this is no database URL") from None
            if backend not in ("sqlite", "postgresql"):
                raise ValueError("only sqlite and postgresql are known")
        return url


COURSE_NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class NotesSettings(Section):
    path: Path | None = Field(
        None, description="folder of notes; unset: the one last indexed, else the sample course"
    )
    course: str = Field("course", pattern=COURSE_NAME, description="the course's short name")
    title: str = Field("", max_length=200, description="the course's title; unset: the folder's name")


class CourseSettings(Section):
    """A course beside the one of `NotesSettings`; its short name is its key in `courses`."""

    path: Path = Field(description="a further course's folder of notes; NAME is the course's short name")
    title: str = Field("", max_length=200, description="a further course's title; unset: its short name")


class WebSettings(Section):
    host: str = Field("127.0.0.1", description="address to listen on; anything but loopback needs a token")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0: any free one")
    hosts: Annotated[str, BeforeValidator(joined)] = Field(
        "", description="further names under which the chat is reached, with commas; they need a token"
    )
    token: SecretStr | None = Field(None, min_length=8, description="who opens the chat must know it")
    admin_token: SecretStr | None = Field(None, min_length=8, description="who knows it is an admin")

    @property
    def exposed(self) -> bool:
        """Whether other machines may reach the chat."""
        return self.host not in LOOPBACK or any(name not in LOOPBACK for name in self.names)

    @property
    def names(self) -> tuple[str, ...]:
        return listed(self.hosts)


class DiscordSettings(Section):
    token: SecretStr | None = Field(None, description="the bot's token; unset: no Discord")
    message_content: bool = Field(
        False, description="read messages without a mention, in threads too; needs the intent in the portal"
    )
    admin_role: str = Field(
        "",
        max_length=100,
        description="name or id of a role of admins; who may manage the server is one anyway",
    )
    shards: Annotated[str, BeforeValidator(str)] = Field(
        "off",
        pattern=r"^(auto|off|[1-9]\d{0,3})$",
        description="connections to spread servers over: a number, auto, or off",
    )
    keep_days: int = Field(30, ge=0, le=3650, description="days that the data of a server it left is kept")
    api_url: str = Field(DISCORD_API, description="where Discord's API is")
    gateway_url: str = Field(DISCORD_GATEWAY, description="where Discord's gateway is")

    @field_validator("token")
    @classmethod
    def _one_word(cls, token: SecretStr | None) -> SecretStr | None:
        value = token.get_secret_value().strip() if token is not None else ""
        if not value:
            return None
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError("this is no bot token: copy it alone, without `Bot` or spaces")
        return SecretStr(value)

    @property
    def spread(self) -> int | Literal["auto", "off"]:
        """`shards`, a number as a number."""
        return int(self.shards) if self.shards.isdecimal() else "auto" if self.shards == "auto" else "off"

    @field_validator("api_url")
    @classmethod
    def _an_api(cls, url: str) -> str:
        return _address(url, "https", "http")

    @field_validator("gateway_url")
    @classmethod
    def _a_gateway(cls, url: str) -> str:
        return _address(url, "wss", "ws")


class SlackSettings(Section):
    bot_token: SecretStr | None = Field(None, description="the bot's token (xoxb-) of one workspace")
    app_token: SecretStr | None = Field(None, description="the app's token (xapp-), for Socket Mode")
    signing_secret: SecretStr | None = Field(None, description="what Slack signs its HTTP requests with")
    client_id: str = Field("", description="with the client secret: installs in any workspace by OAuth")
    client_secret: SecretStr | None = Field(None, description="of the app, for OAuth")
    store_key: SecretStr | None = Field(
        None, description="encrypts the tokens of workspaces; unset: a key is made in the data folder"
    )
    public_url: str = Field("", description="address under which Slack reaches the web server, for HTTP")
    prefix: str = Field(
        "", pattern=r"^[a-z0-9_-]{0,16}$", description="before every command's name, as in /recap-ask"
    )
    admins: str = Field("", description="ids of users and user groups who are admins, comma separated")
    admin_teams: str = Field(
        "", description="ids of workspaces whose admins count, where any can install; else the one has them"
    )
    keep_days: int = Field(30, ge=0, le=3650, description="days that the data of a workspace it left is kept")
    api_url: str = Field(SLACK_API, description="where Slack's API is")

    @field_validator("bot_token", "app_token", "signing_secret", "client_secret", "store_key")
    @classmethod
    def _one_word(cls, value: SecretStr | None) -> SecretStr | None:
        told = value.get_secret_value().strip() if value is not None else ""
        if not told:
            return None
        if not told.isascii() or not told.isprintable() or " " in told:
            raise ValueError("this is no token or secret of Slack: copy it alone, without spaces")
        return SecretStr(told)

    @field_validator("bot_token")
    @classmethod
    def _of_the_bot(cls, token: SecretStr | None) -> SecretStr | None:
        return _of_kind(token, "xoxb-", "the bot's, which begins with xoxb-")

    @field_validator("app_token")
    @classmethod
    def _of_the_app(cls, token: SecretStr | None) -> SecretStr | None:
        return _of_kind(token, "xapp-", "the app's, which begins with xapp-")

    @field_validator("api_url")
    @classmethod
    def _an_api(cls, url: str) -> str:
        return _address(url, "https", "http").rstrip("/") + "/"

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        return _address(url, "https", "http").rstrip("/") if url else ""

    @model_validator(mode="after")
    def _together(self) -> SlackSettings:
        """What is of no use without something else is said, rather than passed over."""
        by_oauth = bool(self.client_id and self.client_secret)
        if bool(self.client_id) != bool(self.client_secret):
            lacking = "client_secret" if self.client_id else "client_id"
            raise ValueError(f"slack.{lacking} must be set too: client_id and client_secret belong together")
        if self.app_token and not (self.bot_token or by_oauth):
            raise ValueError("slack.bot_token must be set beside slack.app_token")
        if self.signing_secret and not (self.bot_token or by_oauth):
            raise ValueError("slack.bot_token must be set beside slack.signing_secret, or the client's id")
        if (self.bot_token or by_oauth) and not (self.app_token or self.signing_secret):
            raise ValueError("slack.app_token must be set for Socket Mode, or slack.signing_secret for HTTP")
        called = not self.app_token and self.signing_secret
        if (called or (by_oauth and not self.bot_token)) and not self.public_url:
            raise ValueError("slack.public_url must be set when Slack or a browser calls the web server")
        return self

    @property
    def admin_ids(self) -> tuple[str, ...]:
        return listed(self.admins)

    @property
    def admin_team_ids(self) -> tuple[str, ...]:
        return listed(self.admin_teams)


_TOKENS = {
    "xoxb-": "the bot's token, of slack.bot_token",
    "xapp-": "the app's token, of slack.app_token",
    "xoxp-": "the token of a person",
    "xoxe": "a token that rotates, or renews one: leave token rotation off, or install by OAuth",
}


def _of_kind(token: SecretStr | None, prefix: str, wanted: str) -> SecretStr | None:
    """Slack's tokens tell what they are by how they begin."""
    value = token.get_secret_value() if token is not None else prefix
    if value.startswith(prefix):
        return token
    is_one = next((kind for start, kind in _TOKENS.items() if value.startswith(start)), None)
    raise ValueError(f"this is {is_one}; wanted is {wanted}" if is_one else f"this must be {wanted}")


def _address(url: str, secure: str, open_: str) -> str:
    """The URL, no slash at its end. ValueError for another scheme; `open_` is for this machine alone."""
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018  raises where it is none
    except ValueError:
        raise ValueError("its port is no port") from None
    if parts.scheme not in (secure, open_) or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"give a URL that begins with {secure}://")
    if parts.scheme == open_ and parts.hostname not in LOOPBACK:
        raise ValueError(f"{open_}:// would send the token in the clear; use {secure}:// beyond this machine")
    return url.rstrip("/")


class ReviewSettings(Section):
    intervals: Annotated[str, BeforeValidator(joined)] = Field(
        "1d, 3d, 1w, 1mo", min_length=2, description="when reviews come after studying: s m h d w mo"
    )

    @field_validator("intervals")
    @classmethod
    def _a_ladder(cls, intervals: str) -> str:
        from bot.core import catalogue
        from jobs.review.ladder import Ladder

        try:
            Ladder.parse(intervals)
        except RecapError as error:
            sentence = catalogue.label("en", error.key, **error.params)
            raise ValueError(sentence.removesuffix(".").replace("`", "")) from None
        return intervals

    schedule: Literal["ladder", "ladder+fsrs", "fsrs"] = Field(
        "ladder+fsrs",
        description="what goes on after these intervals: ladder (nothing), ladder+fsrs (reviews when one is"
        " about to forget, by FSRS), or fsrs (those from the start, without the intervals)",
    )
    retention: float = Field(
        0.9, ge=0.7, le=0.97, description="by FSRS: the share still remembered when a review comes"
    )
    longest_interval: int = Field(
        365, ge=1, le=3650, description="by FSRS: days that reviews lie apart at most"
    )
    hour: int = Field(18, ge=0, le=23, description="local hour of reviews for learners who chose none")
    daily_cap: int = Field(20, ge=1, description="most reviews that one learner gets a day")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least level in recap.log"
    )
