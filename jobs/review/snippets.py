"""Gaps in code: which function, method, class or argument the code needs to do what the note says it does."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.review.blocks import blocks, code_spans
from jobs.review.choices import Choice
from jobs.review.definitions import language_of
from jobs.review.prompts import Prompt, plain
from jobs.review.standing import broken, teaches
from jobs.review.wordings import GAP, WORDINGS
from knowledge.notes import Note, Section, content_hash
from knowledge.sentences import sentences
from knowledge.terms import is_word, terms

OTHERS = 3
_PYTHON = re.compile(r"^\s*(?:`{3,}|~{3,})\s*(?:py|python|python3)\s*$", re.IGNORECASE)
_MOST_LINES, _WIDEST = 14, 110
_BEGINNING = 4
"""Letters that two names may not begin with alike: `eval` and `evaluate`."""
_BARE = re.compile(rf"^\s*[\w.]*{GAP}\(\)\s*$", re.MULTILINE)
"""A statement that only calls, with nothing: any name would do."""
_MOST_TIMES = 2
"""How often a name may stand in the code: each time is a gap."""
_LONGEST_LEAD = 240
_TRIVIAL = frozenset(
    re.findall(
        r"\w+",
        "print len range list dict set tuple str int float bool zip enumerate sorted open sum max min type"
        " isinstance append extend join items keys values split strip replace lower upper format read write"
        " close copy get pop sort to cuda cpu numpy item shape size dim view self super args kwargs main name"
        " text data index display show figure plot input output",
    )
)
"""Names that any program has."""
_EVERYWHERE = frozenset({"from_pretrained", "load_dataset"})
"""Asked only where nothing better can be."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in a block of code."""

    name: str
    kind: str
    """method | function | class | argument"""
    callee: str
    """Of an argument: what is called with it."""
    value: str
    """Of an argument: the type of its constant, or empty."""


@dataclass(frozen=True, slots=True)
class _Snippet:
    """A block of Python with the sentence that says what it does."""

    section: Section
    lead: str
    code: str
    start: int
    end: int
    names: tuple[_Name, ...]


def snippets(note: Note) -> list[Prompt]:
    """The questions of the note's blocks of Python."""
    found = [one for section in note.sections if teaches(section) for one in _snippets(section)]
    own = {name for section in note.sections for _, code in code_spans(section) for name in _own(code)}
    every = [name for one in found for name in one.names if name.name not in own or name.kind != "function"]
    return [
        prompt
        for one in found
        for name in dict.fromkeys(one.names)
        if (name.name not in own or name.kind == "argument") and (prompt := _asked(note, one, name, every))
    ]


def _snippets(section: Section) -> Iterator[_Snippet]:
    told = [block for block in blocks(section) if block.kind == "text"]
    for start, code in code_spans(section):
        fence, _, inner = code.partition("\n")
        body = inner.rpartition("\n")[0]
        before = [block for block in told if block.end < start and block.end >= start - 2]
        if not _PYTHON.match(fence) or not before:
            continue
        names = tuple(_names(body))
        if names:
            lead = plain([one for one, _, _ in sentences(before[-1].text, 1)][-1])
            end = start + code.count("\n")
            yield _Snippet(section, lead, body, start, end, names)


def _names(code: str) -> Iterator[_Name]:
    tree = _tree(code)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        callee = _called(node.func)
        if callee is not None:
            yield callee
        for keyword in node.keywords:
            if keyword.arg and callee is not None:
                value = keyword.value
                kind = type(value.value).__name__ if isinstance(value, ast.Constant) else ""
                yield _Name(keyword.arg, "argument", callee.name, kind)


def _own(code: str) -> Iterator[str]:
    """What the note's code defines itself: only that code tells how it is called."""
    for node in ast.walk(_tree(code.partition("\n")[2].rpartition("\n")[0])):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _tree(code: str) -> ast.Module:
    """The code read; empty where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the note's code, not of ours
            return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _called(node: ast.expr) -> _Name | None:
    if isinstance(node, ast.Attribute):
        return _Name(node.attr, "method", "", "")
    if isinstance(node, ast.Name):
        return _Name(node.id, "class" if node.id[:1].isupper() else "function", "", "")
    return None


def _asked(note: Note, one: _Snippet, wanted: _Name, every: list[_Name]) -> Prompt | None:
    name = wanted.name
    if name in _TRIVIAL or len(name) < 4 or name.startswith("_") or not _leads(one.lead):
        return None
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    shown = _window(one.code, pattern)
    times = len(pattern.findall(one.code))
    named = rf"(?<!\w){re.escape(name)}\s*=[^=]"
    if re.search(named if wanted.kind != "argument" else rf"{named}?\s*{re.escape(name)}(?!\w)", one.code):
        return None
    if not shown or not 1 <= times <= _MOST_TIMES:
        return None
    gapped = pattern.sub(GAP, shown)
    if _BARE.search(gapped):
        return None
    rest = pattern.sub(" ", one.code)
    if _pieces(name) & _pieces(f"{rest} {one.lead}"):
        return None
    choices = _choices(wanted, every, one)
    if not choices:
        return None
    spoken = language_of(one.lead, note.language)
    lead = one.lead.rstrip(":： ").rstrip()
    if spoken == "zh":
        lead = lead if lead.endswith(("。", "！")) else f"{lead}。"
    else:
        lead = lead if lead.endswith((".", "!")) else f"{lead}."
    text = f"{WORDINGS[spoken]['token'].format(lead=lead)}\n\n```python\n{gapped}\n```"
    quality = {"function": 0.65, "method": 0.65, "class": 0.6, "argument": 0.55}[wanted.kind] - 0.2 * (
        name in _EVERYWHERE
    )
    return Prompt("code", text, one.section, one.start, one.end, own=True, choices=choices, quality=quality)


def _leads(lead: str) -> bool:
    han = len(re.findall(r"[\u3400-\u9fff]", lead))
    """Whether the sentence before the code says what it does."""
    if not lead.rstrip().endswith((":", "：")):
        return False
    return (
        len(lead) <= _LONGEST_LEAD
        and not broken(lead)
        and (han >= 10 or len(lead.split()) >= 6)
        and "?" not in lead
    )


def _choices(wanted: _Name, every: list[_Name], one: _Snippet) -> tuple[Choice, ...]:
    """The name among others of its kind: none that stands in this code, shares a word, or is used alike."""
    pieces = _pieces(wanted.name)
    here = set(re.findall(r"\w+", one.code))
    taken = {other.name for other in every if other.callee == wanted.callee} if wanted.callee else set()
    others = {
        other.name
        for other in every
        if other.kind == wanted.kind
        and other.name not in here
        and other.name not in taken
        and other.name not in _TRIVIAL
        and len(other.name) > 3
        and not other.name.startswith("_")
        and not _pieces(other.name) & pieces
        and other.name[:_BEGINNING].casefold() != wanted.name[:_BEGINNING].casefold()
        and not _pieces(other.name) & _pieces(one.lead)
        and ("_" in other.name) == ("_" in wanted.name)
    }
    listed = sorted(others, key=lambda other: content_hash(f"{wanted.name}\n{other}"))[:OTHERS]
    if len(listed) < OTHERS:
        return ()
    return (Choice(f"`{wanted.name}`", correct=True), *(Choice(f"`{other}`") for other in listed))


def _window(code: str, pattern: re.Pattern[str]) -> str:
    """The code, or of a long one the largest statement around the name that isn't too long."""
    lines = code.rstrip().split("\n")
    hits = [number for number, line in enumerate(lines, 1) if pattern.search(line)]
    if any(len(line) > _WIDEST for line in lines) or not hits:
        return ""
    if len(lines) <= _MOST_LINES:
        return "\n".join(lines).strip("\n")
    spans = [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(_tree(code))
        if isinstance(node, ast.stmt)
    ]
    fitting = [
        (last - first, -first)
        for first, last in spans
        if first <= hits[0] and hits[-1] <= last and last - first < _MOST_LINES
    ]
    if not fitting:
        return ""
    length, start = max(fitting)
    return textwrap.dedent("\n".join(lines[-start - 1 : -start + length]))


def _pieces(text: str) -> set[str]:
    """The stems that a name or a text is made of."""
    return {term for term in terms(re.sub(r"[_.]", " ", text)) if is_word(term) and len(term) > 2} | {
        term for term in terms(text) if is_word(term) and len(term) > 2
    }
