"""`recap doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from bot import config
from bot import database as schema
from bot.cli.doctor_discord import discord
from bot.cli.doctor_llm import llm
from bot.cli.doctor_slack import slack
from bot.cli.finding import Finding, say
from bot.cli.opened import course_named, settings
from bot.cli.output import out, print_json, progress_bar, sentence
from bot.core import catalogue
from bot.engine import partner_name
from jobs.engine.catalog import DEFAULT_MODELS
from jobs.engine.models import without_revision
from jobs.engine.weights import WEIGHTS, unavailable
from jobs.stuck import Mail
from knowledge.embed_families import MINILM, OFF, full_name
from knowledge.embed_minilm import check_weights
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled
from knowledge.errors import RecapError

if TYPE_CHECKING:
    from bot.wiring import App

_MARKS = {"ok": "✓", "warn": "!", "broken": "✗"}
_PATIENCE = 60.0
_LITTLE = 2.0
"""Gigabytes below which the disk is worth a look."""


def doctor(as_json: bool) -> None:
    """Prints what was found; exit 1 if something is broken."""
    loaded = settings()
    from bot.wiring import wire

    app = wire(loaded)
    try:
        with progress_bar(loaded.language, "cli.loading"):
            found = list(_findings(app))
    finally:
        app.stop()
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        names = {one.check: catalogue.label(loaded.language, f"doctor.{one.check}") for one in found}
        width = max(len(name) for name in names.values())
        for finding in found:
            out(f"{_MARKS[finding.state]} {names[finding.check]:<{width}}  {finding.detail}")
    if any(finding.state == "broken" for finding in found):
        sys.exit(1)


def _findings(app: App) -> Iterator[Finding]:
    checks: tuple[Callable[[App], Finding], ...] = (
        _python,
        _settings,
        _database,
        _stuck,
        _notes,
        _index,
        _encoder,
        _partner,
        _worker,
        _models,
        llm,
        _web,
        _exposure,
        _disk,
    )
    for check in checks:
        yield _found(check, app)
    for course in list(app.courses)[1:]:
        for of_course in (_notes, _index):
            found = _found(of_course, app, course)
            yield replace(found, detail=f"{course}: {found.detail}")
    yield from discord(app)
    yield from slack(app)


def _found(check: Callable[..., Finding], app: App, *arguments: str) -> Finding:
    name = check.__name__.removeprefix("_")
    try:
        return check(app, *arguments)
    except RecapError as error:
        return Finding(name, "broken", sentence(app.settings.language, error))
    except SQLAlchemyError:
        return Finding(name, "broken", say(app, "needs_database"))
    except OSError as error:
        return Finding(name, "broken", str(error))


def _python(app: App) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", "ok" if sys.version_info >= (3, 11) else "broken", version)


def _settings(app: App) -> Finding:
    path = config.file_in_use()
    if path is None:
        return Finding("settings", "ok", say(app, "settings_none"))
    return Finding("settings", "ok", say(app, "settings_file", path=path))


def _database(app: App) -> Finding:
    url = app.database.engine.url.render_as_string(hide_password=True)
    if not schema.is_current(app.database):
        return Finding("database", "broken", say(app, "database_behind", url=url))
    return Finding("database", "ok", say(app, "database_current", url=url, revision=schema.head()))


def _stuck(app: App) -> Finding:
    count = len(Mail(app.database, app.clock).stuck())
    return Finding(
        "stuck", "warn" if count else "ok", say(app, "stuck_some" if count else "stuck_none", count=count)
    )


def _notes(app: App, course: str | None = None) -> Finding:
    from knowledge.reader import find_notes

    path = course_named(app, course).notes_path()
    find_notes(path)
    return Finding("notes", "ok", say(app, "notes_folder", path=path))


def _index(app: App, course: str | None = None) -> Finding:
    name = course_named(app, course).name
    current = next((one for one in app.library.generations(name) if one.current), None)
    if current is None:
        return Finding("index", "broken", say(app, "index_none"))
    counts = {"notes": current.notes, "passages": current.passages, "generation": current.id}
    return Finding("index", "ok", say(app, "index_ready", **counts))


def _encoder(app: App) -> Finding:
    name = full_name(app.settings.retrieval.encoder)
    if name == OFF:
        return Finding("encoder", "warn", say(app, "encoder_none"))
    _look_at(app, name)
    return Finding("encoder", "ok", say(app, "encoder_ready", model=name))


def _partner(app: App) -> Finding:
    name = partner_name(app.settings)
    if name == OFF:
        return Finding("partner", "ok", say(app, "partner_none"))
    try:
        _look_at(app, name)
    except RecapError as error:
        return Finding("partner", "warn", sentence(app.settings.language, error))
    return Finding("partner", "ok", say(app, "encoder_ready", model=name))


def _look_at(app: App, name: str) -> None:
    """ModelUnavailable unless the model is there and, where its checksum is known, the right one."""
    if name == BUNDLED:
        bundled()
        return
    bare, _revision = without_revision(name)
    located = app.models.locate(bare)
    if located is None:
        raise unavailable(bare)
    if name == MINILM:
        check_weights(located.folder / WEIGHTS)


def _worker(app: App) -> Finding:
    began = time.monotonic()
    app.engine.start()
    if not app.wait_until(lambda: app.engine.status().device is not None, _PATIENCE):
        return Finding("worker", "broken", say(app, "worker_slow", seconds=round(_PATIENCE)))
    device = app.engine.status().device
    if not device:
        return Finding("worker", "broken", say(app, "worker_bare"))
    seconds = f"{time.monotonic() - began:.1f}"
    return Finding("worker", "ok", say(app, "worker_ready", seconds=seconds, device=device))


def _models(app: App) -> Finding:
    listed = {one.name: one.on_disk for one in app.models.listing() if one.name in DEFAULT_MODELS}
    missing = [name for name, on_disk in listed.items() if not on_disk]
    if not missing:
        return Finding("models", "ok", say(app, "models_all", total=len(listed)))
    told = {"present": len(listed) - len(missing), "total": len(listed), "missing": ", ".join(missing)}
    return Finding("models", "warn", say(app, "models_some", **told))


def _web(app: App) -> Finding:
    web = app.settings.web
    family = socket.AF_INET6 if ":" in web.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((web.host, web.port))
        except OSError:
            return Finding("web", "warn", say(app, "web_busy", host=web.host, port=web.port))
    return Finding("web", "ok", say(app, "web_free", host=web.host, port=web.port))


def _exposure(app: App) -> Finding:
    exposed = app.settings.web.exposed
    return Finding(
        "exposure", "warn" if exposed else "ok", say(app, f"exposure_{'guarded' if exposed else 'local'}")
    )


def _disk(app: App) -> Finding:
    path = Path(app.settings.data_path).resolve()
    free = shutil.disk_usage(path).free / 1e9
    return Finding(
        "disk", "ok" if free >= _LITTLE else "warn", say(app, "disk_free", free=f"{free:.0f}", path=path)
    )
