"""Where log lines go: everything into a file that rotates, warnings as one line to stderr."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection
from logging.handlers import RotatingFileHandler
from pathlib import Path

LARGEST = 2_000_000
KEPT = 3
_OURS = ("bot", "jobs", "knowledge")
"""The packages that `log.level` is about; libraries are heard from warnings on."""
_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s %(message)s"
_CREDENTIALS = re.compile(r"(://[^\s:/@]+:)[^\s@]+(@)")
_TOKENS = re.compile(r"\b(?:xox[a-z]|xapp)[-.][\w.-]{8,}|(?<=[?&]ticket=)[^\s&\"']+")
"""Slack's, which stand in no setting where workspaces install the app, and the tickets of its sockets."""


class _Masked(logging.Formatter):
    """Leaves no secret in a line, wherever it came from, its traceback included."""

    def __init__(self, form: str, secrets: Collection[str]) -> None:
        super().__init__(form)
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = _TOKENS.sub("***", _CREDENTIALS.sub(r"\1***\2", super().format(record)))
        for secret in self._secrets:
            line = line.replace(secret, "***")
        return line


class _OneLine(_Masked):
    """The message alone: what went wrong in detail stands in the file."""

    def format(self, record: logging.LogRecord) -> str:
        bare = logging.makeLogRecord(
            {**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None}
        )
        return super().format(bare).replace("\n", " ")


def configure(path: Path, level: str, secrets: Collection[str] = (), quiet: bool = False) -> None:
    """Sets up logging of the process, once, at the entry point. `quiet`: nothing on stderr."""
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    file = RotatingFileHandler(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True)
    file.setFormatter(_Masked(_FORMAT, secrets))
    root.addHandler(file)
    if not quiet:
        console = logging.StreamHandler(sys.stderr)
        console.setLevel(logging.WARNING)
        console.setFormatter(_OneLine("%(levelname)s: %(message)s", secrets))
        root.addHandler(console)
    root.setLevel(logging.WARNING)
    for package in _OURS:
        logging.getLogger(package).setLevel(level.upper())
    logging.captureWarnings(True)
