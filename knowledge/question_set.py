"""A folder of notes with questions on them, to measure how well they are answered.

DIR/docs/                           the notes; without it DIR itself
DIR/questions.jsonl, queries.jsonl  one of the two: a JSON object on each line
DIR/manifest.json                   optional: {path of a note below the notes' folder: document id}

A line has `question` and may have `id` (a text or a whole number; else the line's number), the documents
that answer it as `gold`, `docs` or `gold_docs` (a path below the notes' folder or DIR, or an id, or a list of
them), and `answerable` (false: the notes don't answer it). Blank lines and further fields are passed over.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.errors import EvaluationError, NotesError
from knowledge.reader import find_notes, note_path

FILES = ("questions.jsonl", "queries.jsonl")
MANIFEST = "manifest.json"
DOCS = "docs"
_GOLD = ("gold", "docs", "gold_docs")


@dataclass(frozen=True, slots=True)
class SetQuestion:
    """One question of a set."""

    id: str
    text: str
    gold: frozenset[str]
    """Ids of the documents that answer it; empty where that isn't said."""
    answerable: bool | None
    """None where that isn't said."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Notes and the questions on them."""

    notes: Path
    documents: Mapping[str, str]
    """Path of each note below that folder -> document id."""
    questions: tuple[SetQuestion, ...]
    """In the order of the file; never empty."""


def read_question_set(folder: Path) -> QuestionSet:
    """Reads what is to be measured; the notes themselves are only listed.

    NotesError `error.notes_empty`. EvaluationError, each with `path`: `error.eval_folder`,
    `error.eval_no_questions`, `error.eval_two_files`, `error.eval_unreadable`, `error.eval_manifest`,
    `error.eval_empty`; with `line` too: `error.eval_line`, `error.eval_id`, `error.eval_question`,
    `error.eval_gold`, `error.eval_gold_twice`, `error.eval_answerable`, `error.eval_contradiction`,
    `error.eval_duplicate` (+ `id`, `first`), `error.eval_gold_unknown` (+ `note`).
    """
    if not folder.is_dir():
        raise EvaluationError("error.eval_folder", path=str(folder))
    files = [folder / name for name in FILES if (folder / name).is_file()]
    if not files:
        raise EvaluationError("error.eval_no_questions", path=str(folder))
    if len(files) > 1:
        raise EvaluationError("error.eval_two_files", path=str(folder))
    notes = folder / DOCS if (folder / DOCS).is_dir() else folder
    paths = [note_path(notes, file) for file in find_notes(notes)]
    if not paths:
        raise NotesError("error.notes_empty", path=str(notes))
    ids = _manifest(folder / MANIFEST)
    documents = {path: ids.get(path, path) for path in paths}
    folders = ("",) if notes == folder else (f"{DOCS}/", "")
    return QuestionSet(notes, documents, _questions(files[0], documents, folders))


def _manifest(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    try:
        found = json.loads(_text(file))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) and one for one in found.values()):
        raise EvaluationError("error.eval_manifest", path=str(file))
    return {path.removeprefix("./"): identity for path, identity in found.items()}


def _questions(file: Path, documents: Mapping[str, str], folders: Sequence[str]) -> tuple[SetQuestion, ...]:
    """`folders`: what may stand before a note's path."""
    # Not `splitlines`: a question may hold U+2028, which ends no line of a JSONL file.
    rows = enumerate(_text(file).split("\n"), start=1)
    known = {identity: identity for identity in documents.values()}
    known |= {_plain(f"{folder}{path}"): one for folder in folders for path, one in documents.items()}
    found: list[SetQuestion] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        if not row.strip():
            continue
        one = _Line(file, line, row).question(known)
        if one.id in lines:
            raise EvaluationError(
                "error.eval_duplicate", path=str(file), line=line, id=one.id, first=lines[one.id]
            )
        lines[one.id] = line
        found.append(one)
    if not found:
        raise EvaluationError("error.eval_empty", path=str(file))
    return tuple(found)


class _Line:
    """One line of the file and what is said where it is off."""

    def __init__(self, file: Path, line: int, row: str) -> None:
        self._place: dict[str, str | int] = {"path": str(file), "line": line}
        self._line = line
        try:
            fields = json.loads(row)
            json.dumps(fields, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):
            raise self._off("error.eval_line")
        self._fields: dict[str, Any] = fields

    def question(self, known: Mapping[str, str]) -> SetQuestion:
        """What it asks; `known`: what may be named as gold -> the document's id."""
        text = self._fields.get("question")
        if not isinstance(text, str) or not text.strip():
            raise self._off("error.eval_question")
        gold = frozenset(self._document(one, known) for one in self._gold())
        answerable = self._fields.get("answerable")
        if answerable is not None and not isinstance(answerable, bool):
            raise self._off("error.eval_answerable")
        if gold and answerable is False:
            raise self._off("error.eval_contradiction")
        return SetQuestion(self._id(), text, gold, True if gold else answerable)

    def _id(self) -> str:
        identity = self._fields.get("id", self._line)
        whole = isinstance(identity, int) and not isinstance(identity, bool)
        if not whole and not (isinstance(identity, str) and identity):
            raise self._off("error.eval_id")
        return str(identity)

    def _gold(self) -> list[str]:
        given = [self._fields[name] for name in _GOLD if self._fields.get(name) is not None]
        if len(given) > 1:
            raise self._off("error.eval_gold_twice")
        named = given[0] if given else []
        listed = [named] if isinstance(named, str) else named
        if not isinstance(listed, list) or not all(isinstance(one, str) and one for one in listed):
            raise self._off("error.eval_gold")
        return listed

    def _document(self, named: str, known: Mapping[str, str]) -> str:
        path = _plain(named)
        for one in (named, path):
            if one in known:
                return known[one]
        raise self._off("error.eval_gold_unknown", note=named)

    def _off(self, key: str, **params: str) -> EvaluationError:
        return EvaluationError(key, **{**self._place, **params})


def _plain(path: str) -> str:
    """A path as it is compared: macOS may name files with their accents apart, as in и and ̆ for й."""
    return unicodedata.normalize("NFC", path.removeprefix("./"))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError("error.eval_unreadable", path=str(file)) from error
