"""The console script `recap`. Each command stands in a file of its own and loads what it needs."""

from __future__ import annotations

import logging
import secrets
import sys

from bot.cli.app import app
from bot.cli.output import err, sentence
from bot.config import SettingsError
from bot.core import catalogue
from knowledge.errors import RecapError
from knowledge.notes import Language

log = logging.getLogger(__name__)

__all__ = ["app", "main"]


def main() -> None:
    """Runs one command. Exit codes: 0 done, 1 it failed (one sentence on stderr), 2 settings or usage."""
    try:
        app(prog_name="recap")
    except SettingsError as error:
        err(str(error))
        sys.exit(2)
    except RecapError as error:
        err(sentence(_language(), error))
        log.info("the command failed: %s", error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; Python would complain about it at exit
        sys.exit(1)
    except Exception as error:  # noqa: BLE001  no traceback reaches a person
        reference = secrets.token_hex(3)
        _log_to_file(reference, error)
        err(catalogue.label(_language(), "cli.internal", reference=reference, reason=type(error).__name__))
        sys.exit(1)


def _language() -> Language:
    from bot import config

    try:
        return config.load().language
    except SettingsError:
        return "en"


def _log_to_file(reference: str, error: Exception) -> None:
    root = logging.getLogger()
    for handler in list(root.handlers):
        if type(handler) is logging.StreamHandler:
            root.removeHandler(handler)
    if root.handlers:
        log.error("the command failed [%s]", reference, exc_info=error)
