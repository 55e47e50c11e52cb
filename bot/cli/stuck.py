"""`recap review stuck`: what doesn't reach its learner, why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from bot.cli.opened import application
from bot.cli.output import out, print_json
from bot.core import catalogue
from bot.core.reply import Reply, Table
from bot.core.voice import Voice
from jobs.stuck import Mail, Stuck


def show(as_json: bool) -> None:
    """Lists it; nothing is an empty list, or one sentence."""
    with application() as app:
        found = Mail(app.database, app.clock).stuck()
        if as_json:
            print_json([asdict(one) for one in found])
            return
        from bot.platforms.terminal.render import Screen

        Screen(width=160).show(shown(Voice(app.settings.language), found, app.clock.now()), numbered=False)


def retry(name: str) -> None:
    """Sends it again. StuckError."""
    with application() as app:
        count = Mail(app.database, app.clock).retry(name)
        out(catalogue.label(app.settings.language, "cli.stuck.retried", count=count))


def drop(name: str) -> None:
    """Gives it up. StuckError."""
    with application() as app:
        Mail(app.database, app.clock).drop(name)
        out(catalogue.label(app.settings.language, "cli.stuck.dropped", id=name))


def shown(voice: Voice, found: Sequence[Stuck], now: datetime) -> Reply:
    """The list in words: whose message, where to, why, since when, what happens next, what to do."""
    if not found:
        return voice.reply("cli.stuck.none", tone="success")
    columns = ("id", "learner", "where", "why", "since", "next")
    table = Table(
        tuple(voice.label(f"cli.stuck.{name}") for name in columns),
        tuple(_row(voice, one, now) for one in found),
    )
    states = dict.fromkeys(one.state for one in found)
    todo = "\n".join(f"- {voice.say(f'cli.stuck.do_{state}')}" for state in states)
    lead = voice.say("stuck.count", count=len(found))
    return Reply(f"{lead}\n\n{todo}", table=table, language=voice.language)


def _row(voice: Voice, one: Stuck, now: datetime) -> tuple[str, ...]:
    why = voice.label(f"cli.stuck.{one.state}", count=one.count)
    return (
        one.id,
        one.learner or voice.label("cli.stuck.everyone"),
        f"{one.platform} {one.place}".strip(),
        f"{why}: {one.reason}" if one.reason else why,
        voice.moment(one.since, now),
        voice.moment(one.next_try, now) if one.next_try else voice.label("cli.stuck.never"),
    )
