"""Embeds and components as Discord gives them back: numbered, defaults filled in, files by address."""

from __future__ import annotations

from typing import Any

from tests.doubles.discord.desk import Desk
from tests.doubles.discord.errors import invalid_form
from tests.doubles.discord.world import Json, Message, flat

SELECT: Json = {"min_values": 1, "max_values": 1}
DEFAULTS: dict[int, Json] = {
    3: SELECT,
    5: SELECT,
    6: SELECT,
    7: SELECT,
    8: SELECT,
    11: {"description": None, "spoiler": False},
    13: {"spoiler": False},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}
"""By a component's type."""
ATTACHED = "attachment://"


def embeds(desk: Desk, message: Message, sent: list[Json]) -> list[Json]:
    shown: list[Json] = []
    for embed in sent:
        shape: Json = {"type": "rich", **_without_nothing(embed)}
        for key in ("image", "thumbnail"):
            url = str((shape.get(key) or {}).get("url", ""))
            if url.startswith(ATTACHED):
                shape[key] = {**shape[key], "url": _picture(desk, message, url)}
        if "fields" in shape:
            shape["fields"] = [{"inline": False, **field} for field in shape["fields"]]
        shown.append(shape)
    return shown


def components(desk: Desk, message: Message, sent: list[Json]) -> list[Json]:
    copies: list[Json] = _without_nothing(sent)
    parts = flat(copies)
    taken = {part["id"] for part in parts if part.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for part in parts:
        for key, value in DEFAULTS.get(part["type"], {}).items():
            part.setdefault(key, value)
        if not part.get("id"):
            part["id"] = next(free)
        for item in part.get("items", []):
            item.setdefault("description", None)
            item.setdefault("spoiler", False)
            item["media"] = _media(desk, message, item["media"])
        for key in ("media", "file"):
            if key in part:
                sent_as = str(part[key]["url"]).removeprefix(ATTACHED)
                part[key] = _media(desk, message, part[key])
                if key == "file":
                    sizes = {one.filename: len(one.data) for one in message.attachments}
                    part |= {"name": sent_as, "size": sizes[sent_as]}
    return copies


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(each) for key, each in value.items() if each is not None}
    return [_without_nothing(each) for each in value] if isinstance(value, list) else value


def _media(desk: Desk, message: Message, media: Json) -> Json:
    url = str(media["url"])
    if url.startswith(ATTACHED):
        found = _address(desk, message, url)
        if found is None:
            raise invalid_form("media.url", f"{url} is no file of the message")
        url = found
    return {"id": str(desk.world.snowflake()), "url": url, "proxy_url": url}


def _picture(desk: Desk, message: Message, url: str) -> str:
    found = _address(desk, message, url)
    if found is None:
        # Discord shows no picture and says nothing.
        desk.violations.add(f"an embed names {url}, which no file of the message is")
    return found or url


def _address(desk: Desk, message: Message, url: str) -> str | None:
    for one in message.attachments:
        if one.filename == url.removeprefix(ATTACHED):
            one.in_embed = True
            return f"{desk.base}/attachments/{one.channel}/{one.id}/{one.filename}"
    return None
