"""Which texts a static encoder was trained for, told by script and by how its tokenizer takes them.

A Unigram tokenizer is a language model of its training text. German cut by one of English falls into many
improbable pieces, so its log-probability a letter is far below that of English: -4.9 against -1.6 in the
median of sentences of course notes, and -3.2 against -2.4 at the ends where they are nearest (the hundredth
sentence from above and below). Only words in lower case count, as names are in no vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from knowledge.encoder.unigram import Unigram
from knowledge.language import prose

_ALPHABETS = ("latin", "cyrillic")
"""Scripts that many languages are written in."""
SCRIPTS: Mapping[str, str] = {
    **dict.fromkeys(("en", "cs", "da", "de", "es", "fi", "fr", "hr", "hu", "id", "it", "nl"), "latin"),
    **dict.fromkeys(("nb", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "vi"), "latin"),
    **dict.fromkeys(("bg", "be", "mk", "ru", "sr", "uk"), "cyrillic"),
    "zh": "han",
}
"""Languages that an encoder can be trained for."""
SHARE = 0.75
"""Of a text's letters, those in a script that the model was trained on."""
FEWEST = 5
"""Words from which on a text says what language it is in."""
KEPT = 0.995
"""Of texts in the model's languages, those that are surely to be read."""
MARGIN: Mapping[str, float] = {"latin": 0.75, "cyrillic": 2.0}
"""Other notes are that much less familiar than texts like those it was trained on. Bulgarian was learned from
little text, and letters tell it from its neighbours."""
_SLAVIC = "абвгдежзиклмнопрстуфхцчш"
ALPHABETS: Mapping[str, str] = {
    "be": _SLAVIC + "йьюяёіўы'э",
    "bg": _SLAVIC + "йщъьюяѝ",
    "mk": _SLAVIC + "ѓѕјљњќџѐѝ",
    "ru": _SLAVIC + "йщъьюяёыэ",
    "sr": _SLAVIC + "ђјљњћџ",
    "uk": _SLAVIC + "йщьюяґєії'",
}
"""The letters of languages in Cyrillic script."""
_BARE_SOFT_SIGN = "|ь(?!о)"
"""In Bulgarian a soft sign stands before о alone; Russian and Ukrainian are full of others."""
FOREIGN = 0.1
"""The share of words spelled as in none of the model's languages from which on a text isn't read."""

_SIGN = 2
"""A sign of Chinese, Japanese or Korean says as much as two letters."""
_LETTERS = re.compile(
    r"(?P<latin>[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]+)"
    r"|(?P<cyrillic>[\u0400-\u052f]+)"
    r"|(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)"
    r"|(?P<signs>[\u3040-\u30ff\u3100-\u312f\u1100-\u11ff\uac00-\ud7af]+)"
    r"|(?P<other>[^\W\d_]+)"
)
_WORD = re.compile(r"(?<![\w./@#$-])[^\W\d_]{2,}(?:['’-][^\W\d_]+)*(?![\w/(\[{=@]|[.:]\w)")
"""A word of prose: not a part of an identifier, a path or an address."""
_OF_CODE = re.compile(r"[{}\[\]()=;<>+&\\^%$_]")
_CODE = 1 / 6
"""Signs of `_OF_CODE` a letter from which on a line is code."""


class Coverage:
    """Whether a text is in a language of the model. Thread-safe."""

    def __init__(
        self, vocabulary: Unigram, languages: Sequence[str], familiar: Mapping[str, float] | None = None
    ) -> None:
        """`familiar`: script -> least `familiarity` of a text that is read; else the script is enough."""
        self._vocabulary = vocabulary
        self._scripts = {SCRIPTS[language] for language in languages if language in SCRIPTS}
        self._familiar = dict(familiar or {})
        own = {letter for language in languages for letter in ALPHABETS.get(language, "")}
        alone = [language for language in languages if language in ALPHABETS] == ["bg"]
        pattern = f"[^{''.join(sorted(own))}]{_BARE_SOFT_SIGN if alone else ''}"
        self._foreign = re.compile(pattern) if own else None

    def reads(self, text: str) -> bool:
        """By the text's scripts; and by its language where it has `FEWEST` words of prose.

        Code, numbers and a word or two are taken as read; what the tokenizer knows nothing of is not.
        """
        told = prose(text)
        letters = _letters(told) or _letters(text)
        if not letters:
            return any(number != self._vocabulary.unknown for number in self._vocabulary.ids(text))
        if sum(letters[script] for script in self._scripts) < SHARE * letters.total():
            return False
        script = max(letters, key=lambda one: letters[one])
        if script == "cyrillic" and self._is_foreign(told):
            return False
        if script not in self._familiar:
            return True
        found = familiarity(self._vocabulary, told, script)
        return found is None or found >= self._familiar[script]

    def _is_foreign(self, text: str) -> bool:
        if self._foreign is None:
            return False
        words = [match[0].lower() for match in _LETTERS.finditer(text) if match.lastgroup == "cyrillic"]
        return sum(bool(self._foreign.search(word)) for word in words) > FOREIGN * len(words)


def familiarity(vocabulary: Unigram, text: str, script: str) -> float | None:
    """The mean log-probability of a letter of the words in that script, those in lower case alone.

    None for fewer than `FEWEST` of them. `text` is prose, see `knowledge.language.prose`.
    """
    words = [
        word
        for line in text.splitlines()
        if not _is_code(line)
        for word in _WORD.findall(line)
        if not word[0].isupper() and (letter := _LETTERS.match(word)) and letter.lastgroup == script
    ]
    if len(words) < FEWEST:
        return None
    return vocabulary.log_probability(vocabulary.ids(" ".join(words))) / sum(map(len, words))


def find_thresholds(vocabulary: Unigram, samples: Iterable[str], kept: float = KEPT) -> dict[str, float]:
    """`Card.familiar` for a tokenizer, from texts in the model's languages that it was not trained on.

    `samples`: sentences or passages in any of the languages. `kept`: the share of them whose familiarity
    is above the threshold by `MARGIN`.
    """
    found: dict[str, list[float]] = {}
    for text in map(prose, samples):
        for script in _ALPHABETS:
            known = familiarity(vocabulary, text, script)
            if known is not None:
                found.setdefault(script, []).append(known)
    return {
        script: round(float(np.quantile(values, 1 - kept)) - MARGIN[script], 3)
        for script, values in found.items()
    }


def _is_code(line: str) -> bool:
    return len(_OF_CODE.findall(line)) > _CODE * sum(map(str.isalpha, line))


def _letters(text: str) -> Counter[str]:
    """Letters by script, a sign counted twice."""
    counts: Counter[str] = Counter()
    for match in _LETTERS.finditer(text):
        script = match.lastgroup or "other"
        counts[script] += len(match[0]) * (_SIGN if script in ("han", "signs") else 1)
    return counts
