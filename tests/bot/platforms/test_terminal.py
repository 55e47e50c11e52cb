"""The chat in a terminal."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.core.complete import Suggestion
from bot.core.reply import Action, Reply, Table
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.prompt import Prompt
from bot.platforms.terminal.render import Screen
from bot.wiring import App
from knowledge.notes import Citation
from tests.bot.conftest import ADMIN
from tests.doubles.clock import FrozenClock


class Script:
    """Lines that are typed one after the other; a callable is waited for first."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.prompts: list[str] = []

    def read(self, prompt: str, default: str = "") -> str:
        self.prompts.append(prompt)
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)

    def progress(self, text: str) -> None:
        """Not shown here."""


def chat(app: App, tmp_path: Path, script: Script) -> str:
    """What stands on the screen after the script."""
    shown = io.StringIO()
    TerminalPlatform(app.core, app.outbox, ADMIN, tmp_path / "history", 10, Screen(shown), script).run()
    return shown.getvalue()


def test_a_question_is_answered_with_its_sources(app: App, tmp_path: Path) -> None:
    shown = chat(app, tmp_path, Script("What is a tokenizer?"))
    assert "Tokenization maps text to numbers from a fixed vocabulary. [1]" in shown
    assert "[1] 02-tokenization.md § 10. Quick Recap, line " in shown
    assert "(1) Quiz me on this" in shown


def test_a_number_presses_the_button(app: App, tmp_path: Path) -> None:
    shown = chat(app, tmp_path, Script("/learn tokenization", "1"))
    assert "I'll ask you about Tokenization" in shown


def test_a_form_is_asked_field_by_field(app: App, tmp_path: Path) -> None:
    script = Script("/settings", "1", "en", "Asia/Shanghai", "", "off")
    shown = chat(app, tmp_path, script)
    assert "Saved" in shown
    assert "Asia/Shanghai" in shown
    assert [prompt.partition(" [")[0].rstrip(": ") for prompt in script.prompts[2:6]] == [
        "Language",
        "Time zone",
        "Review hour",
        "Quiet hours",
    ]


def test_a_pipe_waits_for_the_result_of_each_job_and_shows_it_once(app: App, tmp_path: Path) -> None:
    shown = chat(app, tmp_path, Script("/try tokenize a b c", "/try tokenize d e"))
    assert shown.count("3 tokens") == 1
    assert shown.count("2 tokens") == 1
    assert shown.index("3 tokens") < shown.index("2 tokens")


def test_reviews_that_came_due_appear_by_themselves(app: App, tmp_path: Path, clock: FrozenClock) -> None:
    chat(app, tmp_path, Script("/studied tokenization"))
    clock.move(timedelta(days=1, hours=8))
    app.delivery.run()
    came = threading.Event()

    class Patient(Script):
        def read(self, prompt: str, default: str = "") -> str:
            assert came.wait(10)
            return super().read(prompt, default)

    class Watched(Screen):
        def show(self, reply: Reply, numbered: bool = True) -> None:
            super().show(reply, numbered)
            came.set()

    shown = io.StringIO()
    lines = Patient("It cuts text into tokens", "3")
    TerminalPlatform(app.core, app.outbox, ADMIN, tmp_path / "h", 10, Watched(shown), lines).run()
    assert "Review 1 of 4" in shown.getvalue()
    assert "Noted: Good." in shown.getvalue()


def test_leaving_by_word_or_by_end_of_input(app: App, tmp_path: Path) -> None:
    assert "Recap" not in chat(app, tmp_path, Script("/quit", "/help"))
    assert chat(app, tmp_path, Script()) == ""
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("drain")]


def test_nothing_in_a_reply_can_steer_the_terminal() -> None:
    shown = io.StringIO()
    evil = "\x1b]0;owned\x07\x1b[2Jtext\x9b31m"
    Screen(shown).show(
        Reply(
            evil,
            table=Table((evil,), ((evil,),)),
            citations=(Citation(evil, (evil,), 1, 2, evil, "s"),),
            actions=(Action("a", evil),),
        )
    )
    assert "\x1b" not in shown.getvalue()
    assert "\x9b" not in shown.getvalue()
    assert "text" in shown.getvalue()


@pytest.mark.parametrize(("typed", "line"), [("/help\r", "/help"), ("one\x1b\rtwo\r", "one\ntwo")])
def test_the_prompt_reads_lines_and_completes(tmp_path: Path, typed: str, line: str) -> None:
    def suggest(text: str) -> Sequence[Suggestion]:
        return [Suggestion("/help", "/help", "explains")] if text == "/h" else []

    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text(typed)
        with Prompt(tmp_path / "data" / "history", suggest) as prompt:
            prompt.progress("`tokenize` is running")
            assert prompt.read("> ") == line
