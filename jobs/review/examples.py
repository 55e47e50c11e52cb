"""What a section's code says: the texts that it gives to calls or keeps under a name, and its labels."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(
    r"^(?:```|~~~)(?P<kind>[^\n]*)\n(?P<code>.*?)(?:^(?:```|~~~)|\Z)", re.MULTILINE | re.DOTALL
)
_OUTPUT = re.compile(r"\bout(?:put)?\b|error|traceback", re.IGNORECASE)
"""Of a code block's kind: what a program printed."""
_SHELL = re.compile(r"^\s*[!%].*$|^(?:>>>|\.\.\.) ?", re.MULTILINE)
"""What a notebook or a session writes beside the code."""
_COMPLAINT = re.compile(r"Error\b|[:：]\s*$|\{\w*\}")
"""What no one would give a model: a program's complaint, a prompt for input, a text with gaps."""
_NAME = re.compile(r"[\w./@:-]+\Z")
_SAID = re.compile(r"\w+(?:\W+\w+){2,}|[\u3400-\u9fff]{4,}")
_LABELS = re.compile(r"labels$")


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code that isn't output."""

    text: str
    start: int
    """Where it begins in its section's text, in characters."""
    texts: tuple[tuple[int, str], ...]
    """What reads as a sentence, on one line, each with where its line begins in the section."""
    labels: tuple[str, ...]
    """The first list of labels to sort into."""


def code_of(text: str) -> list[Code]:
    """The code blocks of a section. What isn't Python has no texts and no labels."""
    return [
        _read(match["code"], match.start("code"))
        for match in _FENCE.finditer(text)
        if not _OUTPUT.search(match["kind"])
    ]


def prose_of(text: str) -> str:
    """Text without its code blocks, also without one that was cut before its end."""
    return _FENCE.sub("\n", text)


def _read(code: str, start: int) -> Code:
    plain = _SHELL.sub(lambda found: " " * len(found[0]) if found[0].lstrip()[:1] in "!%" else "", code)
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError):
        return Code(code, start, (), ())
    begins = [0]
    for line in code.split("\n"):
        begins.append(begins[-1] + len(line) + 1)
    texts = [
        (start + begins[node.lineno - 1], " ".join(said.split()))
        for node in _strings(tree)
        if (said := _written(node)) is not None and _reads_well(" ".join(said.split()))
    ]
    return Code(code, start, tuple(sorted(texts)), next(_labels(tree), ()))


def _strings(tree: ast.Module) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Whole strings: no parts of others, and none that only document the code."""
    inner = {
        id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
    } - {id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inner | alone:
            yield node


def _written(node: ast.Constant | ast.JoinedStr) -> str | None:
    """A string, or one with the mask put in; None for anything that must be run to be known."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue) and "mask" in ast.unparse(part.value):
            parts.append("[MASK]")
        elif isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            return None
    return "".join(parts)


def _reads_well(sentence: str) -> bool:
    if _NAME.match(sentence) or _COMPLAINT.search(sentence):
        return False
    return _SAID.search(sentence) is not None


def _labels(tree: ast.Module) -> Iterator[tuple[str, ...]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and _LABELS.search(node.arg or ""):
            value: ast.expr = node.value
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and _LABELS.search(target.id) for target in node.targets
        ):
            value = node.value
        else:
            continue
        if isinstance(value, ast.List | ast.Tuple):
            named = [one.value for one in value.elts if isinstance(one, ast.Constant)]
            labels = tuple(dict.fromkeys(one.strip() for one in named if isinstance(one, str)))
            if len(labels) >= 2:
                yield labels
