"""Made-up parallel text: languages whose words stand for one another one by one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

HELD = "tests/held"
SOURCES = ("tests/one", "tests/two")
WORDS = 120
_SYLLABLES: Mapping[str, tuple[str, str]] = {
    "en": ("bdfglmnprst", "aeiou"),
    "bg": ("бвгдзклмнпрст", "аеиоуъ"),
    "de": ("bdfgklmnrstwz", "äeiöuü"),
}
_HAN = (0x4E00, 400)


class Parallel:
    """Rows of the files that the training reads; the same numbers for the same seed."""

    def __init__(self, languages: Iterable[str] = ("bg", "zh"), pairs: int = 300, seed: int = 5) -> None:
        self._chance = np.random.default_rng(seed)
        self.languages = tuple(languages)
        self.words = {language: self._made_up(language) for language in ("en", *self.languages)}
        self.pairs = {
            language: [self._pair(language, SOURCES[number % 2]) for number in range(pairs)]
            + [self._pair(language, HELD) for _ in range(pairs // 10)]
            for language in self.languages
        }
        self.dev = [
            {**self._pair(language, SOURCES[0]), "lang": language}
            for language in self.languages
            for _ in range(40)
        ]
        self.headings = [
            self._heading(language, source)
            for language in self.languages
            for source in (*SOURCES, HELD)
            for _ in range(20)
        ]

    def write(self, folder: Path, packed: bool = True) -> Path:
        """All files; gives the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for language, rows in self.pairs.items():
            write_rows(folder, f"pairs.en-{language}", rows, packed)
        write_rows(folder, "dev", self.dev, packed)
        write_rows(folder, "headings", self.headings, packed)
        return folder

    def _made_up(self, language: str) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < WORDS:
            if language == "zh":
                found["".join(chr(_HAN[0] + int(sign)) for sign in self._chance.integers(0, _HAN[1], 2))] = (
                    None
                )
                continue
            consonants, vowels = (list(letters) for letters in _SYLLABLES[language])
            count = int(self._chance.integers(2, 4))
            syllables = [
                str(self._chance.choice(consonants) + self._chance.choice(vowels)) for _ in range(count)
            ]
            found["".join(syllables)] = None
        return list(found)

    def _told(self, language: str, numbers: Iterable[int]) -> str:
        return ("" if language == "zh" else " ").join(self.words[language][number] for number in numbers)

    def _pair(self, language: str, source: str) -> dict[str, str]:
        numbers = self._chance.integers(0, WORDS, int(self._chance.integers(5, 9))).tolist()
        return {
            "src": source,
            "kind": "sent",
            "en": self._told("en", numbers),
            "xx": self._told(language, numbers),
        }

    def _heading(self, language: str, source: str) -> dict[str, str]:
        numbers = self._chance.integers(0, WORDS, 24).tolist()
        return {
            "src": source,
            "kind": "head",
            "lang": language,
            "en": self._told("en", numbers[:3]),
            "xx": self._told(language, numbers[:3]),
            "en_body": self._told("en", numbers),
            "xx_body": self._told(language, numbers),
        }


def write_rows(folder: Path, name: str, rows: Iterable[Mapping[str, Any]], packed: bool = False) -> Path:
    """JSON lines; gives the file."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file = folder / f"{name}.jsonl{'.gz' if packed else ''}"
    file.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return file
