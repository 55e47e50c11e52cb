"""A simulation's outcome in words and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from bot.core.bars import bar
from bot.core.reply import Reply, Table
from bot.core.voice import Voice
from jobs.simulation.delays import REASONS, Reason
from jobs.simulation.outcome import AFTER, Outcome
from jobs.simulation.plan import Plan

_BAR = 30


def shown(voice: Voice, plan: Plan, outcomes: Sequence[Outcome]) -> Iterator[Reply]:
    """The figures of each ladder side by side, its steps, the load of the day, and whether all was kept."""
    lead = voice.say(
        "cli.simulate.lead",
        learners=voice.number(plan.learners),
        days=voice.number(plan.days),
        topics=voice.number(plan.topics),
        cap=voice.number(plan.daily_cap),
        seed=plan.seed,
    )
    yield _reply(voice, lead, _figures(voice, outcomes))
    yield _reply(voice, voice.say("cli.simulate.steps"), _steps(voice, outcomes))
    yield _reply(voice, voice.say("cli.simulate.load"), _load(voice, outcomes))
    yield _reply(voice, f"{voice.say('cli.simulate.model')}\n\n{_verdict(voice, outcomes)}")


def _figures(voice: Voice, outcomes: Sequence[Outcome]) -> Table:
    def row(name: str, values: Sequence[str]) -> tuple[str, ...]:
        return (voice.label(f"cli.simulate.{name}"), *values)

    def counts(name: str) -> tuple[str, ...]:
        return row(name, [voice.number(getattr(one, name)) for one in outcomes])

    rows = [
        *(counts(name) for name in ("studies", "delivered", "on_time", "late")),
        *(row(f"held_{reason}", [_held(voice, one, reason) for one in outcomes]) for reason in REASONS),
        *(counts(name) for name in ("answered", "missed", "folded")),
        row("longest_wait", [voice.decimal(one.longest_wait, 1) for one in outcomes]),
        row("per_learner_day", [voice.decimal(one.per_learner_day, 2) for one in outcomes]),
        counts("busiest_hour"),
        row("recall", [voice.share(one.recall) for one in outcomes]),
        row("recall_alone", [voice.share(one.recall_alone) for one in outcomes]),
    ]
    for name in asdict(outcomes[0].broken):
        rows.append(row(name, [voice.number(getattr(one.broken, name)) for one in outcomes]))
    if any(one.refused for one in outcomes):
        rows.append(row("refused", [voice.number(sum(one.refused.values())) for one in outcomes]))
    return Table((voice.label("cli.simulate.figure"), *(one.intervals for one in outcomes)), tuple(rows))


def _held(voice: Voice, outcome: Outcome, reason: Reason) -> str:
    """How many late reviews that reason held, and for how many hours at the most."""
    (delay,) = (one for one in outcome.delays if one.reason == reason)
    return voice.number(delay.reviews) + (f" ({voice.decimal(delay.longest, 1)})" if delay.reviews else "")


def _steps(voice: Voice, outcomes: Sequence[Outcome]) -> Table:
    rows = []
    for one in outcomes:
        for step in one.steps:
            recalled = voice.share(step.recalled / step.answered) if step.answered else "-"
            rows.append(
                (
                    one.intervals,
                    voice.label("cli.simulate.after") if step.interval == AFTER else step.interval,
                    voice.number(step.asked),
                    voice.number(step.answered),
                    recalled,
                )
            )
    header = ("intervals", "step", "asked", "answered", "recalled")
    return Table(tuple(voice.label(f"cli.simulate.{name}") for name in header), tuple(rows))


def _load(voice: Voice, outcomes: Sequence[Outcome]) -> Table:
    most = max(max(one.by_hour) for one in outcomes) or 1.0
    rows = []
    for hour in range(24):
        cells = [
            f"{bar(one.by_hour[hour] / most, _BAR // len(outcomes))} {voice.decimal(one.by_hour[hour], 1)}"
            for one in outcomes
        ]
        rows.append((f"{hour:02}:00", *cells))
    return Table((voice.label("cli.simulate.hour"), *(one.intervals for one in outcomes)), tuple(rows))


def _verdict(voice: Voice, outcomes: Sequence[Outcome]) -> str:
    return voice.say("cli.simulate.broken" if any(one.broken for one in outcomes) else "cli.simulate.kept")


def _reply(voice: Voice, text: str, table: Table | None = None) -> Reply:
    return Reply(text, table=table, language=voice.language)
