"""Seals tokens, so that neither the database nor a copy of it tells them.

The key is the setting `slack.store_key`: several with commas where it is being changed, the new one first.
Without it a key is made once beside the database.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.platforms.slack.errors import SlackError

FILE = "slack.key"


class Vault:
    """Seals with the first of its keys, opens with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        """ValueError for what is no key."""
        fernets = [Fernet(key) for key in keys]
        self._first = fernets[0]
        self._all = MultiFernet(fernets)

    def seal(self, secret: Mapping[str, str]) -> str:
        return self._all.encrypt(json.dumps(dict(secret)).encode()).decode()

    def open(self, sealed: str) -> dict[str, str] | None:
        """None for what was sealed with none of these keys."""
        try:
            opened = json.loads(self._all.decrypt(sealed))
        except (InvalidToken, ValueError):
            return None
        return {str(name): str(value) for name, value in opened.items()}

    def is_current(self, sealed: str) -> bool:
        """Whether the first key alone opens it."""
        try:
            self._first.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def vault(keys: str, file: Path) -> Vault:
    """With the keys of the settings, else with the one in that file, which is made where there is none.

    SlackError `error.slack_key`, `error.slack_key_file`.
    """
    if keys:
        try:
            return Vault([key for key in keys.split(",") if key])
        except (ValueError, IndexError):
            raise SlackError("error.slack_key", setting="slack.store_key") from None
    try:
        return Vault([_kept(file)])
    except OSError as error:
        raise SlackError(
            "error.slack_key_file", path=str(file), reason=error.strerror or str(error)
        ) from None
    except ValueError:
        raise SlackError("error.slack_key_damaged", path=str(file)) from None


def _kept(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        staged = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(Fernet.generate_key())
            # Of processes that start at once one names its file first; the others take that one's key.
            os.link(staged, file)
        except FileExistsError:
            pass
        finally:
            staged.unlink(missing_ok=True)
    return file.read_text(encoding="ascii").strip()
