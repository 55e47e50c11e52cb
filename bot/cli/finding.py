"""One line of what `recap doctor` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.core import catalogue

if TYPE_CHECKING:
    from bot.wiring import App

State = Literal["ok", "warn", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    state: State
    detail: str


def say(app: App, key: str, **params: object) -> str:
    """A sentence of the doctor's, plain."""
    return catalogue.label(app.settings.language, f"doctor.{key}", **params).replace("`", "")
