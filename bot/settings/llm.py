"""The language model that proposes questions, where there is one."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.settings.section import Section

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_ENDS = ("/chat/completions", "/models")


class LlmSettings(Section):
    url: str = Field(
        "",
        description="base address of an OpenAI-compatible endpoint that proposes questions, as in"
        " http://127.0.0.1:11434/v1; sections of the notes are sent to it; unset: no language model",
    )
    model: str = Field("", max_length=200, description="the endpoint's model that is asked")
    key: SecretStr | None = Field(None, description="what the endpoint knows us by; unset: it wants none")
    timeout: float = Field(60, gt=0, le=600, description="seconds that an answer of the endpoint may take")
    per_day: int = Field(200, ge=0, description="most sections a day that it is asked about by itself")

    @field_validator("url")
    @classmethod
    def _a_base(cls, url: str) -> str:
        url = url.strip().rstrip("/")
        for end in _ENDS:
            url = url.removesuffix(end)
        if not url:
            return ""
        parts = urlsplit(url)
        try:
            parts.port  # noqa: B018  raises where it is none
        except ValueError:
            raise ValueError("its port is no port") from None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("give a URL such as http://127.0.0.1:11434/v1")
        if parts.username or parts.password:
            raise ValueError("put the key into llm.key, not into the URL")
        return url

    @field_validator("key")
    @classmethod
    def _one_word(cls, key: SecretStr | None) -> SecretStr | None:
        told = key.get_secret_value().strip() if key is not None else ""
        if not told:
            return None
        if not told.isascii() or not told.isprintable() or " " in told:
            raise ValueError("this is no key: copy it alone, without spaces")
        return SecretStr(told)

    @model_validator(mode="after")
    def _together(self) -> LlmSettings:
        if self.url and not self.model.strip():
            raise ValueError("llm.model must be set beside llm.url")
        parts = urlsplit(self.url)
        if self.key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError(
                "llm.url with http:// would send llm.key in the clear; use https:// beyond this machine"
            )
        return self
