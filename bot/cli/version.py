"""The installed version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """As the distribution says; `development` in a checkout that isn't installed."""
    try:
        return installed("recap-tutor")
    except PackageNotFoundError:
        return "development"
