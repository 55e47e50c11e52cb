"""Keeps discord.py's log to what helps: it reports each attempt to connect again as an error with a
traceback, while the supervision says once that Discord is away.
"""

from __future__ import annotations

import logging

_ATTEMPTS = ("Attempting a reconnect", "Failed to connect for shard_id")
_LOGGERS = ("discord.client", "discord.shard")


def tame() -> None:
    """Sets it up. Idempotent."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_attempts)


def _attempts(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith(_ATTEMPTS):
        error = record.exc_info[1] if record.exc_info else None
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.msg = f"{record.getMessage()} ({type(error).__name__}: {error})"
        record.args, record.exc_info, record.exc_text = None, None, None
    return True
