"""`recap ask`: one question."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from bot import config
from bot.cli.opened import application, course_named, ensure_index
from bot.cli.output import print_json, progress_bar
from bot.core.context import action_id
from bot.core.courses import ARGUMENT, course_key
from bot.core.language import written_language
from bot.core.turn import Press, Turn

if TYPE_CHECKING:
    from bot.wiring import App

PATIENCE = 60.0
"""Seconds that an encoder may take to load in the worker."""


def ask(question: str, fast: bool, course: str | None, as_json: bool) -> None:
    """Answers from the notes. The bundled encoder is there at once; one in the worker is waited for."""
    with application() as app:
        chosen = course_named(app, course)
        ensure_index(app, chosen)
        if not fast:
            _wait(app, question)
        if as_json:
            print_json(asdict(app.library.ask(chosen.name, question, written_language(question))))
            return
        from bot.platforms.terminal.render import Screen

        asked = Press(action_id("ask", **{ARGUMENT: course_key(chosen.name)}), {"question": question})
        turn = Turn("terminal", config.local_person(), "shell", "ask", asked)
        reply = app.core.dispatch(turn)
        Screen().show(reply, numbered=False)
        if reply.tone == "error":
            sys.exit(1)


def _wait(app: App, question: str) -> None:
    """Until the encoder has been loaded in the worker, or can't be, if it is one that reads the question."""
    encoder = app.encoder
    if encoder is None or encoder.state != "loading" or not encoder.reads(question):
        return
    app.engine.start()
    with progress_bar(app.settings.language, "cli.loading"):
        app.wait_until(lambda: encoder.state != "loading", PATIENCE)
