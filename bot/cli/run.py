"""`recap run`: everything, until Ctrl-C."""

from __future__ import annotations

import threading

from bot.cli.opened import application, ensure_indexes
from bot.cli.output import out
from bot.core import catalogue


def run() -> None:
    """Serves the web chat; the worker starts once the chat can be used."""
    with application() as app:
        try:
            from bot.platforms.web.platform import WebPlatform
            from bot.wiring import web_options

            ensure_indexes(app)
            platform = WebPlatform(
                app.core,
                app.database,
                app.outbox,
                web_options(app),
                app.clock,
                ready=lambda: app.engine.status().state in ("ready", "busy"),
            )
            starter = threading.Thread(target=app.start, name="starter", daemon=True)

            def listening(address: str) -> None:
                out(catalogue.label(app.settings.language, "cli.ready", address=address))
                starter.start()

            try:
                platform.run(listening)
            finally:
                if starter.ident is not None:
                    starter.join()
        except KeyboardInterrupt:
            return
