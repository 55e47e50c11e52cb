"""What each task's output looks like. The shapes are those of `jobs.engine.tasks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.core.bars import bar
from bot.core.catalogue import block, code, escape
from bot.core.reply import Table
from bot.core.voice import Voice

Shown = tuple[str, Table | None]
"""Markdown and, where rows say it better, a table."""

MOST_TOKENS = 200


def shown(voice: Voice, task: str, output: Mapping[str, Any]) -> Shown:
    """A task's output for a person; an unknown task's as it is."""
    presenter = _PRESENTERS.get(task)
    return presenter(voice, output) if presenter else (block(str(dict(output))), None)


def _tokenize(voice: Voice, output: Mapping[str, Any]) -> Shown:
    tokens, ids = output["tokens"], output["ids"]
    lines = [
        voice.say("result.tokens", count=len(tokens)),
        " ".join(code(token) for token in tokens[:MOST_TOKENS]),
        voice.say("result.ids"),
        block(" ".join(str(one) for one in ids[:MOST_TOKENS])),
        voice.say("result.decoded"),
        block(output["decoded"]),
    ]
    return "\n\n".join(lines), None


def _similarity(voice: Voice, output: Mapping[str, Any]) -> Shown:
    texts, matrix = output["texts"], output["matrix"]
    if len(texts) == 2:
        score = matrix[0][1]
        first, second = (escape(_short(text)) for text in texts)
        return f"**{voice.decimal(score, 3)}** {code(bar(max(score, 0.0)))}\n\n{first}  \n{second}", None
    header = ("", *(str(n) for n in range(1, len(texts) + 1)))
    rows = tuple(
        (f"{n}. {_short(text)}", *(voice.decimal(value, 3) for value in row))
        for n, (text, row) in enumerate(zip(texts, matrix, strict=True), start=1)
    )
    return voice.say("result.similarity"), Table(header, rows)


def _embed(voice: Voice, output: Mapping[str, Any]) -> Shown:
    values = ", ".join(f"{value:.4f}" for value in output["values"])
    shape = " × ".join(str(size) for size in output["shape"])
    lead = voice.say("result.embed", shape=shape, norm=voice.decimal(output["norm"], 4))
    return f"{lead}\n\n{block(f'[{values}, …]')}", None


def _labels(voice: Voice, output: Mapping[str, Any]) -> Shown:
    rows = tuple(
        (str(one["label"]), voice.share(one["score"]), bar(one["score"])) for one in output["labels"]
    )
    best = rows[0] if rows else ("–", "–", "")
    table = Table((voice.label("result.label"), voice.label("result.share"), ""), rows)
    return voice.say("result.best", label=best[0], share=best[1]), table


def _entities(voice: Voice, output: Mapping[str, Any]) -> Shown:
    found = output["entities"]
    if not found:
        return voice.say("result.no_entities"), None
    columns = ("entity", "kind", "share", "position")
    rows = tuple(
        (one["text"], one["label"], voice.share(one["score"]), f"{one['start']}–{one['end']}")
        for one in found
    )
    table = Table(tuple(voice.label(f"result.{column}") for column in columns), rows)
    return voice.say("result.entities", count=len(found)), table


def _candidates(voice: Voice, output: Mapping[str, Any]) -> Shown:
    rows = tuple(
        (one["token"].strip(), voice.share(one["score"]), one["sequence"]) for one in output["candidates"]
    )
    table = Table(tuple(voice.label(f"result.{column}") for column in ("word", "share", "sentence")), rows)
    return voice.say("result.candidates"), table


def _generated(voice: Voice, output: Mapping[str, Any]) -> Shown:
    return f"{voice.say('result.generated')}\n\n{block(output['text'].strip(), 'text')}", None


def _inspected(voice: Voice, output: Mapping[str, Any]) -> Shown:
    rows = tuple(
        (voice.label(f"result.inspect.{name}"), _cell(voice, output[name]))
        for name in (
            "architecture",
            "layers",
            "hidden_size",
            "heads",
            "vocabulary",
            "window",
            "parameters",
            "dtype",
        )
        if output.get(name) is not None
    )
    return voice.say("result.inspected"), Table(
        (voice.label("result.property"), voice.label("result.value")), rows
    )


def _cell(voice: Voice, value: object) -> str:
    return voice.number(value) if isinstance(value, int | float) else str(value)


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


_PRESENTERS: Mapping[str, Callable[[Voice, Mapping[str, Any]], Shown]] = {
    "tokenize": _tokenize,
    "similarity": _similarity,
    "embed": _embed,
    "classify": _labels,
    "sentiment": _labels,
    "inspect": _inspected,
    "ner": _entities,
    "fill-mask": _candidates,
    "generate": _generated,
}
