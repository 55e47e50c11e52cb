"""What a section of the settings is made of."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Typed values that nobody changes; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


def joined(value: Any) -> Any:
    """A list of the settings file as the environment would have it."""
    return ", ".join(str(one) for one in value) if isinstance(value, list | tuple) else value


def listed(value: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(one.strip() for one in value.split(",") if one.strip())
