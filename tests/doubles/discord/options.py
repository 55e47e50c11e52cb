"""The options of a command as a person fills them in, checked as Discord's client checks them."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.doubles.discord import rights, wire
from tests.doubles.discord.desk import Desk, Upload
from tests.doubles.discord.world import Attachment, Channel, Json, Message, Role, User

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,),
    INTEGER: (int,),
    BOOLEAN: (bool,),
    USER: (User,),
    CHANNEL: (Channel,),
    ROLE: (Role,),
    MENTIONABLE: (User, Role),
    NUMBER: (int, float),
}


class CannotDo(AssertionError):
    """Discord's own client wouldn't let a person do this."""


@dataclass(frozen=True)
class File:
    """A file of a person's."""

    name: str
    data: bytes

    @property
    def content_type(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def upload(self, number: int) -> Upload:
        return Upload(f"files[{number}]", self.name, self.content_type, self.data)


class Resolved:
    """What ids in a command's data stand for."""

    def __init__(self, desk: Desk, channel: Channel) -> None:
        self._desk = desk
        self._channel = channel
        self.shape: dict[str, Json] = {}

    def _put(self, kind: str, id_: int, shape: Json) -> str:
        self.shape.setdefault(kind, {})[str(id_)] = shape
        return str(id_)

    def message(self, message: Message) -> None:
        """Its text is there whatever the intents: the person chose it."""
        self._put("messages", message.id, wire.message(message, self._desk.base, lambda each: True))

    def value(self, value: Any) -> Any:
        """As it stands in an option."""
        guild = self._channel.guild
        if isinstance(value, File):
            return self._file(value)
        if isinstance(value, User):
            member = guild.members.get(value.id) if guild else None
            if member is not None:
                own = {"permissions": str(rights.in_channel(self._channel, value))}
                without = wire.member_without_user(member)
                self._put("members", value.id, {**without, **own})
            return self._put("users", value.id, wire.user(value))
        if isinstance(value, Role):
            return self._put("roles", value.id, wire.role(value))
        if isinstance(value, Channel):
            own = {"permissions": str(rights.in_channel(value, self._desk.bot))}
            return self._put("channels", value.id, {**wire.channel(value, self._desk.bot), **own})
        return value

    def _file(self, file: File) -> str:
        world = self._desk.world
        one = Attachment(
            world.snowflake(), file.name, file.data, file.content_type, self._channel.id, ephemeral=True
        )
        world.attachments[one.id] = one
        return self._put("attachments", one.id, wire.attachment(one, self._desk.base))


def find_options(command: Json, steps: Sequence[str]) -> list[Json]:
    """The options behind the subcommand that `steps` name."""
    options = list(command.get("options", []))
    for step in steps:
        inner = [each for each in options if each["name"] == step and each["type"] in (SUBCOMMAND, GROUP)]
        if not inner:
            raise CannotDo(f"/{command['name']} has no {step!r}")
        options = list(inner[0].get("options", []))
    if any(each["type"] in (SUBCOMMAND, GROUP) for each in options):
        raise CannotDo(f"/{command['name']} needs one of {[each['name'] for each in options]}")
    return options


def fill(command: Json, steps: Sequence[str], values: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """The options as sent, inside their subcommands."""
    declared = {each["name"]: each for each in find_options(command, steps)}
    if unknown := set(values) - set(declared):
        raise CannotDo(f"/{command['name']} has no {sorted(unknown)}, but {sorted(declared)}")
    filled: list[Json] = []
    for name, option in declared.items():
        if name not in values:
            if option.get("required"):
                raise CannotDo(f"/{command['name']} needs {name!r}")
            continue
        _check(option, values[name])
        filled.append({"name": name, "type": option["type"], "value": resolved.value(values[name])})
    return _wrap(command, steps, filled)


def with_focus(command: Json, steps: Sequence[str], values: Mapping[str, Any], focus: str) -> list[Json]:
    """The options while one of them is typed into; the others may be missing still."""
    declared = find_options(command, steps)
    filled: list[Json] = [
        {"name": each["name"], "type": each["type"], "value": values[each["name"]]}
        for each in declared
        if each["name"] in values
    ]
    for each in filled:
        if each["name"] == focus:
            each["focused"] = True
    return _wrap(command, steps, filled)


def _wrap(command: Json, steps: Sequence[str], filled: list[Json]) -> list[Json]:
    kinds: list[tuple[str, int]] = []
    options = command.get("options", [])
    for step in steps:
        found = next(each for each in options if each["name"] == step)
        kinds.append((step, found["type"]))
        options = found.get("options", [])
    for name, kind in reversed(kinds):
        outer: Json = {"name": name, "type": kind}
        filled = [{**outer, "options": filled} if filled else outer]
    return filled


def _check(option: Json, value: Any) -> None:
    kind, name = option["type"], option["name"]
    if kind == FILE:
        good = isinstance(value, File)
    else:
        good = isinstance(value, TYPES[kind]) and (kind == BOOLEAN or not isinstance(value, bool))
    if not good:
        raise CannotDo(f"{name!r} doesn't take {value!r}")
    choices = option.get("choices")
    if choices and value not in [each["value"] for each in choices]:
        raise CannotDo(f"{name!r} is one of {[each['value'] for each in choices]}, not {value!r}")
    if kind == STRING:
        least, most = option.get("min_length", 0), option.get("max_length", 6000)
        if not least <= len(value) <= most:
            raise CannotDo(f"{name!r} takes {least} to {most} characters, not {len(value)}")
    if kind in (INTEGER, NUMBER) and not choices:
        least, most = option.get("min_value", -(2**53)), option.get("max_value", 2**53)
        if not least <= value <= most:
            raise CannotDo(f"{name!r} takes {least} to {most}")
