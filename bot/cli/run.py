"""`recap run`: everything, until Ctrl-C."""

from __future__ import annotations

import threading

from bot.cli.beside import Beside
from bot.cli.opened import application, ensure_indexes
from bot.cli.output import out
from bot.core import catalogue


def run() -> None:
    """Serves the web chat; the worker, Discord and Slack start once the chat can be used."""
    with application() as app:
        try:
            from bot.options import web_options
            from bot.platforms.web.platform import WebPlatform

            ensure_indexes(app)
            beside = Beside(app)
            platform = WebPlatform(
                app.core,
                app.database,
                app.outbox,
                web_options(app.settings, app.course.title()),
                app.clock,
                ready=lambda: app.engine.status().state in ("ready", "busy"),
                mounts=beside.mounts(),
            )

            def start_the_rest() -> None:
                app.start()
                beside.start()

            starter = threading.Thread(target=start_the_rest, name="starter", daemon=True)

            def listening(address: str) -> None:
                out(catalogue.label(app.settings.language, "cli.ready", address=address))
                starter.start()

            try:
                platform.run(listening)
            finally:
                if starter.ident is not None:
                    starter.join()
                beside.stop()
        except KeyboardInterrupt:
            return
