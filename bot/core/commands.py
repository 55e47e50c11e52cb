"""The command table: what can be typed. Help, completion and the README's table come from it.

What a command does stands in `bot.core.handlers`; its sentences are `command.<name>.*` of the
catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.core import catalogue
from jobs.engine.catalog import TaskInfo
from knowledge.notes import Language

Completer = Literal[
    "task",
    "model",
    "note",
    "command",
    "course",
    "setting_value",
    "time",
    "zone",
    "days",
    "closes",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command."""

    name: str
    required: bool = False
    rest: bool = False
    """Takes the rest of the line as it stands, newlines included; the last positional one."""
    loose: bool = False
    """Of a rest: options may follow it as well, so that it can be written first."""
    option: bool = False
    """Given as `name:value`, anywhere before the rest; behind it where that is loose."""
    choices: tuple[str, ...] = ()
    """The only values it takes; empty: any."""
    completer: Completer | None = None
    """Where suggestions come from, beside `choices`."""

    @property
    def usage(self) -> str:
        shown = f"{self.name}:…" if self.option else self.name
        return shown if self.required else f"[{shown}]"


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    admin: bool = False
    examples: tuple[str, ...] = ()
    private: bool = False
    """Its reply concerns one person alone: among others, a platform shows it only to them."""
    speech: str | None = None
    """The parameter that is written to us in the person's own language."""

    @property
    def usage(self) -> str:
        return " ".join((f"/{self.name}", *(parameter.usage for parameter in self.parameters)))

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)


_TOPIC = (Parameter("topic", rest=True, completer="note"),)

_NOTES = ("status", "refresh", "sources", "gaps", "cards", "upload", "undo", "rollback")

_TABLE = (
    Command(
        "ask",
        (Parameter("question", required=True, rest=True),),
        examples=("/ask 如何微调模型？", "/ask Какво е токенизация?", "/ask What is a tokenizer?"),
        speech="question",
    ),
    Command(
        "try",
        (
            Parameter("task", required=True, completer="task"),
            Parameter("text", rest=True),
            Parameter("model", option=True, completer="model"),
            Parameter("labels", option=True),
        ),
        examples=(
            "/try tokenize Unbelievable!",
            "/try similarity A cat sleeps. | A kitten naps.",
            '/try classify labels:"sports, politics" The match ended 2-1',
        ),
    ),
    Command("learn", _TOPIC, private=True, examples=("/learn", "/learn tokenizers"), speech="topic"),
    Command("studied", _TOPIC, private=True, examples=("/studied tokenizers",), speech="topic"),
    Command("quiz", _TOPIC, private=True, examples=("/quiz", "/quiz tokenizers"), speech="topic"),
    Command("review", private=True, examples=("/review",)),
    Command("progress", private=True, examples=("/progress",)),
    Command(
        "settings",
        private=True,
        parameters=(
            Parameter("setting", choices=("language", "zone", "hour", "quiet", "where", "pause", "reviews")),
            Parameter("value", rest=True, completer="setting_value"),
        ),
        examples=(
            "/settings",
            "/settings language bg",
            "/settings zone Europe/Sofia",
            "/settings where here",
            "/settings pause until 2026-12-31",
            "/settings quiet 22-8",
        ),
    ),
    Command(
        "link",
        (Parameter("code"),),
        private=True,
        examples=("/link", "/link ABCD-EFGH"),
    ),
    Command(
        "export",
        (Parameter("format", choices=("csv", "anki")),),
        private=True,
        examples=("/export", "/export anki"),
    ),
    Command("forget", private=True, examples=("/forget",)),
    Command(
        "group",
        (
            Parameter("what", choices=("start", "stop", "quiz", "progress")),
            Parameter("topic", rest=True, loose=True, completer="note"),
            Parameter("time", option=True, completer="time"),
            Parameter("zone", option=True, completer="zone"),
            Parameter("days", option=True, completer="days"),
            Parameter("closes", option=True, completer="closes"),
        ),
        examples=(
            "/group",
            "/group quiz",
            "/group progress",
            "/group start tokenization time:18:30 zone:Europe/Sofia days:mon-fri",
        ),
    ),
    Command(
        "notes",
        private=True,
        parameters=(Parameter("action", choices=_NOTES),),
        admin=True,
        examples=("/notes", "/notes refresh"),
    ),
    Command(
        "course",
        (
            Parameter("course", completer="course"),
            Parameter("where", option=True, choices=("here", "server")),
        ),
        private=True,
        examples=("/course", "/course off", "/course biology"),
    ),
    Command(
        "help",
        (Parameter("command", completer="command"),),
        private=True,
        examples=("/help", "/help try"),
    ),
)

COMMANDS: Mapping[str, Command] = {command.name: command for command in _TABLE}


def example_line(task: TaskInfo) -> str:
    """A task's example as it is typed: `/try classify labels:"sport, computing" The GPU is full`."""
    text, labels = task.example.partition(" labels: ")[::2]
    options = f'labels:"{labels}" ' if labels else ""
    return f"/try {task.name} {options}{text}"


def markdown_table(language: Language = "en") -> str:
    """The README's table of commands."""
    header = "| {} | {} | {} |".format(
        *(catalogue.label(language, f"help.{column}") for column in ("command", "summary", "example"))
    )
    rows = [
        f"| `{command.usage}` | {catalogue.say(language, f'command.{command.name}.summary')} "
        f"| {_example(command)} |"
        for command in COMMANDS.values()
    ]
    return "\n".join((header, "| --- | --- | --- |", *rows))


def _example(command: Command) -> str:
    return "`" + command.examples[-1].replace("|", "\\|") + "`" if command.examples else ""
