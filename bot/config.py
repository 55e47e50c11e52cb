"""Settings: environment over `recap.toml` over defaults. The only place that reads either."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import settings as sections
from bot.core.turn import Person

PREFIX = "RECAP_"
FILE = "recap.toml"
FILE_VARIABLE = "RECAP_SETTINGS"
RESERVED = ("off",)
"""What can't be a course's name, since `/course` takes it for something else."""
NOWHERE = Path(os.devnull)
"""As `file` of `load`: no settings file."""
ANY = "NAME"
"""Stands for the short name of any further course."""
_COURSE_VARIABLE = re.compile(r"^RECAP_COURSES__(?:(?!__).)+(?=__)")
_OURS_ELSEWHERE = "RECAP_TEST_"
"""Variables of the test suite, not settings."""


class SettingsError(Exception):
    """A setting is wrong or unknown; the message is one line that names it."""


class Settings(BaseSettings):
    """Every setting, typed. Build it with `load`."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, validate_default=True, env_prefix=PREFIX, env_nested_delimiter="__"
    )

    data_path: Path = Field(Path("data"), description="folder of the database, the index, models and the log")
    language: Literal["en", "bg", "zh"] = Field("en", description="language where a person's is not known")
    database: sections.DatabaseSettings = sections.DatabaseSettings(url=None)
    notes: sections.NotesSettings = sections.NotesSettings()  # type: ignore[call-arg]
    courses: dict[str, sections.CourseSettings] = {}
    web: sections.WebSettings = sections.WebSettings()  # type: ignore[call-arg]
    discord: sections.DiscordSettings = sections.DiscordSettings()  # type: ignore[call-arg]
    slack: sections.SlackSettings = sections.SlackSettings()  # type: ignore[call-arg]
    review: sections.ReviewSettings = sections.ReviewSettings()  # type: ignore[call-arg]
    retrieval: sections.RetrievalSettings = sections.RetrievalSettings()  # type: ignore[call-arg]
    engine: sections.EngineSettings = sections.EngineSettings()  # type: ignore[call-arg]
    llm: sections.LlmSettings = sections.LlmSettings()  # type: ignore[call-arg]
    log: sections.LogSettings = sections.LogSettings()  # type: ignore[call-arg]

    @model_validator(mode="after")
    def _guarded_when_exposed(self) -> Settings:
        if self.web.exposed and self.web.token is None:
            raise ValueError("web.token must be set when the web chat is reached from other machines")
        return self

    @field_validator("courses")
    @classmethod
    def _named(cls, courses: dict[str, sections.CourseSettings]) -> dict[str, sections.CourseSettings]:
        for name in courses:
            if not re.match(sections.COURSE_NAME, name) or "__" in name or name in RESERVED:
                raise ValueError(f"{name!r} can't be the short name of a course")
        return courses

    @model_validator(mode="after")
    def _apart(self) -> Settings:
        if self.notes.course in self.courses:
            raise ValueError(f"courses.{self.notes.course} has the name of the course in notes.course")
        return self

    @property
    def database_url(self) -> str:
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.data_path / 'recap.db'}"

    @property
    def index_path(self) -> Path:
        return self.data_path / "index"

    @property
    def models_path(self) -> Path:
        return self.engine.models_path or self.data_path / "models"

    @property
    def log_path(self) -> Path:
        return self.data_path / "recap.log"

    def state_path(self, platform: str) -> Path:
        """Where a running Recap tells how that platform is doing."""
        return self.data_path / f"{platform}.json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The environment is handed in by `load`, so that tests own it.
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """pydantic's reading of nested variables, from a mapping instead of the process."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = {name.lower(): value for name, value in variables.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._variables


def load(environment: Mapping[str, str] | None = None, file: Path | None = None) -> Settings:
    """The settings. `environment` None: the process's; `file` None: RECAP_SETTINGS, else ./recap.toml.

    Raises SettingsError, one line with the setting's name.
    """
    variables = os.environ if environment is None else environment
    _refuse_unknown(variables)
    path = file or file_in_use(variables)
    written = _read(path)
    spoken = _Environment({name: value for name, value in variables.items() if name != FILE_VARIABLE})()
    try:
        return Settings(**_merge(written, spoken))
    except ValidationError as error:
        raise SettingsError(_explain(error, path)) from None


def file_in_use(environment: Mapping[str, str] | None = None) -> Path | None:
    """The settings file that `load` reads; None: there is none."""
    variables = os.environ if environment is None else environment
    if variables.get(FILE_VARIABLE):
        return Path(variables[FILE_VARIABLE])
    return Path(FILE) if Path(FILE).is_file() else None


def secrets(settings: Settings) -> list[str]:
    """The values that must not reach a log."""
    found = (value for _, one in settings if isinstance(one, sections.Section) for _, value in one)
    return [value.get_secret_value() for value in found if isinstance(value, SecretStr)]


def local_person() -> Person:
    """Whoever sits at this machine's terminal; an admin, since the files are theirs."""
    import getpass

    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        name = "me"
    spoken = next((os.environ[one] for one in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(one)), "en")
    locale = spoken.partition(".")[0].replace("_", "-")
    return Person(name, name, locale, zone=_local_zone(), is_admin=True)


def _local_zone() -> str | None:
    if zone := os.environ.get("TZ", "").lstrip(":"):
        return zone
    parts = Path("/etc/localtime").resolve().parts
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else None


def names() -> Iterator[tuple[str, FieldInfo]]:
    """Every setting as `section.name` with its field, in the order of the file.

    Those of the further courses stand once, under `courses.NAME`.
    """
    for name, field in Settings.model_fields.items():
        if name == "courses":
            for inner, info in sections.CourseSettings.model_fields.items():
                yield f"courses.{ANY}.{inner}", info
        elif isinstance(field.annotation, type) and issubclass(field.annotation, sections.Section):
            yield from ((f"{name}.{inner}", info) for inner, info in field.annotation.model_fields.items())
        else:
            yield name, field


def variable(name: str) -> str:
    """`review.hour` -> `RECAP_REVIEW__HOUR`."""
    return PREFIX + name.replace(".", "__").upper()


def document(settings: Settings) -> str:
    """The settings as a commented `recap.toml`; what is unset is commented out, secrets are masked."""
    lines: list[str] = []
    section = ""
    for name, field in _spelled_out(settings):
        head, _, own = name.rpartition(".")
        if head != section:
            lines += ["", f"# [{head}]" if ANY in head else f"[{head}]"]
            section = head
        value = _value(settings, name)
        lines.append(f"# {field.description} ({variable(name)})")
        lines.append(f"# {own} =" if value is None else f"{own} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def markdown_table(settings: Settings) -> str:
    """The README's table of settings."""
    rows = ["| Variable | Default | What it is |", "| --- | --- | --- |"]
    for name, field in names():
        value = _value(settings, name)
        shown = "" if value in (None, "") else f"`{_toml(value).strip(chr(34))}`"
        rows.append(f"| `{variable(name)}` | {shown} | {field.description} |")
    return "\n".join(rows)


def _spelled_out(settings: Settings) -> Iterator[tuple[str, FieldInfo]]:
    """`names`, with every course that is set in the place of NAME."""
    for name, group in groupby(names(), lambda pair: ANY in pair[0]):
        fields = list(group)
        for course in (settings.courses or (ANY,)) if name else (ANY,):
            yield from ((each.replace(ANY, course), field) for each, field in fields)


def _value(settings: Settings, name: str) -> object:
    section, _, own = name.rpartition(".")
    if section.startswith("courses."):
        return getattr(settings.courses.get(section.removeprefix("courses.")), own, None)
    return getattr(getattr(settings, section) if section else settings, own)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, SecretStr):
        return '"**********"'
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _refuse_unknown(variables: Mapping[str, str]) -> None:
    known = {variable(name) for name, _ in names()} | {FILE_VARIABLE}
    for name in variables:
        ours = name.upper().startswith(PREFIX) and not name.upper().startswith(_OURS_ELSEWHERE)
        if ours and _COURSE_VARIABLE.sub(variable(f"courses.{ANY}"), name.upper()) not in known:
            raise SettingsError(f"Unknown setting {name} in the environment; `recap config` lists them all.")


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} can't be read: {error}.") from None


def _merge(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for name, value in over.items():
        below = merged.get(name)
        merged[name] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _explain(error: ValidationError, path: Path | None) -> str:
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    name = ".".join(str(part) for part in first["loc"])
    message = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        return f"Unknown setting {name} in {path or FILE}; `recap config` lists them all."
    if not name or message.startswith(f"{name}."):  # about several settings
        return f"Setting {message[0].lower()}{message[1:]}."
    field = dict(names()).get(name)
    secret = field is not None and "SecretStr" in str(field.annotation)
    given = "" if secret or isinstance(first["input"], dict) else f", not {first['input']!r}"
    return f"Setting {name} ({variable(name)}): {message[0].lower()}{message[1:]}{given}."
