"""A Unigram tokenizer that takes little memory.

`tokenizers` takes a text apart into words; the words are cut into pieces here, since that library's trie of
100,000 pieces takes 150 MB and ours of dictionaries 40. The most probable segmentation by Viterbi's algorithm
(T. Kudo, "Subword Regularization", ACL 2018, https://arxiv.org/abs/1804.10959), with the library's own rules
for what is unknown, so that the numbers are the same as `tokenizers.Tokenizer.encode` gives.
"""

from __future__ import annotations

import json
import re
import threading
from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from tokenizers import Tokenizer

WORD_BEGINS = "▁"
"""In a piece: a space was there, or the text began."""
UNKNOWN_PENALTY = 10.0
"""What an unknown character costs beyond the least probable piece, as in `tokenizers` and SentencePiece."""
_BLANK = re.compile(r"[ \t\r\n]+")
_LOOKS_NO_FURTHER = ("NFKC", "NFC", "Lowercase", "Replace")
"""Normalizers to which what stands beyond a blank makes no difference."""
_WORDS_KEPT = 2**14
_LONG_WORD = 64
"""Words above this length are cut anew each time: they hardly come again, and would fill the memory."""


class Unigram:
    """The tokenizer of a `tokenizer.json`. Thread-safe."""

    def __init__(self, serialized: bytes) -> None:
        """ValueError for a file that isn't JSON, or a tokenizer that isn't a plain Unigram.

        Plain: with an unknown piece, without added tokens, byte fallback, truncation or padding.
        """
        try:
            read = json.loads(serialized)
            model, vocabulary = read["model"], read["model"]["vocab"]
            self.unknown = int(model["unk_id"])
            self._numbers = {piece: number for number, (piece, _score) in enumerate(vocabulary)}
            self._scores = array("d", (score for _piece, score in vocabulary))
        except (KeyError, TypeError, UnicodeDecodeError) as error:
            raise ValueError(f"this is no Unigram tokenizer: {error!r}") from error
        odd = [part for part in ("added_tokens", "truncation", "padding") if read.get(part)]
        if model.get("type") != "Unigram" or model.get("byte_fallback") or odd:
            raise ValueError(f"this is no plain Unigram tokenizer: {model.get('type')} {odd}")
        if not 0 <= self.unknown < len(vocabulary) or len(self._numbers) != len(vocabulary):
            raise ValueError("its vocabulary is not in order")
        self._longest = max(map(len, self._numbers))
        self._unknown_score = min(self._scores) - UNKNOWN_PENALTY
        model["vocab"], model["unk_id"] = [["?", 0.0]], 0
        try:
            shell = Tokenizer.from_str(json.dumps(read))
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(f"`tokenizers` can't read it: {error}") from error
        self._normalizer, self._pre_tokenizer = shell.normalizer, shell.pre_tokenizer
        self._names: list[str] = []
        self._naming = threading.Lock()
        self._remembered: Callable[[str], tuple[int, ...]] = lru_cache(_WORDS_KEPT)(self._cut)
        self._known: Callable[[str], tuple[int, ...]] = lru_cache(_WORDS_KEPT)(self._taken_apart)
        self._parted = _parts_at_blanks(read)

    def __len__(self) -> int:
        return len(self._scores)

    def ids(self, text: str) -> list[int]:
        """The numbers of the text's pieces, without special ones; nothing is cut off.

        What no tokenizer can encode (a lone surrogate) is taken as a question mark.
        """
        found: list[int] = []
        for part in _BLANK.split(text) if self._parted else (text,):
            found += self._known(part) if len(part) <= _LONG_WORD else self._taken_apart(part)
        return found

    def _taken_apart(self, text: str) -> tuple[int, ...]:
        found: list[int] = []
        for word in self._words(text):
            found += self._remembered(word) if len(word) <= _LONG_WORD else self._cut(word)
        return tuple(found)

    def pieces(self, ids: Iterable[int]) -> list[str]:
        """As they stand in the vocabulary."""
        with self._naming:
            if not self._names:
                self._names = list(self._numbers)
        return [self._names[number] for number in ids]

    def log_probability(self, ids: list[int]) -> float:
        """Of these pieces one after the other, each by itself; natural logarithm."""
        total = 0.0
        for number in ids:
            total += self._unknown_score if number == self.unknown else self._scores[number]
        return total

    def _words(self, text: str) -> list[str]:
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
        if self._normalizer is not None:
            text = self._normalizer.normalize_str(text)
        if self._pre_tokenizer is None:
            return [text] if text else []
        return [word for word, _span in self._pre_tokenizer.pre_tokenize_str(text)]

    def _cut(self, word: str) -> tuple[int, ...]:
        """The most probable pieces. Unknown characters side by side make one unknown piece."""
        length, longest = len(word), self._longest
        numbers, scores, unknown = self._numbers.get, self._scores, self.unknown
        best: list[float | None] = [0.0] + [None] * length
        start, piece = [0] * (length + 1), [unknown] * (length + 1)
        for begin in range(length):
            so_far = best[begin]
            assert so_far is not None  # noqa: S101 - every character is a piece, known or not
            for end in range(begin + 1, min(length, begin + longest) + 1):
                number = numbers(word[begin:end])
                if number is not None:
                    score = so_far + scores[number]
                elif end == begin + 1:
                    number, score = unknown, so_far + self._unknown_score
                else:
                    continue
                known = best[end]
                if known is None or score > known:
                    best[end], start[end], piece[end] = score, begin, number
        found: list[int] = []
        while length > 0:
            if not (piece[length] == unknown and found and found[-1] == unknown):
                found.append(piece[length])
            length = start[length]
        return tuple(reversed(found))


def _parts_at_blanks(tokenizer: dict[str, Any]) -> bool:
    """Whether what stands between blanks is cut alike wherever it stands, so that it can be remembered."""
    normalizers = _sequence(tokenizer.get("normalizer"), "normalizers")
    pre_tokenizers = _sequence(tokenizer.get("pre_tokenizer"), "pretokenizers")
    return bool(pre_tokenizers) and (
        pre_tokenizers[0]["type"] == "WhitespaceSplit"
        and all(one["type"] in _LOOKS_NO_FURTHER for one in normalizers)
    )


def _sequence(part: dict[str, Any] | None, of: str) -> list[dict[str, Any]]:
    if part is None:
        return []
    return list(part[of]) if part["type"] == "Sequence" else [part]
