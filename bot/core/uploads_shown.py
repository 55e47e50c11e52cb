"""What became of notes that were uploaded, or taken back; told with the refresh that follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.core.catalogue import code
from bot.core.context import action_id
from bot.core.reasons import reason
from bot.core.reply import Action
from bot.core.voice import Voice

ABOUT = "about"
"""The key of a refresh job's request under which its upload stands."""


def lines(voice: Voice, about: Mapping[str, Any]) -> list[str]:
    """One paragraph for each thing that happened to some of the notes."""
    told = [
        voice.say(f"upload.{what}", count=len(about[what]), names=_names(about[what]))
        for what in ("new", "replaced", "same", "removed", "restored", "changed")
        if about.get(what)
    ]
    if about.get("refused"):
        told.append(refused(voice, about["refused"]))
    if about.get("fresh"):
        told.append(voice.say("upload.fresh", path=about["fresh"]))
    return told


def refused(voice: Voice, files: Sequence[Sequence[str]]) -> str:
    """Which files were not taken, each with its reason; (name, key) pairs."""
    each = [
        f"- {voice.say('refresh.skipped_file', path=name, reason=reason(voice, key))}" for name, key in files
    ]
    return "\n".join((voice.say("upload.refused", count=len(files)), "", *each))


def actions(voice: Voice, about: Mapping[str, Any]) -> tuple[Action, ...]:
    """The button that takes it back, where there is something to take back."""
    if not about.get("batch"):
        return ()
    undo = action_id("notes", action="undo", batch=about["batch"])
    return (Action(undo, voice.label("action.notes_undo")),)


def _names(names: Sequence[str]) -> str:
    return ", ".join(code(name) for name in names)
