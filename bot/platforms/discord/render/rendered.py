"""A message as Discord takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.platforms.discord.render import limits
from bot.platforms.discord.render.limits import size
from bot.platforms.hosted.render.attached import Attached

Component = Mapping[str, Any]
Embed = Mapping[str, Any]

QUIET: Mapping[str, Any] = {"parse": [], "replied_user": False}
"""`allowed_mentions` of everything that Recap says: nobody."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message. `mentioned` is the only person whom it may ping."""

    content: str = ""
    embeds: tuple[Embed, ...] = ()
    rows: tuple[Component, ...] = ()
    files: tuple[Attached, ...] = ()
    mentioned: int | None = None

    def payload(self) -> dict[str, Any]:
        """The JSON body; it sets everything, so that it can also replace what a message showed before.

        The files go with it as `files[0]`, `files[1]` and so on.
        """
        mentions = dict(QUIET)
        if self.mentioned is not None:
            mentions["users"] = [str(self.mentioned)]
        return {
            "content": self.content,
            "embeds": [dict(embed) for embed in self.embeds],
            "components": [dict(row) for row in self.rows],
            "attachments": [
                {"id": str(number), "filename": file.name}
                | ({"description": file.description} if file.description else {})
                for number, file in enumerate(self.files)
            ],
            "allowed_mentions": mentions,
        }

    def fingerprint(self) -> str:
        """The same for every message that shows the same; see `fingerprint_of`."""
        return _digest(self.content, self.embeds, self.rows, [file.name for file in self.files])

    def violations(self) -> list[str]:
        """Which of Discord's limits it breaks; empty for whatever `render` gives."""
        return list(_violations(self))


def fingerprint_of(message: Mapping[str, Any]) -> str:
    """The fingerprint of a message as Discord tells it.

    White space and what can't be seen don't count: Discord trims and normalises them.
    """
    files = [str(file.get("filename", "")) for file in message.get("attachments") or ()]
    return _digest(
        str(message.get("content") or ""),
        message.get("embeds") or (),
        message.get("components") or (),
        files,
    )


def custom_ids(components: Any) -> Iterator[str]:
    """The ids and option values of components, in order."""
    for component in components or ():
        for option in component.get("options") or ():
            yield str(option["value"])
        if component.get("custom_id"):
            yield str(component["custom_id"])
        yield from custom_ids(component.get("components"))


def _digest(content: str, embeds: Any, components: Any, files: list[str]) -> str:
    shown = [content, *(str(embed.get("description") or "") for embed in embeds)]
    seen = ["".join(character for character in text if character.isprintable()) for text in shown]
    parts = ["".join(text.split()) for text in seen]
    whole = "\x00".join((*parts, "\x01", *custom_ids(components), "\x01", *files))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:24]


def _violations(message: Rendered) -> Iterator[str]:
    def over(name: str, found: int, most: int) -> Iterator[str]:
        if found > most:
            yield f"{name}: {found}, at most {most}"

    yield from over("content", size(message.content), limits.CONTENT)
    yield from over("embeds", len(message.embeds), limits.EMBEDS)
    yield from over("rows", len(message.rows), limits.ROWS)
    yield from over("attachments", len(message.files), limits.ATTACHMENTS)
    if not (message.content.strip() or message.embeds or message.files):
        yield "an empty message"
    total = 0
    for embed in message.embeds:
        title, text = embed.get("title", ""), embed.get("description", "")
        yield from over("embed.title", size(title), limits.EMBED_TITLE)
        yield from over("embed.description", size(text), limits.EMBED_DESCRIPTION)
        total += size(title) + size(text)
    yield from over("embeds in total", total, limits.EMBEDS_TOTAL)
    ids: list[str] = []
    for row in message.rows:
        if not row["components"]:
            yield "an empty row"
        yield from over("buttons in a row", len(row["components"]), limits.BUTTONS)
        for component in row["components"]:
            ids.append(component["custom_id"])
            yield from over("custom_id", size(component["custom_id"]), limits.CUSTOM_ID)
            yield from over("label", size(component.get("label", "")), limits.LABEL)
            yield from over("placeholder", size(component.get("placeholder", "")), limits.PLACEHOLDER)
            options = component.get("options", ())
            yield from over("options", len(options), limits.OPTIONS)
            if component["type"] == 3 and not options:
                yield "a menu without options"
            if component["type"] == 2 and not component["label"].strip():
                yield "a button without a label"
            values = [option["value"] for option in options]
            if len(set(values)) != len(values):
                yield "two options of one value"
            for option in options:
                for name in ("label", "value", "description"):
                    yield from over(f"option.{name}", size(option.get(name, "")), limits.OPTION)
                    if name in option and not option[name].strip():
                        yield f"an empty option.{name}"
    if len(set(ids)) != len(ids) or "" in ids:
        yield "custom ids that are empty or not unique"
    for file in message.files:
        yield from over("attachment", len(file.data), limits.ATTACHMENT_BYTES)
        yield from over("alt text", size(file.description), limits.DESCRIPTION)
    yield from over("files together", sum(len(file.data) for file in message.files), limits.REQUEST_BYTES)
