"""How well an encoder finds what is known to belong together, in texts that it wasn't trained on.

Translations: each text of `dev` looks for its own among all of its language. Headings: those of the sources
that were left out look for their section in the other language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Encoder
from knowledge.encoder.training.corpus import Corpus, Heading
from knowledge.encoder.training.progress import Progress
from knowledge.errors import TrainingError
from knowledge.soft_match import PassageTokens, SoftQuestion

LEAST_WORDS = 2
"""Of an English heading that is asked for."""
LEAST_CHARACTERS = 80
"""Of an English section."""

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measure:
    """The share of questions whose first hit is right (R@1)."""

    task: str
    """translation or heading."""
    asked: str
    """Language of the question, and of what is found."""
    found: str
    questions: int
    pooled: float
    """By the texts' vectors."""
    soft: float | None
    """By the tokens' (`knowledge.soft_match`); None where the encoder has none."""


def evaluate(encoder: Encoder, corpus: Corpus, progress: Progress) -> list[Measure]:
    """Both tasks for each language, both ways. TrainingError `error.training_nothing_held` without any."""
    measures: list[Measure] = []
    languages = {pair.language for pair in corpus.dev} | {one.language for one in corpus.held}
    for number, language in enumerate(sorted(languages)):
        progress(number / len(languages), "measuring")
        measures += _translations(encoder, corpus, language)
        measures += _headings(encoder, corpus, language)
    if not measures:
        raise TrainingError("error.training_nothing_held")
    return measures


def as_json(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    """The measures as plain data, shares with three decimals."""
    return [
        {
            **asdict(one),
            "pooled": round(one.pooled, 3),
            "soft": None if one.soft is None else round(one.soft, 3),
        }
        for one in measures
    ]


def _translations(encoder: Encoder, corpus: Corpus, language: str) -> list[Measure]:
    pairs = sorted({(pair.english, pair.other) for pair in corpus.dev if pair.language == language})
    if not pairs:
        return []
    english, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return [
        _measured(encoder, "translation", ("en", language), english, other, _same(english) | _same(other)),
        _measured(encoder, "translation", (language, "en"), other, english, _same(english) | _same(other)),
    ]


def _headings(encoder: Encoder, corpus: Corpus, language: str) -> list[Measure]:
    """Where headings are the same in either language, any of their sections is right."""
    kept = [one for one in corpus.held if one.language == language and _is_section(one)]
    asked = [number for number, one in enumerate(kept) if len(one.english.split()) >= LEAST_WORDS]
    if not asked:
        return []
    english, other = [one.english for one in kept], [one.other for one in kept]
    alike = (_same(english) | _same(other))[asked]
    return [
        _measured(
            encoder,
            "heading",
            ("en", language),
            [english[number] for number in asked],
            [one.other_body for one in kept],
            alike,
        ),
        _measured(
            encoder,
            "heading",
            (language, "en"),
            [other[number] for number in asked],
            [one.english_body for one in kept],
            alike,
        ),
    ]


def _is_section(heading: Heading) -> bool:
    return len(heading.english_body) >= LEAST_CHARACTERS


def _measured(
    encoder: Encoder,
    task: str,
    languages: tuple[str, str],
    questions: list[str],
    answers: list[str],
    right: NDArray[np.bool_],
) -> Measure:
    """`right`: (questions, answers)."""
    scores = encoder.encode(questions, "query") @ encoder.encode(answers, "passage").T
    soft = None
    tokens = encoder.token_encoder
    if tokens is not None:
        index = PassageTokens.of(tokens.token_ids(answers))
        every = np.arange(len(answers))
        asked = [SoftQuestion(tokens, question, index).passages(every) for question in questions]
        soft = _first_right(np.stack(asked), right)
    return Measure(task, *languages, len(questions), _first_right(scores, right), soft)


def _first_right(scores: Scores, right: NDArray[np.bool_]) -> float:
    return float(right[np.arange(len(scores)), scores.argmax(axis=1)].mean())


def _same(texts: Sequence[str]) -> NDArray[np.bool_]:
    """(texts, texts): which are equal."""
    _known, numbers = np.unique(np.array(texts, dtype=object).astype(str), return_inverse=True)
    return np.asarray(numbers[:, None] == numbers[None, :])
