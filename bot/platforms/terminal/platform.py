"""The terminal as a platform: lines in, replies out, and what the outbox brings in between."""

from __future__ import annotations

import secrets
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.core import catalogue
from bot.core.drain import Drain
from bot.core.language import locale_language
from bot.core.reply import Action, Field, Reply
from bot.core.turn import Call, Line, Person, Press, Turn, Where
from bot.platforms.terminal.render import Screen

if TYPE_CHECKING:
    from bot.core.complete import Suggestion
    from bot.core.core import Core
    from jobs.outbox import Delivery, Outbox

PLATFORM = "terminal"
LEAVE = ("/quit", "/exit")


class Lines(Protocol):
    """Where typed lines come from: a prompt with completion, or a pipe."""

    def read(self, prompt: str, default: str = "") -> str:
        """One line. EOFError at the end."""

    def progress(self, text: str) -> None:
        """What is under way, told beside the prompt."""


class TerminalPlatform:
    """One person's chat. `run` reads lines until the end of input or `/quit`."""

    def __init__(
        self,
        core: Core,
        outbox: Outbox,
        person: Person,
        history: Path,
        patience: float,
        screen: Screen | None = None,
        lines: Lines | None = None,
    ) -> None:
        """`patience`: seconds that a pipe waits for the result of a job before its next line."""
        self._core = core
        self._person = person
        self._place = f"terminal:{person.external_id}"
        self._patience = patience
        self._screen = screen or Screen(folder=history.parent / "exports")
        self._history = history
        self._given_lines = lines
        self._drain = Drain(outbox, PLATFORM, self.send, core.present)
        self._actions: tuple[Action, ...] = ()
        self._turn = threading.Lock()
        """Held from a turn to its reply, so that a result never overtakes what announces it."""
        self._open: dict[str, threading.Event] = {}
        self._lines: Lines | None = None

    def run(self) -> None:
        """Chats. Results and reviews that come meanwhile are shown at once."""
        interactive = self._given_lines is None and sys.stdin.isatty() and self._screen.interactive
        with _lines(self._given_lines, interactive, self._history, self._complete) as lines:
            self._lines = lines
            if interactive:
                self._show(self._core.welcome(self._person, Where(PLATFORM, self._place)))
                self._screen.show(Reply(self._label("terminal.hint")), numbered=False)
            self._drain.start()
            try:
                self._loop(lines, interactive)
            finally:
                self._drain.stop()

    def send(self, delivery: Delivery, reply: Reply) -> str:
        """Shows what the outbox brings; progress only beside the prompt."""
        reference = delivery.edit_ref or f"terminal-{delivery.id}"
        if reply.tone == "progress" or delivery.key.endswith(":progress"):
            # News of progress may be overtaken by the end of the job; that comes with a row of its own.
            if self._lines is not None:
                self._lines.progress(reply.text if reply.tone == "progress" else "")
            return reference
        if self._lines is not None:
            self._lines.progress("")
        with self._turn:
            self._show(reply)
        waited = self._open.pop(reference, None)
        if waited is not None:
            waited.set()
        return reference

    def _loop(self, lines: Lines, interactive: bool) -> None:
        while True:
            try:
                line = lines.read("› ").strip()
            except EOFError:
                return
            if line.lower() in LEAVE:
                return
            if line:
                self._do(lines, line, interactive)

    def _do(self, lines: Lines, line: str, interactive: bool) -> None:
        action = self._pressed(line)
        did: Line | Call | Press = Line(line)
        if action is not None:
            try:
                did = Press(action.id, self._form(lines, action.fields))
            except EOFError:
                return
        reference = secrets.token_hex(6)
        done = self._open.setdefault(reference, threading.Event())
        with self._turn:
            reply = self._core.dispatch(
                Turn(PLATFORM, self._person, self._place, reference, did, pictures=False)
            )
            self._show(reply)
        if reply.tone != "progress":
            self._open.pop(reference, None)
        elif not interactive:
            # The next line of a pipe may build on the result, and its end must not cut the result off.
            done.wait(self._patience)

    def _pressed(self, line: str) -> Action | None:
        if line.isascii() and line.isdigit() and 1 <= int(line) <= len(self._actions):
            return self._actions[int(line) - 1]
        return None

    def _form(self, lines: Lines, fields: tuple[Field, ...]) -> Mapping[str, str]:
        filled = {}
        for field in fields:
            choices = ", ".join(f"{value} ({label})" for value, label in field.choices[:12])
            ask = f"{field.label} [{choices}]: " if choices else f"{field.label}: "
            filled[field.name] = lines.read(ask, field.value).strip() or field.value
        return filled

    def _show(self, reply: Reply) -> None:
        self._actions = reply.actions or self._actions
        self._screen.show(reply)

    def _complete(self, line: str) -> Sequence[Suggestion]:
        return self._core.complete(self._person, line, Where(PLATFORM, self._place))

    def _label(self, key: str) -> str:
        return catalogue.say(locale_language(self._person.locale), key)


class _Pipe:
    """Lines from a pipe or a file."""

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to give back."""

    def read(self, prompt: str, default: str = "") -> str:
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def progress(self, text: str) -> None:
        """A pipe gets results only."""


class _Given:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __enter__(self) -> Lines:
        return self._lines

    def __exit__(self, *_: object) -> None:
        """Belongs to whoever gave it."""


def _lines(
    given: Lines | None, interactive: bool, history: Path, complete: Callable[[str], Sequence[Suggestion]]
) -> _Context:
    if given is not None:
        return _Given(given)
    if not interactive:
        return _Pipe()
    from bot.platforms.terminal.prompt import Prompt

    return Prompt(history, complete)


class _Context(Protocol):
    def __enter__(self) -> Lines: ...

    def __exit__(self, *_: object) -> None: ...
