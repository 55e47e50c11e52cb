"""Texts as numbers: which belong together, and the tokens of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge.encoder.training.corpus import Corpus
from knowledge.encoder.training.progress import Progress

Numbers = NDArray[np.int64]
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of many texts, one text after the other."""

    ids: NDArray[np.int32]
    starts: Numbers
    """(texts + 1,): where each begins, and the end."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What is drawn from. A text is a number: its place in `texts`, and among the tokens."""

    texts: tuple[str, ...]
    pairs: Numbers
    """(pairs, 2): the English text, its translation."""
    pair_languages: tuple[str, ...]
    headings: Numbers
    """(headings, 4): the English heading, its translation, the English section, its translation."""
    heading_languages: tuple[str, ...]
    words: Numbers
    """The teacher's own."""
    targets: Numbers
    """(texts,): the row of the vector that a text is to have, among the English texts and then the words."""


def english_texts(corpus: Corpus) -> list[str]:
    """What the teacher is to encode: each once, in the order in which they come."""
    found = dict.fromkeys(pair.english for pair in corpus.pairs)
    for heading in corpus.headings:
        found[heading.english] = found[heading.english_body] = None
    return list(found)


def make_examples(corpus: Corpus, english: Sequence[str], words: Sequence[str]) -> Examples:
    """`english`: as `english_texts` gives them; `words`: the teacher's own, whose vectors stand behind."""
    rows = {text: row for row, text in enumerate(english)}
    numbers: dict[str, int] = {}
    targets: dict[int, int] = {}

    def number(text: str, row: int) -> int:
        found = numbers.setdefault(text, len(numbers))
        targets[found] = row
        return found

    pairs = [
        (number(pair.english, rows[pair.english]), number(pair.other, rows[pair.english]))
        for pair in corpus.pairs
    ]
    headings = [
        (
            number(one.english, rows[one.english]),
            number(one.other, rows[one.english]),
            number(one.english_body, rows[one.english_body]),
            number(one.other_body, rows[one.english_body]),
        )
        for one in corpus.headings
    ]
    known = set(numbers)
    own = [
        numbers[word] if word in known else number(word, len(english) + row) for row, word in enumerate(words)
    ]
    return Examples(
        tuple(numbers),
        np.array(pairs, dtype=np.int64).reshape(-1, 2),
        tuple(pair.language for pair in corpus.pairs),
        np.array(headings, dtype=np.int64).reshape(-1, 4),
        tuple(heading.language for heading in corpus.headings),
        np.array(own, dtype=np.int64),
        np.array([targets[one] for one in range(len(numbers))], dtype=np.int64),
    )


def tokenized(tokenizer: Tokenizer, texts: Sequence[str], longest: int, progress: Progress) -> Tokens:
    """`longest`: tokens of a text that are kept."""
    parts: list[NDArray[np.int32]] = []
    for start in range(0, len(texts), _AT_ONCE):
        batch = tokenizer.encode_batch(list(texts[start : start + _AT_ONCE]), add_special_tokens=False)
        parts += [np.array(encoding.ids[:longest], dtype=np.int32) for encoding in batch]
        progress(len(parts) / len(texts), "numbering")
    starts = np.zeros(len(parts) + 1, dtype=np.int64)
    starts[1:] = np.cumsum([len(part) for part in parts])
    return Tokens(np.concatenate(parts), starts)
