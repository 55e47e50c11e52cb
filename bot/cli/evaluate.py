"""`recap eval`: how well questions on a folder of notes are answered."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bot.cli import evaluation
from bot.cli.evaluation import Evaluation
from bot.cli.opened import settings, stopped_at_the_end
from bot.cli.output import print_json, progress_bar
from bot.core.reply import Reply, Table
from bot.core.voice import Voice
from knowledge.errors import EvaluationError
from knowledge.evaluation import Outcome
from knowledge.question_set import read_question_set


def evaluate(folder: Path, run: Path | None, failures: int, as_json: bool) -> None:
    """Measures a question set, writes the run if a path is given, and shows at most `failures` failures."""
    loaded = settings()
    questions = read_question_set(folder)
    if run is not None:
        _must_be_writable(run)
    from bot.wiring import wire

    with tempfile.TemporaryDirectory(prefix="recap-eval-") as place:
        moved = evaluation.settings_at(Path(place), loaded)
        with stopped_at_the_end(wire(moved, patience=evaluation.PATIENCE)) as app:
            found = evaluation.evaluate(
                app,
                questions,
                partial(progress_bar, loaded.language, "cli.indexing"),
                partial(progress_bar, loaded.language, "cli.eval.asking"),
            )
    if run is not None:
        _write(run, found.run())
    if as_json:
        print_json(summary(found, failures))
        return
    from bot.platforms.terminal.render import Screen

    Screen().show(shown(Voice(loaded.language), found, failures, run), numbered=False)


def summary(found: Evaluation, failures: int) -> dict[str, Any]:
    """The measures for scripts."""
    return {
        **asdict(found.measures),
        "notes": found.notes,
        "passages": found.passages,
        "encoder": found.encoder,
        "partner": found.partner,
        "seconds_to_index": found.seconds_to_index,
        "seconds_to_ask": found.seconds_to_ask,
        "failed": len(found.failed()),
        "failures": [
            {
                "id": one.question.id,
                "question": one.question.text,
                "failure": one.failure,
                "rank": one.rank,
                "gold": sorted(one.question.gold),
                "found": list(one.ranking.documents[:1]),
                "confidence": one.ranking.confidence,
            }
            for one in found.failed()[:failures]
        ],
    }


def shown(voice: Voice, found: Evaluation, failures: int, run: Path | None) -> Reply:
    """The measures for a person."""
    lines = [_asked(voice, found), *_measures(voice, found)]
    failed = found.failed()
    known = any(one.question.answerable is not None for one in found.outcomes)
    if known and not failed:
        lines.append(voice.say("cli.eval.none_failed"))
    if run is not None:
        lines.append(voice.say("cli.eval.written", path=run))
    table = None
    if failed[:failures]:
        worst = failed[:failures]
        lines.append(voice.say("cli.eval.failed", count=len(failed), shown=len(worst)))
        header = ("question", "happened", "expected", "found")
        table = Table(
            tuple(voice.label(f"cli.eval.{name}") for name in header),
            tuple(_row(voice, one) for one in worst),
        )
    return Reply("\n\n".join(lines), table=table, language=voice.language)


def _asked(voice: Voice, found: Evaluation) -> str:
    if found.encoder and found.partner:
        how = voice.say("cli.eval.by_both", encoder=found.encoder, partner=found.partner)
    elif one := found.encoder or found.partner:
        how = voice.say("cli.eval.by_meaning", encoder=one)
    else:
        how = voice.say("cli.eval.by_words")
    return voice.say(
        "cli.eval.asked", count=len(found.outcomes), notes=found.notes, passages=found.passages, how=how
    )


def _measures(voice: Voice, found: Evaluation) -> list[str]:
    measures = found.measures
    lines: list[str] = []
    if measures.recall_at_1 is not None and measures.recall_at_5 is not None:
        shares = {"first": f"{measures.recall_at_1:.0%}", "five": f"{measures.recall_at_5:.0%}"}
        mrr = f"{measures.mrr_at_10:.3f}"
        lines.append(voice.say("cli.eval.ranking", count=measures.with_gold, mrr=mrr, **shares))
    if measures.answered is not None:
        share = f"{measures.answered:.0%}"
        if measures.answerable:
            lines.append(voice.say("cli.eval.answered", share=share, count=measures.answerable))
        else:
            lines.append(voice.say("cli.eval.answered_of_all", share=share))
    if measures.abstained is not None:
        share = f"{measures.abstained:.0%}"
        lines.append(voice.say("cli.eval.abstained", share=share, count=measures.unanswerable))
    return lines


def _row(voice: Voice, one: Outcome) -> tuple[str, str, str, str]:
    happened = {
        "not_found": lambda: voice.label("cli.eval.not_found"),
        "late": lambda: voice.label("cli.eval.late", place=one.rank),
        "unanswered": lambda: voice.label("cli.eval.unanswered"),
        "answered": lambda: voice.label("cli.eval.wrongly_answered"),
    }[one.failure or "late"]()
    nothing = voice.label("cli.eval.nothing")
    expected = ", ".join(sorted(one.question.gold)) or ("" if one.question.answerable else nothing)
    return (
        one.question.text,
        happened,
        expected,
        one.ranking.documents[0] if one.ranking.documents else nothing,
    )


def _must_be_writable(run: Path) -> None:
    """Said before the work rather than after it."""
    place = run if run.exists() else run.absolute().parent
    if run.is_dir() or not place.exists() or not os.access(place, os.W_OK):
        raise EvaluationError("error.eval_run", path=str(run))


def _write(run: Path, found: dict[str, Any]) -> None:
    try:
        run.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise EvaluationError("error.eval_run", path=str(run)) from error
