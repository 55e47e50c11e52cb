"""Settings: where they come from, and how a wrong one is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bot import config
from bot.config import NOWHERE, SettingsError


def test_defaults_are_enough() -> None:
    settings = config.load({}, NOWHERE)
    assert settings.web.host == "127.0.0.1"
    assert settings.web.port == 8080
    assert settings.database_url == "sqlite:///data/recap.db"
    assert settings.review.intervals == "1d, 3d, 1w, 1mo"


def test_environment_goes_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    file = tmp_path / "recap.toml"
    file.write_text('data_path = "/srv/recap"\n[web]\nport = 9000\n[review]\nintervals = ["10s", "20s"]\n')
    settings = config.load({"RECAP_WEB__PORT": "0"}, file)
    assert settings.web.port == 0
    assert settings.data_path == Path("/srv/recap")
    assert settings.review.intervals == "10s, 20s"


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[review]\nhour = 7\n")
    assert config.load({"RECAP_SETTINGS": str(file)}).review.hour == 7


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"RECAP_REVIEW__HOUR": "25"}, "review.hour"),
        ({"RECAP_REVIEW__INTERVALS": "1 fortnight"}, "review.intervals"),
        ({"RECAP_REVIEW__INTERVALS": "3d,1d"}, "review.intervals"),
        ({"RECAP_WEB__HOST": "0.0.0.0"}, "web.token"),  # noqa: S104
        ({"RECAP_WEB__HOSTS": "recap.example.org"}, "web.token"),
        ({"RECAP_DATABASE__URL": "oracle://x"}, "database.url"),
        ({"RECAP_DATABASE__URL": "nonsense"}, "database.url"),
        ({"RECAP_ENGINE__DEVICE": "gpu"}, "engine.device"),
        ({"RECAP_RETRIEVAL__ENCODER": " "}, "retrieval.encoder"),
        ({"RECAP_RETRIEVAL__PARTNER": ""}, "retrieval.partner"),
        ({"RECAP_NOTES__COURSE": "../up"}, "notes.course"),
        ({"RECAP_COURSES__BIO__TITLE": "Biology"}, "courses.bio.path"),
        ({"RECAP_COURSES__BIO__PAHT": "notes"}, "RECAP_COURSES__BIO__PAHT"),
        ({"RECAP_COURSES__BIO": "notes"}, "RECAP_COURSES__BIO"),
        ({"RECAP_COURSES__BIO__MORE__PATH": "notes"}, "RECAP_COURSES__BIO__MORE__PATH"),
        ({"RECAP_COURSES__OFF__PATH": "notes"}, "'off'"),
        ({"RECAP_COURSES__COURSE__PATH": "notes"}, "courses.course"),
        ({"RECAP_DISCORD__TOKEN": "Bot tell-nobody"}, "discord.token"),
        ({"RECAP_DISCORD__SHARDS": "0"}, "discord.shards"),
        ({"RECAP_DISCORD__SHARDS": "many"}, "discord.shards"),
        ({"RECAP_DISCORD__API_URL": "ftp://example.org"}, "discord.api_url"),
        ({"RECAP_DISCORD__API_URL": "http://example.org/api"}, "discord.api_url"),
        ({"RECAP_DISCORD__GATEWAY_URL": "ws://127.0.0.1:99999"}, "discord.gateway_url"),
        ({"RECAP_DISCORD__GATEWAY_URL": "https://example.org"}, "discord.gateway_url"),
        ({"RECAP_DISCORD__KEEP_DAYS": "-1"}, "discord.keep_days"),
        ({"RECAP_SLACK__BOT_TOKEN": "xapp-1-a"}, "slack.bot_token"),
        ({"RECAP_SLACK__BOT_TOKEN": "the token"}, "slack.bot_token"),
        ({"RECAP_SLACK__APP_TOKEN": "xoxb-a"}, "slack.app_token"),
        ({"RECAP_SLACK__BOT_TOKEN": "xoxb-a"}, "slack.app_token must be set"),
        ({"RECAP_SLACK__APP_TOKEN": "xapp-a"}, "slack.bot_token must be set"),
        ({"RECAP_SLACK__SIGNING_SECRET": "a"}, "slack.bot_token must be set"),
        ({"RECAP_SLACK__SIGNING_SECRET": "a", "RECAP_SLACK__BOT_TOKEN": "xoxb-a"}, "slack.public_url"),
        ({"RECAP_SLACK__CLIENT_ID": "1.2"}, "slack.client_secret"),
        ({"RECAP_SLACK__API_URL": "http://example.org/api"}, "slack.api_url"),
        ({"RECAP_SLACK__PREFIX": "Recap "}, "slack.prefix"),
        ({"RECAP_WEB__PROT": "1"}, "RECAP_WEB__PROT"),
        ({"RECAP_REVEIW__HOUR": "1"}, "RECAP_REVEIW__HOUR"),
    ],
)
def test_a_wrong_setting_is_refused_by_name_in_one_line(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        config.load(environment, NOWHERE)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("given", "meant"), [("off", "off"), ("auto", "auto"), ("4", 4)])
def test_shards_are_a_number_or_a_word(given: str, meant: object, tmp_path: Path) -> None:
    assert config.load({"RECAP_DISCORD__SHARDS": given}, NOWHERE).discord.spread == meant
    file = tmp_path / "recap.toml"
    file.write_text(f"[discord]\nshards = {meant!r}\n")
    assert config.load({}, file).discord.spread == meant


def test_an_empty_token_is_none_and_discord_may_be_reached_elsewhere() -> None:
    given = {
        "RECAP_DISCORD__TOKEN": "",
        "RECAP_DISCORD__API_URL": "http://127.0.0.1:9000/api/v10/",
        "RECAP_DISCORD__GATEWAY_URL": "ws://[::1]:9001",
    }
    discord = config.load(given, NOWHERE).discord
    assert discord.token is None
    assert (discord.api_url, discord.gateway_url) == ("http://127.0.0.1:9000/api/v10", "ws://[::1]:9001")


@pytest.mark.parametrize(
    ("setting", "token", "told"),
    [
        ("BOT_TOKEN", "xapp-1-a", "slack.app_token"),
        ("APP_TOKEN", "xoxb-a", "slack.bot_token"),
        ("BOT_TOKEN", "xoxp-a", "of a person"),
        ("BOT_TOKEN", "xoxe.xoxb-a", "rotates"),
    ],
)
def test_a_token_of_slack_in_the_wrong_place_is_told_what_it_is(setting: str, token: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as refused:
        config.load({f"RECAP_SLACK__{setting}": token}, NOWHERE)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"BOT_TOKEN": "xoxb-a", "APP_TOKEN": "xapp-a"},
        {"BOT_TOKEN": "xoxb-a", "SIGNING_SECRET": "s", "PUBLIC_URL": "https://recap.example"},
        {
            "CLIENT_ID": "1",
            "CLIENT_SECRET": "s",
            "SIGNING_SECRET": "s",
            "PUBLIC_URL": "https://recap.example",
        },
        {"PUBLIC_URL": "https://recap.example", "PREFIX": "recap-"},
    ],
)
def test_each_way_to_set_slack_up_is_taken(given: dict[str, str]) -> None:
    assert config.load({f"RECAP_SLACK__{name}": value for name, value in given.items()}, NOWHERE).slack


def test_an_unknown_setting_in_the_file_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "recap.toml"
    file.write_text("[web]\nprot = 1\n")
    with pytest.raises(SettingsError, match=r"web\.prot"):
        config.load({}, file)


def test_courses_come_from_the_file_and_the_environment_and_are_documented(tmp_path: Path) -> None:
    file = tmp_path / "recap.toml"
    file.write_text('[courses.chem-1]\npath = "chemistry"\n[courses.bio]\npath = "old"\ntitle = "Biology"\n')
    settings = config.load({"RECAP_COURSES__BIO__PATH": "new", "RECAP_COURSES__CELL_BIO__PATH": "c"}, file)
    assert {name: str(one.path) for name, one in settings.courses.items()} == {
        "chem-1": "chemistry",
        "bio": "new",
        "cell_bio": "c",
    }
    assert settings.courses["bio"].title == "Biology"
    file.write_text(config.document(settings))
    assert config.load({}, file) == settings


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ('[courses.bio]\npaht = "x"\n', "courses.bio.paht"),
        ("[courses.bio]\npath = 3\n", "courses.bio.path"),
        ('[courses."Bio 1"]\npath = "x"\n', "'Bio 1'"),
    ],
)
def test_a_wrong_course_in_the_file_is_refused_by_name(tmp_path: Path, content: str, named: str) -> None:
    file = tmp_path / "recap.toml"
    file.write_text(content)
    with pytest.raises(SettingsError) as caught:
        config.load({}, file)
    assert named in str(caught.value)


@pytest.mark.parametrize("content", ["[web\n", "\x00"])
def test_a_broken_or_missing_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "recap.toml"
    with pytest.raises(SettingsError, match=r"recap\.toml"):
        config.load({}, file)
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"recap\.toml"):
        config.load({}, file)


def test_secrets_are_masked_and_wrong_ones_not_repeated() -> None:
    settings = config.load(
        {"RECAP_WEB__TOKEN": "tell-nobody", "RECAP_DATABASE__URL": "postgresql://u:tell-nobody@h/d"}, NOWHERE
    )
    assert "tell-nobody" not in config.document(settings) + repr(settings)
    assert set(config.secrets(settings)) == {"tell-nobody", "postgresql://u:tell-nobody@h/d"}
    with pytest.raises(SettingsError) as caught:
        config.load({"RECAP_WEB__TOKEN": "short"}, NOWHERE)
    assert "'short'" not in str(caught.value)


def test_the_documented_file_is_a_settings_file(tmp_path: Path) -> None:
    settings = config.load({}, NOWHERE)
    document = config.document(settings)
    file = tmp_path / "recap.toml"
    file.write_text(document)
    assert config.load({}, file) == settings
    assert set(tomllib.loads(document)) >= {"web", "review", "engine"}
    for name, field in config.names():
        assert field.description, name
        assert config.variable(name) in document
