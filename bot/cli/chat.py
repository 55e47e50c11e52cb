"""`recap chat`: the chat in this terminal."""

from __future__ import annotations

import contextlib

from bot import config
from bot.cli.opened import application, ensure_indexes


def chat() -> None:
    """Chats until the end of input; reviews and results appear by themselves."""
    with application() as app:
        from bot.platforms.terminal.platform import TerminalPlatform

        ensure_indexes(app)
        app.start()
        person = config.local_person()
        platform = TerminalPlatform(
            app.core,
            app.outbox,
            person,
            app.settings.data_path / "chat_history",
            app.settings.engine.task_timeout,
        )
        with contextlib.suppress(KeyboardInterrupt):
            platform.run()
