"""`recap ask`: one question."""

from __future__ import annotations

import sys
from dataclasses import asdict

from bot import config
from bot.cli.opened import application, course_named, ensure_index
from bot.cli.output import print_json, progress_bar
from bot.core.context import action_id
from bot.core.courses import ARGUMENT, course_key
from bot.core.language import written_language
from bot.core.turn import Press, Turn
from jobs.engine.encoder import EngineEncoder
from knowledge.embed_minilm import reads_latin
from knowledge.library import Library

PATIENCE = 60.0
"""Seconds that the encoder may take to load."""


def ask(question: str, fast: bool, course: str | None, as_json: bool) -> None:
    """Answers from the notes; waits for the encoder where it can read the question."""
    with application() as app:
        chosen = course_named(app, course)
        ensure_index(app, chosen)
        if not fast and reads_latin(question):
            app.engine.start()
            with progress_bar(app.settings.language, "cli.loading"):
                app.wait_ready(PATIENCE)
        if as_json:
            library = Library(app.settings.index_path, EngineEncoder(app.engine, budget=PATIENCE))
            answer = library.ask(chosen.name, question, written_language(question))
            print_json(asdict(answer))
            return
        from bot.platforms.terminal.render import Screen

        asked = Press(action_id("ask", **{ARGUMENT: course_key(chosen.name)}), {"question": question})
        turn = Turn("terminal", config.local_person(), "shell", "ask", asked)
        reply = app.core.dispatch(turn)
        Screen().show(reply, numbered=False)
        if reply.tone == "error":
            sys.exit(1)
