"""The prompt of an interactive terminal: completion, history, a line for what is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent
from prompt_toolkit.patch_stdout import patch_stdout

from bot.core.complete import Suggestion


class Prompt:
    """Implements `Lines` with prompt_toolkit; what other threads print appears above the prompt."""

    def __init__(self, history: Path, suggest: Callable[[str], Sequence[Suggestion]]) -> None:
        history.parent.mkdir(parents=True, exist_ok=True)
        self._progress = ""
        self._session: PromptSession[str] = PromptSession(history=FileHistory(str(history)))
        self._completer = Suggestions(suggest)
        self._keys = _keys()
        self._patch: AbstractContextManager[None] | None = None

    def __enter__(self) -> Prompt:
        self._patch = patch_stdout(raw=True)
        self._patch.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        if self._patch is not None:
            self._patch.__exit__(None, None, None)
            self._patch = None

    def read(self, prompt: str, default: str = "") -> str:
        return self._session.prompt(
            prompt,
            default=default,
            completer=self._completer,
            complete_while_typing=True,
            key_bindings=self._keys,
            bottom_toolbar=lambda: self._progress or None,
        )

    def progress(self, text: str) -> None:
        self._progress = text.replace("`", "").replace("*", "")
        self._session.app.invalidate()


class Suggestions(Completer):
    """Completes the line that is being typed."""

    def __init__(self, suggest: Callable[[str], Sequence[Suggestion]]) -> None:
        self._suggest = suggest

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        line = document.text_before_cursor
        for suggestion in self._suggest(line):
            yield Completion(
                suggestion.insert,
                start_position=-len(line),
                display=suggestion.label,
                display_meta=suggestion.detail,
            )


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
