"""A person's end of a platform, and what they see there."""

from __future__ import annotations

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Literal

import pytest

from knowledge.notes import Language
from tests.contracts.world import World, until

Can = Literal[
    "attach",  # send a file with a command
    "complete",  # see how a line could go on
    "long",  # say more than Recap takes
    "later",  # press a button of before a restart
    "open",  # open the quoted lines of a source
    "pictures",  # see pictures
    "repeat",  # deliver the same turn twice, as a lost connection makes it
    "stale",  # press a button that another page has settled
    "gather",  # be several people in one place
    "share",  # be in a place where others read along
]
ZONE = "Europe/Sofia"
SOURCE = re.compile(r"\[\d+\] (.+?\.\w+)(?: § .*)?[,，]\D*(\d+)(?:–(\d+))?\D*$")
"""A line that names a source: note, first and last line."""
_WORDS = re.compile("[\u3400-\u9fff\uf900-\ufaff]|[^\\W_\u3400-\u9fff\uf900-\ufaff]+")
_MARKS = re.compile(r"\[\d+\]")


@dataclass(frozen=True)
class Source:
    """Lines of a note that a message names."""

    note: str
    start: int
    end: int


@dataclass(frozen=True)
class Shown:
    """A message of Recap's as the person sees it."""

    text: str
    """Everything that can be read in it but sources and buttons; tables row by row."""
    sources: tuple[Source, ...] = ()
    buttons: tuple[str, ...] = ()
    """The labels that can be pressed now."""
    offered: tuple[str, ...] = ()
    """The labels of all its buttons, pressed and settled ones as well."""
    picture: str | None = None
    """The alternative text of its picture."""
    files: Mapping[str, bytes] = field(default_factory=dict, compare=False)
    """What can be saved from it, by name; no pictures."""
    private: bool = True
    """Only this person sees it."""
    handle: Any = field(default=None, compare=False, repr=False)
    """How the driver finds the message again."""

    def says(self, *parts: str) -> bool:
        """Whether the words of every part stand in it, one after the other."""
        spoken = " ".join(words(self.text))
        return all(f" {' '.join(words(part))} " in f" {spoken} " for part in parts)


def words(text: str) -> list[str]:
    """The words of a text, and each Chinese character, without what marks them up or quotes a source."""
    plain = unicodedata.normalize("NFC", _MARKS.sub(" ", text)).casefold()
    return _WORDS.findall(plain)


def first_missing(wanted: Sequence[str], found: Iterable[str]) -> Sequence[str]:
    """Where `wanted` is not found in its order, whatever stands between; empty where it is."""
    rest = iter(found)
    for place, word in enumerate(wanted):
        if word not in rest:
            return wanted[max(0, place - 5) : place + 5]
    return ()


class Messenger(ABC):
    """One person in a private place of a platform.

    What is said is done when the method returns: its reply, and what the outbox had for it.
    """

    name: ClassVar[str]
    """The platform's name in turns and in the outbox."""
    can: ClassVar[frozenset[Can]]
    locales: ClassVar[Mapping[Language, str]] = {"en": "en-GB", "bg": "bg-BG", "zh": "zh-CN"}
    """How the platform tells the person's language."""

    def __init__(self, world: World, language: Language = "en") -> None:
        self.world = world
        self.others: list[Messenger] = []
        """Who came to sit beside this person."""
        self.locale = self.locales[language]
        world.open()
        self.connect()

    @abstractmethod
    def connect(self) -> None:
        """Starts the platform in front of `world.app` and sits down before it; again after a restart."""

    @abstractmethod
    def disconnect(self) -> None:
        """Ends the platform."""

    @abstractmethod
    def _say(self, text: str, shared: bool, twice: bool) -> None: ...

    @abstractmethod
    def _press(self, shown: Shown, label: str, form: Mapping[str, str], twice: bool) -> None: ...

    @abstractmethod
    def _shown(self) -> list[Shown]: ...

    @abstractmethod
    def complete(self, line: str) -> list[str]:
        """How a line that is being typed could go on: what stands in the list."""

    @abstractmethod
    def open(self, source: Source) -> list[str]:
        """The quoted lines, as they are shown when a source of the last message is opened."""

    def attach(self, text: str, name: str, content: bytes) -> Shown:
        """Sends a line with a file."""
        raise AssertionError(f"{self.name} takes no files")

    def beside(self, name: str) -> Messenger:
        """Another person, who reads along in the shared place; skips the test where there can't be one."""
        self.needs("gather")
        self.others.append(self._beside(name))
        return self.others[-1]

    def _beside(self, name: str) -> Messenger:
        raise AssertionError(f"{self.name} is for one person")

    def say(self, text: str, *, shared: bool = False, twice: bool = False) -> Shown:
        """Types a line or a command; gives what stands last then.

        `shared`: where others read along. `twice`: the platform delivers it a second time.
        """
        self._say(text, shared, twice)
        return self.last()

    def press(
        self,
        label: str,
        form: Mapping[str, str] | None = None,
        *,
        on: Shown | None = None,
        twice: bool = False,
    ) -> Shown:
        """Presses a button by its label, fills the form behind it by the labels of its fields.

        The newest message that has such a button is meant, or `on`.
        """
        shown = on or next((one for one in reversed(self.shown()) if label in one.buttons), None)
        assert shown is not None, f"no message offers {label!r}: {[one.buttons for one in self.shown()]}"
        self._press(shown, label, form or {}, twice)
        return self.last()

    def shown(self) -> list[Shown]:
        """Recap's messages, the oldest first, when nothing is under way any more."""
        self.world.settle(self.name)
        return self._shown()

    def last(self) -> Shown:
        until(lambda: bool(self.shown()), "a message of Recap's")  # the first may still be behind a greeting
        return self.shown()[-1]

    def advance(self, by: timedelta) -> None:
        """Lets time pass; what falls due meanwhile comes."""
        self.world.advance(by)

    def restart(self) -> None:
        """Ends the whole process and starts it anew on what it left."""
        self.disconnect()
        self.world.restart()
        self.connect()

    def needs(self, *abilities: Can) -> None:
        """Skips the test where the platform can't do that."""
        for ability in abilities:
            if ability not in self.can:
                pytest.skip(f"{self.name} can't {ability}")

    def close(self) -> None:
        self.disconnect()
        self.world.close()
