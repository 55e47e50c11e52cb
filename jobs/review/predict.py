"""*Predict, then run*: cards that show an input and ask what a model will say of it.

A section that teaches a task of `/try` gives such a card. What the model said as the card was written is
stored with it; after the answer the worker runs it live, and the stored result stands in where it can't.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Protocol, cast

from jobs.engine.catalog import TASKS as CATALOG
from jobs.engine.catalog import texts_of
from jobs.engine.protocol import TaskRequest
from jobs.review.authored import answers_nothing
from jobs.review.choices import Choice
from jobs.review.judging.verdict import Judged, Verdict
from jobs.review.prompts import Prompt
from jobs.review.taught import Taught, taught
from jobs.review.wordings import PREDICTIONS
from knowledge.notes import Note, Section

ORIGIN: Final = "predict"
MOST: Final = 2
"""Cards of a note."""
TASKS: Final = ("tokenize", "similarity", "classify", "sentiment", "ner", "fill-mask")
"""Whose result is one thing that can be predicted."""
FEWEST, MOST_TOKENS = 4, 30
"""How many tokens make a number worth predicting."""
CLEAR: Final = 0.05
"""By how much the first must lead the second, in cosines or shares: no card asks to toss a coin."""
KINDS: Final = ("PER", "ORG", "LOC", "MISC")
"""What names are taken for by models that were trained on CoNLL-2003, as the one of `/try` is."""
SURE: Final = 0.8
"""The least score of a name whose kind is asked."""
_CANDIDATES = 4
_LONGEST_BLOCK = 30
"""Lines of a code block that is quoted whole."""
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Run:
    """What a card has a model do, and what it said."""

    task: str
    text: str
    model: str
    """Whose result is stored: name and revision, or the encoder's identity."""
    stored: Mapping[str, Any]
    """Its output, in the shape of `jobs.engine.tasks`."""
    labels: str = ""
    """For `classify`, as they are typed."""

    @property
    def answer(self) -> str:
        """What it said, as the card takes it."""
        return answer_of(self.task, self.stored)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "stored": dict(self.stored)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Run | None:
        return cls(**kept) if kept else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model said."""

    model: str
    output: Mapping[str, Any] = field(default_factory=dict)


class Predictor(Protocol):
    """Runs a task now, on the model that `/try` would take."""

    def outcome(self, request: TaskRequest) -> Outcome | None:
        """None where that model can't be had here and now."""


class Remembering:
    """A predictor that falls back on what it was told before; implements `Predictor`.

    So a card outlives a refresh in which its model can't be had.
    """

    def __init__(self, predictor: Predictor, known: Iterable[Run | None]) -> None:
        self._predictor = predictor
        self._known = {(run.task, run.text, run.labels): run for run in known if run}

    def outcome(self, request: TaskRequest) -> Outcome | None:
        if (fresh := self._predictor.outcome(request)) is not None:
            return fresh
        run = self._known.get((request.task, request.text, request.options.get("labels", "")))
        return Outcome(run.model, run.stored) if run else None


def predictions(note: Note, predictor: Predictor, admits: Callable[[Prompt], bool]) -> list[Prompt]:
    """The cards of a note's sections that teach a task: one of a task, those with an example first."""
    found: list[Prompt] = []
    tasks: set[str] = set()
    for section, task in _teaching(note):
        if len(found) >= MOST:
            break
        if task.task in tasks:
            continue
        run = _run(task, predictor)
        prompt = _prompt(note, section, task, run) if run else None
        if prompt is not None and admits(prompt):
            tasks.add(task.task)
            found.append(prompt)
    return found


def answer_of(task: str, output: Mapping[str, Any]) -> str:
    """The one thing in an output that a card asks for."""
    if task == "tokenize":
        return str((output.get("truncated") or {}).get("total", len(output["tokens"])))
    if task == "similarity":
        texts, cosines = output["texts"], output["matrix"][0]
        return str(texts[max(range(1, len(texts)), key=lambda at: cosines[at])])
    if task == "fill-mask":
        return str(output["candidates"][0]["token"]).strip()
    if task == "ner":
        return str(output["entities"][0]["label"]) if output["entities"] else "-"
    return str(output["labels"][0]["label"])


def verdict(run: Run, said: str, answer: str) -> Verdict:
    """How a prediction compares to what the model said: a number may be off by one, to be nearly right."""
    if run.task != "tokenize":
        return "right" if said.strip() == answer else "wrong"
    match = _NUMBER.search(unicodedata.normalize("NFKC", said))
    if match is None or len(match[0]) > len(answer) + 1:
        return "wrong"
    off = abs(int(match[0]) - int(answer))
    return "right" if off == 0 else "partly" if off == 1 else "wrong"


def judged(run: Run, said: str) -> Judged:
    """The verdict on a number that was typed, by the stored result."""
    return Judged(verdict(run, said, run.answer), "exact", expected=run.answer)


def _teaching(note: Note) -> Iterator[tuple[Section, Taught]]:
    found = [
        (section, task)
        for section in note.sections
        if not answers_nothing(section) and (task := taught(section, note.language))
    ]
    # What only speaks of a task has no place to show what the model does.
    return iter(sorted(found, key=lambda one: not one[1].own))


def _run(task: Taught, predictor: Predictor) -> Run | None:
    if task.task not in TASKS or "`" in task.text or "\n" in task.text:
        return None
    request = TaskRequest(task.task, task.text, None, {"labels": task.labels} if task.labels else {})
    if task.task == "similarity" and len(texts_of(request)) < 3:
        return None
    outcome = predictor.outcome(request)
    if outcome is None:
        return None
    run = Run(task.task, task.text, outcome.model, outcome.output, task.labels)
    return run if _is_clear(run) else None


def _is_clear(run: Run) -> bool:
    if run.task == "tokenize":
        return FEWEST <= int(run.answer) <= MOST_TOKENS
    if run.task == "ner":
        return run.answer in KINDS and run.stored["entities"][0]["score"] >= SURE
    if run.task == "similarity":
        scores = sorted(run.stored["matrix"][0][1:], reverse=True)
    else:
        listed = run.stored["candidates" if run.task == "fill-mask" else "labels"]
        scores = [one["score"] for one in listed]
    return len(scores) > 1 and scores[0] - scores[1] >= CLEAR


def _prompt(note: Note, section: Section, task: Taught, run: Run) -> Prompt:
    head = PREDICTIONS[note.language][run.task].format(model=CATALOG[run.task].default_model)
    texts = texts_of(TaskRequest(run.task, run.text)) if run.task == "similarity" else [run.text]
    prompt = Prompt(
        ORIGIN,
        f"{head}\n\n`{texts[0]}`",
        section,
        *_span(section, task.line),
        own=True,
        choices=tuple(Choice(one, one == run.answer) for one in _options(run)),
        run=run.to_json(),
    )
    return prompt if prompt.choices else replace(prompt, expected=(run.answer,))


def _options(run: Run) -> Sequence[str]:
    """What may be predicted; empty: a number is to be named."""
    if run.task == "tokenize":
        return ()
    if run.task == "similarity":
        return cast("Sequence[str]", run.stored["texts"][1:])
    if run.task == "fill-mask":
        return list(dict.fromkeys(one["token"].strip() for one in run.stored["candidates"][:_CANDIDATES]))
    if run.task == "ner":
        return KINDS
    return [str(one["label"]) for one in run.stored["labels"]]


def _span(section: Section, line: int) -> tuple[int, int]:
    """First and last line of the code block that holds a line, else of its paragraph."""
    lines = section.text.split("\n")
    at = line - section.start
    fences = [number for number, one in enumerate(lines) if one.lstrip().startswith(("```", "~~~"))]
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        if begin <= at <= end and end - begin <= _LONGEST_BLOCK:
            return section.start + begin, section.start + end
    blank = [number for number, one in enumerate(lines) if number > at and not one.strip()]
    return line, section.start + min([*blank, *(one for one in fences if one > at), len(lines)]) - 1
