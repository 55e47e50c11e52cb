"""`/settings`: language, zone, hours, where and whether reviews come; shown, changed by command or form."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core import catalogue, pausing, where
from bot.core.complete import OWN_NAMES, zones
from bot.core.context import Context
from bot.core.errors import CommandError
from bot.core.forms import AUTO, OFF, SETTINGS, setting_values, settings_fields
from bot.core.reply import Action, Reply, Table
from bot.core.voice import Voice

_HOURS = re.compile(r"^(\d{1,2})(?::00)?\s*(?:-|–|—|до|to|到|至|\s)\s*(\d{1,2})(?::00)?$")


def settings(context: Context, arguments: Mapping[str, str]) -> Reply:
    """Shows the settings, after changing what was given."""
    wanted = {name: arguments[name].strip() for name in _ALL if arguments.get(name, "").strip()}
    if setting := arguments.get("setting"):
        value = arguments.get("value", "").strip()
        if not value:
            raise CommandError(
                "error.argument_missing",
                command=f"/settings {setting}",
                argument="value",
                example=_example(setting),
            )
        wanted = {setting: value}
    if not wanted:
        return _shown(context, context.say("settings.lead"))
    place = wanted.pop("where", None)
    move = where.read(context, place) if place else None
    pauses = [pausing.read(context, name, wanted.pop(name)) for name in pausing.NAMES if name in wanted]
    changes: dict[str, Any] = {}
    for name, value in wanted.items():
        changes |= READERS[name](value)
    learner = context.services.people.change(context.learner.id, **changes)
    if move is not None:
        move()
    for carry_out in pauses:
        learner = carry_out()
    context.services.planned()
    voice = replace(context.voice, zone=learner.zone, language=learner.language or context.voice.language)
    context = replace(context, learner=learner, voice=voice)
    return replace(_shown(context, voice.say("settings.saved")), tone="success")


def _shown(context: Context, lead: str) -> Reply:
    voice, now = context.voice, context.services.clock.now()
    values = setting_values(context.learner)
    rows = [(voice.label(f"settings.{name}"), _told(voice, name, values[name])) for name in SETTINGS]
    if where.matters(context):
        rows.append((voice.label("settings.where"), where.told(voice, where.current(context))))
    rows.append((voice.label("settings.reviews"), pausing.told(voice, context.learner, now)))
    change = Action("settings", voice.label("action.change"), "primary", settings_fields(voice, context))
    return Reply(
        lead,
        table=Table((voice.label("settings.setting"), voice.label("settings.value")), tuple(rows)),
        actions=(change, *pausing.actions(voice, context.learner, now)),
        private=True,
        language=voice.language,
    )


def _told(voice: Voice, name: str, value: str) -> str:
    if name == "language":
        return OWN_NAMES.get(value) or voice.label("settings.auto")
    if name == "hour":
        return f"{int(value):02}:00"
    if name == "quiet":
        if value == OFF:
            return voice.label("settings.off")
        start, _, end = value.partition("-")
        return f"{int(start):02}:00–{int(end):02}:00"
    return value


def _language(value: str) -> dict[str, Any]:
    folded = value.casefold()
    if folded == AUTO:
        return {"language": None}
    for code, own in OWN_NAMES.items():
        if folded in (code, own.casefold(), *_ALSO[code]):
            return {"language": code}
    raise CommandError("error.language_unknown", language=value, known=", ".join(catalogue.LANGUAGES))


def _zone(value: str) -> dict[str, Any]:
    return {"zone": known_zone(value)}


def known_zone(value: str) -> str:
    """The IANA zone that a person means by its name or its city. CommandError where there is none."""
    wanted = value.replace(" ", "_").casefold()
    known = zones()
    exact = next((zone for zone in known if zone.casefold() == wanted), None)
    city = next((zone for zone in known if zone.casefold().rsplit("/", 1)[-1] == wanted), None)
    if found := exact or city:
        return found
    cities = {zone.rsplit("/", 1)[-1].casefold(): zone for zone in known}
    near = difflib.get_close_matches(wanted.rsplit("/", 1)[-1], list(cities), n=1, cutoff=0.75)
    if near:
        raise CommandError("error.zone_near", zone=value, near=cities[near[0]])
    raise CommandError("error.zone_unknown", zone=value)


def _hour(value: str) -> dict[str, Any]:
    return {"review_hour": _clock_hour(value.removesuffix(":00"))}


def _quiet(value: str) -> dict[str, Any]:
    if value.casefold() in (OFF, "-", "no", "не", "关", "无"):
        return {"quiet_start": None, "quiet_end": None}
    found = _HOURS.match(value)
    if found is None:
        raise CommandError("error.quiet_invalid")
    return {"quiet_start": _clock_hour(found[1]), "quiet_end": _clock_hour(found[2])}


def _clock_hour(value: str) -> int:
    if value.isascii() and value.isdigit() and int(value) <= 23:
        return int(value)
    raise CommandError("error.hour_invalid", hour=value)


def _example(setting: str) -> str:
    return f"/settings {setting} {_EXAMPLES[setting]}"


_ALL = (*SETTINGS, "where", *pausing.NAMES)
_EXAMPLES = {
    "language": "bg",
    "zone": "Europe/Sofia",
    "hour": "18",
    "quiet": "22-8",
    "where": "here",
    "pause": "14d",
    "reviews": "off",
}
_ALSO: Mapping[str, tuple[str, ...]] = {
    "en": ("английски", "英文", "英语"),
    "bg": ("bulgarian", "保加利亚语"),
    "zh": ("chinese", "китайски", "汉语"),
}
READERS = {"language": _language, "zone": _zone, "hour": _hour, "quiet": _quiet}
