"""Reads parallel text: a folder of JSON lines, packed with gzip or plain.

    pairs.<en>-<xx>.jsonl.gz   src, kind, en, xx: a text and its translation into the language xx
    headings.jsonl.gz          src, lang, en, xx, en_body, xx_body: a heading and the section under it
    dev.jsonl.gz               src, kind, lang, en, xx: pairs that are never trained on

The languages are those of the files' names: to add one is to add its pairs. `kind` is free, but for `dict`:
a word of a dictionary.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledge.encoder.coverage import SCRIPTS
from knowledge.errors import TrainingError

_PAIRS = re.compile(r"pairs\.en-([a-z]{2,3})\.jsonl(?:\.gz)?")
DICTIONARY = "dict"


@dataclass(frozen=True, slots=True)
class Pair:
    """An English text and its translation."""

    source: str
    kind: str
    language: str
    english: str
    other: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the text under it, in English and in another language."""

    source: str
    language: str
    english: str
    other: str
    english_body: str
    other_body: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What is trained on, and what is held back from it."""

    pairs: tuple[Pair, ...]
    headings: tuple[Heading, ...]
    dev: tuple[Pair, ...]
    """Held back by block: of all sources."""
    held: tuple[Heading, ...]
    """Of the sources that are left out."""
    sources: frozenset[str]
    """All of them."""

    @property
    def trained_sources(self) -> frozenset[str]:
        return frozenset([*(pair.source for pair in self.pairs), *(one.source for one in self.headings)])

    @property
    def languages(self) -> tuple[str, ...]:
        """English first, the others by name."""
        return ("en", *sorted({pair.language for pair in self.pairs}))


def read_corpus(folder: Path, left_out: Iterable[str] = ()) -> Corpus:
    """The pairs of a folder, `left_out` sources held back. The order is that of the names and the lines.

    TrainingError: `error.training_no_pairs`, `error.training_file` for one that can't be read,
    `error.training_line` for a line that isn't as it should be, `error.training_language` for one in a script
    that the encoder couldn't tell, `error.training_no_text` where nothing is left to train on.
    """
    held_back = frozenset(left_out)
    files = {match[1]: file for file in _listed(folder) if (match := _PAIRS.fullmatch(file.name))}
    if not files:
        raise TrainingError("error.training_no_pairs", folder=str(folder))
    for language in files:
        if language not in SCRIPTS:
            raise TrainingError(
                "error.training_language", language=language, known=", ".join(sorted(SCRIPTS))
            )
    pairs = [
        Pair(source, kind, language, english, other)
        for language, file in sorted(files.items())
        for source, kind, english, other in _rows(file, ("src", "kind", "en", "xx"))
    ]
    fields = ("src", "lang", "en", "xx", "en_body", "xx_body")
    headings = [Heading(*row) for row in _optional(folder, "headings", fields) if row[1] in files]
    dev = [
        Pair(*row) for row in _optional(folder, "dev", ("src", "kind", "lang", "en", "xx")) if row[2] in files
    ]
    trained = tuple(pair for pair in pairs if pair.source not in held_back)
    if not trained:
        raise TrainingError("error.training_no_text", folder=str(folder))
    return Corpus(
        trained,
        tuple(heading for heading in headings if heading.source not in held_back),
        tuple(dev),
        tuple(heading for heading in headings if heading.source in held_back),
        frozenset([*(pair.source for pair in (*pairs, *dev)), *(one.source for one in headings)]),
    )


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise TrainingError("error.training_no_pairs", folder=str(folder)) from error


def _optional(folder: Path, name: str, fields: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for file in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl"):
        if file.is_file():
            yield from _rows(file, fields)
            return


def _rows(file: Path, fields: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The fields of each line, all of them texts that say something."""
    read = 0
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as stream:
            for line in stream:
                read += 1
                if not line.strip():
                    continue
                row = json.loads(line)
                values = tuple(row[field] for field in fields)
                if not all(isinstance(value, str) and value.strip() for value in values):
                    raise ValueError(fields)
                yield tuple(value.encode("utf-8", "replace").decode() for value in values)
    except (OSError, EOFError, zlib.error) as error:
        raise TrainingError("error.training_file", file=str(file), line=read + 1) from error
    except (ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            "error.training_line", file=str(file), line=read, fields=", ".join(fields)
        ) from error
