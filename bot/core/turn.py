"""A `Turn`: one thing a person did, on any platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Who did it, as the platform knows them."""

    external_id: str
    name: str
    locale: str = "en"
    """BCP 47, as the platform tells it; empty where it doesn't: the one told last holds."""
    zone: str | None = None
    """IANA zone where the platform knows it; used once, when the learner is first met."""
    is_admin: bool = False
    inbox: str = ""
    """Where what comes unasked reaches this person alone (direct messages); empty: where they speak."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a command."""

    name: str
    """As the person's machine calls it: not to be trusted as a path."""
    size: int
    """Bytes, as the platform tells them."""
    read: Callable[[], bytes]
    """Fetches the content; called in the handler's thread, once. OSError where it can't be had."""


@dataclass(frozen=True, slots=True)
class Line:
    """Text that was typed: a command if it begins with a slash, else a message."""

    text: str
    thread: tuple[str, ...] = ()
    """What was said before it in the same thread, oldest first, where it goes on from there."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command with its arguments already taken apart by the platform."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Press:
    """A button, or the form behind it when it has fields."""

    action: str
    """`Action.id` of the reply that carried it."""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Where:
    """A conversation, and what is around it."""

    platform: str
    place: str
    within: tuple[str, ...] = ()
    """The wider places around `place`, nearest first: the channel of a thread, the server."""
    shared: bool = False
    """Whether others read along in that place."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person did, and where its reply goes."""

    platform: str
    person: Person
    place: str
    """The conversation: channel, direct message, page."""
    reply_ref: str
    """How the platform finds the reply to this turn again, to edit it later."""
    did: Line | Call | Press
    within: tuple[str, ...] = ()
    """The wider places around `place`, nearest first: the channel of a thread, the server."""
    shared: bool = False
    """Whether others read along in that place."""
    pictures: bool = True
    """Whether a picture can be shown there; where not, none is drawn."""
    hidden: bool = False
    """Whether what was done is seen by the person alone, although others read along there."""

    @property
    def where(self) -> Where:
        return Where(self.platform, self.place, self.within, self.shared)
