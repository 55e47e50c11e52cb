"""`recap config`: the settings in force."""

from __future__ import annotations

import sys

from bot import config


def show() -> None:
    """Prints every setting, documented, secrets masked."""
    sys.stdout.write(config.document(config.load()))
