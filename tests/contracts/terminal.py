"""The terminal: the real loop and the real screen, a keyboard that a test types on."""

from __future__ import annotations

import io
import queue
import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from bot.core.reply import Reply
from bot.core.turn import Person
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.prompt import Suggestions
from bot.platforms.terminal.render import Screen
from tests.contracts.messenger import SOURCE, ZONE, Can, Messenger, Shown, Source
from tests.contracts.world import until

_BUTTON = re.compile(r"\((\d+)\) (.*?)(?=   \(\d+\) |$)")
_WIDE = 4000
"""Columns: no cell is folded, so that each row can be read from left to right."""


class Keyboard:
    """Implements `Lines`: a thread types, the chat reads."""

    def __init__(self) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.prompts: queue.Queue[str] = queue.Queue()
        """What the chat asked for, as it waits for it."""

    def read(self, prompt: str, default: str = "") -> str:
        self.prompts.put(prompt)
        line = self._lines.get()
        if line is None:
            raise EOFError
        return line

    def progress(self, text: str) -> None:
        """Stands beside the prompt, not in the conversation."""

    def type(self, line: str | None) -> str:
        """Types a line (None: the end of input) and gives the next prompt."""
        self._lines.put(line)
        return "" if line is None else self.prompts.get(timeout=15)


class Watched(Screen):
    """A screen that remembers which part of it shows which reply."""

    def __init__(self, folder: Path) -> None:
        self._paper = io.StringIO()
        super().__init__(self._paper, width=_WIDE, folder=folder)
        self._turn = threading.Lock()
        self.seen: list[str] = []

    def show(self, reply: Reply, numbered: bool = True) -> None:
        with self._turn:
            start = self._paper.tell()
            super().show(reply, numbered)
            self.seen.append(self._paper.getvalue()[start:])


class TerminalMessenger(Messenger):
    """Types lines and reads the screen. Buttons are the numbers under the last reply that has some."""

    name = "terminal"
    can = frozenset[Can](["complete", "long"])

    _screen: Watched | None = None

    def connect(self) -> None:
        self._screen = self._screen or Watched(self.world.folder / "exports")
        self._person = Person("ada", "Ada", self.locale, zone=ZONE, is_admin=True)
        self._keyboard = Keyboard()
        platform = TerminalPlatform(
            self.world.core,
            self.world.app.outbox,
            self._person,
            self.world.folder / "history",
            15,
            self._screen,
            self._keyboard,
        )
        self._thread = threading.Thread(target=platform.run, name="terminal")
        self._thread.start()
        self._keyboard.prompts.get(timeout=15)

    def disconnect(self) -> None:
        self._keyboard.type(None)
        until(lambda: not self._thread.is_alive(), "the end of the terminal")

    @property
    def screen(self) -> Watched:
        assert self._screen is not None
        return self._screen

    def _say(self, text: str, shared: bool, twice: bool) -> None:
        self._keyboard.type(text)

    def _press(self, shown: Shown, label: str, form: Mapping[str, str], twice: bool) -> None:
        prompt = self._keyboard.type(str(shown.offered.index(label) + 1))
        while not prompt.startswith("›"):
            field = re.split(r" \[|: $", prompt)[0]
            prompt = self._keyboard.type(form.get(field, ""))

    def _shown(self) -> list[Shown]:
        shown = [replace(_read(part), files=_saved(part)) for part in self.screen.seen]
        pressable = next((one for one in reversed(shown) if one.offered), None)
        return [one if one is pressable else replace(one, buttons=()) for one in shown]

    def complete(self, line: str) -> list[str]:
        completer = Suggestions(lambda typed: self.world.core.complete(self._person, typed))
        found = completer.get_completions(Document(line), CompleteEvent())
        return [completion.display_text for completion in found]

    def open(self, source: Source) -> list[str]:
        raise AssertionError("sources are names here; the note is opened by a button")


def _saved(part: str) -> dict[str, bytes]:
    paths = [Path(found) for found in re.findall(r"/\S+/exports/\S+", part)]
    return {path.name: path.read_bytes() for path in paths}


def _read(part: str) -> Shown:
    lines = part.rstrip().splitlines()
    labels: tuple[str, ...] = ()
    if lines and lines[-1].startswith("(1) "):
        labels = tuple(label for _, label in _BUTTON.findall(lines.pop()))
    while lines and not lines[-1].strip():
        lines.pop()
    sources = []
    while lines and (found := SOURCE.match(lines[-1].rstrip())):
        note, start, end = found.groups()
        sources.append(Source(note, int(start), int(end or start)))
        lines.pop()
    return Shown("\n".join(lines), tuple(reversed(sources)), labels, labels)
