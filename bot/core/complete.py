"""Suggestions while a command is typed."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bot.core import catalogue, parse
from bot.core.commands import COMMANDS, Command, Parameter, example_line
from bot.core.language import locale_language
from bot.core.services import Services
from bot.core.turn import Call, Person
from knowledge.errors import RecapError
from knowledge.notes import Language

MOST = 12
WHERE = ("private", "here", "backup")
"""Where reviews come: as private messages, in this channel, here only where those are closed."""
MOST_CHOICES = 25
"""Values offered for one parameter of a call."""
OWN_NAMES = {"en": "English", "bg": "български", "zh": "中文"}
_PLANNED = {
    "time": ("18:00", "18:30", "19:00", "20:00", "08:00", "12:00"),
    "days": ("mon-fri", "daily", "mon,wed,fri", "tue,thu", "sat-sun"),
    "closes": ("12h", "1h", "3h", "1d"),
}
_HEAD = re.compile(r"\s*[/／](\S*)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way to go on."""

    insert: str
    """The whole line once the suggestion is taken."""
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a parameter may be given."""

    value: str
    detail: str
    """What it means, in the person's language; may be empty."""


class Completion:
    """Completes lines from the command table and from what the course holds."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._lock = threading.Lock()
        self._titles: tuple[str | None, tuple[tuple[str, str], ...]] = (None, ())

    def suggest(self, person: Person, line: str) -> list[Suggestion]:
        language = locale_language(person.locale)
        head = _HEAD.match(line)
        if head is None:
            return []
        if head.end() == len(line):
            return self._commands(person, head[1].lower(), language)
        command = COMMANDS.get(head[1].lower())
        if command is None or (command.admin and not person.is_admin):
            return []
        return self._arguments(command, line, line[head.end() :], language)[:MOST]

    def choices(self, person: Person, call: Call, parameter: str) -> list[Choice]:
        """Values for one parameter of a command, by what stands in `call` for it and for the others."""
        command = COMMANDS.get(call.command)
        wanted = command.parameter(parameter) if command else None
        if command is None or wanted is None or (command.admin and not person.is_admin):
            return []
        typed, given = call.arguments.get(parameter, "").strip(), dict(call.arguments)
        values = self._values(wanted, typed, given, locale_language(person.locale), MOST_CHOICES)
        return [Choice(value, detail) for value, detail in values]

    def _commands(self, person: Person, typed: str, language: Language) -> list[Suggestion]:
        known = [command for command in COMMANDS.values() if person.is_admin or not command.admin]
        found = [command for command in known if command.name.startswith(typed)]
        if not found and (near := parse.nearest(typed, [command.name for command in known])):
            found = [COMMANDS[near]]
        return [
            Suggestion(
                f"/{command.name} " if command.parameters else f"/{command.name}",
                command.usage,
                catalogue.label(language, f"command.{command.name}.summary"),
            )
            for command in found
        ]

    def _arguments(self, command: Command, line: str, text: str, language: Language) -> list[Suggestion]:
        current = text if text[-1:].isspace() else re.split(r"\s", text)[-1]
        current = "" if current[-1:].isspace() else current
        before = line[: len(line) - len(current)]
        given = parse.arguments(command, text[: len(text) - len(current)])
        option = command.parameter(current.partition(":")[0].lower()) if ":" in current else None
        waiting = next((one for one in command.parameters if not one.option and one.name not in given), None)
        if option is not None and option.option:
            values = self._values(option, current.partition(":")[2], given, language)
            return [Suggestion(f"{before}{option.name}:{value} ", value, detail) for value, detail in values]
        if waiting is not None and not waiting.rest:
            values = self._values(waiting, current, given, language)
            return [Suggestion(f"{before}{value} ", value, detail) for value, detail in values]
        rest = next((one for one in command.parameters if one.rest), None)
        if rest is None:
            return []
        written = given.get(rest.name, "")
        begins = bool(current) and _begins_option(command, current, given)
        if (written and not (rest.loose and begins)) or (current and not begins):
            typed = (written and text.lstrip()[text.lstrip().index(written) :]) or current
            if rest.completer is None:
                return []
            start = line[: line.rindex(typed)] if typed and typed in line else before
            found = [
                Suggestion(f"{start}{value}", value, detail)
                for value, detail in self._values(rest, typed, given, language)
            ]
            further = self._option_names(command, before, "", given, language) if not current else []
            return [*found, *further] if rest.loose else found
        options = self._option_names(command, before, current, given, language)
        values = self._values(rest, current, given, language) if rest.completer and not written else []
        example = self._example(command, given, language) if not current else None
        return [
            *(Suggestion(f"{before}{value}", value, detail) for value, detail in values),
            *([example] if example else []),
            *options,
        ]

    def _option_names(
        self, command: Command, before: str, current: str, given: dict[str, str], language: Language
    ) -> list[Suggestion]:
        return [
            Suggestion(
                f"{before}{one.name}:", f"{one.name}:", catalogue.label(language, f"parameter.{one.name}")
            )
            for one in self._options(command, given)
            if one.name.startswith(current.lower())
        ]

    def _options(self, command: Command, given: dict[str, str]) -> Iterable[Parameter]:
        task = self._services.tasks.get(given.get("task", ""))
        for one in command.parameters:
            if (
                one.option
                and one.name not in given
                and (one.name == "model" or task is None or one.name in task.options)
            ):
                yield one

    def _example(self, command: Command, given: dict[str, str], language: Language) -> Suggestion | None:
        task = self._services.tasks.get(given.get("task", ""))
        if command.name != "try" or task is None or len(given) > 1:
            return None
        line = example_line(task)
        return Suggestion(line, line.partition(f"{task.name} ")[2], catalogue.label(language, "help.example"))

    def _values(
        self, parameter: Parameter, typed: str, given: dict[str, str], language: Language, most: int = MOST
    ) -> list[tuple[str, str]]:
        pairs = self._known(parameter, given, language)
        folded = typed.casefold()
        first = [pair for pair in pairs if pair[0].casefold().startswith(folded)]
        later = [pair for pair in pairs if folded and folded in pair[0].casefold() and pair not in first]
        return [*first, *later][:most]

    def _known(
        self, parameter: Parameter, given: dict[str, str], language: Language
    ) -> Sequence[tuple[str, str]]:
        if parameter.choices:
            return [
                (choice, catalogue.label(language, f"choice.{parameter.name}.{choice}"))
                for choice in parameter.choices
            ]
        if parameter.completer == "task":
            return [(task, catalogue.label(language, f"task.{task}")) for task in self._services.tasks]
        if parameter.completer == "model":
            return [(model, "") for model in self._services.models()]
        if parameter.completer == "command":
            return [(name, catalogue.label(language, f"command.{name}.summary")) for name in COMMANDS]
        if parameter.completer == "note":
            return self._notes()
        if parameter.completer == "course":
            return [(one.course, one.title()) for one in self._services.courses]
        if parameter.completer == "setting_value":
            if given.get("setting") == "where":
                return [
                    (one, catalogue.label(language, f"where.{one}")) for one in ("private", "here", "backup")
                ]
            return setting_values(given.get("setting", ""))
        if parameter.completer == "zone":
            return setting_values("zone")
        return [(value, "") for value in _PLANNED.get(parameter.completer or "", ())]

    def _notes(self) -> Sequence[tuple[str, str]]:
        """Titles with their paths, read once a generation."""
        library, course = self._services.library, self._services.course
        try:
            generation = library.generation(course)
            if generation is None:
                return ()
            with self._lock:
                if self._titles[0] != generation:
                    notes = tuple((note.title, note.path) for note in library.notes(course))
                    self._titles = (generation, notes)
                return self._titles[1]
        except RecapError:
            return ()


def setting_values(setting: str) -> Sequence[tuple[str, str]]:
    """What a setting may be given, with its detail."""
    if setting == "language":
        return [*OWN_NAMES.items(), ("auto", "")]
    if setting == "zone":
        return [(zone, "") for zone in zones()]
    if setting == "hour":
        return [(str(hour), f"{hour:02}:00") for hour in range(24)]
    if setting == "quiet":
        return [("22-8", "22:00–08:00"), ("23-7", "23:00–07:00"), ("off", "")]
    if setting == "pause":
        return [(value, "") for value in ("7d", "14d", "1mo", "on", "off")]
    if setting == "reviews":
        return [("on", ""), ("off", "")]
    return []


@cache
def zones() -> tuple[str, ...]:
    """Every IANA zone that has a place in its name, and UTC."""
    import zoneinfo

    known = sorted(
        zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")
    )
    return ("UTC", *known)


def _begins_option(command: Command, current: str, given: dict[str, str]) -> bool:
    return any(
        one.option and one.name not in given and one.name.startswith(current.lower())
        for one in command.parameters
    )
