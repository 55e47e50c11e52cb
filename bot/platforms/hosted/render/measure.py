"""How wide text is, where it may be cut, and what of it can be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import accumulate

import regex

_CLUSTER = regex.compile(r"\X")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NEWLINE = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]*_]*\s+|[。！？；]+[”’」』）]*")
_WORD_END = re.compile(r"\s+|[、，,;:；：/–—-]+")
_UNSEEN = frozenset(("Cc", "Cf", "Zs", "Zl", "Zp"))

Size = Callable[[str], int]
"""Length of a text as a platform counts it."""


def units(text: str) -> int:
    """Length in UTF-16 units, which is never less than what is counted in characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """`text` as it can be sent and shown.

    Lone surrogates and control characters become U+FFFD, every line ends in \\n, and characters that
    reorder the text around them are shown as their code point.
    """
    text = _SURROGATE.sub("\ufffd", _NEWLINE.sub("\n", text))
    text = _CONTROL.sub("\ufffd", text)
    return _REORDERING.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def one_line(text: str) -> str:
    """The same on one line, without space around it."""
    return " ".join(clean(text).split())


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: such a message is refused."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)


def clusters(text: str) -> list[str]:
    """`text` cut between what a reader takes for characters."""
    return [str(found) for found in _CLUSTER.findall(text)]


def width(text: str) -> int:
    """Columns that `text` takes in a monospace font: two for CJK and emoji, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_cluster_width(cluster) for cluster in clusters(text))


@cache
def _cluster_width(cluster: str) -> int:
    first = cluster[0]
    if "\ufe0f" in cluster or "\u200d" in cluster or unicodedata.east_asian_width(first) in "WF":
        return 2
    if "\U0001f1e6" <= first <= "\U0001f1ff":  # flags
        return 2
    return 0 if unicodedata.category(first) in ("Mn", "Me", "Cf", "Cc") else 1


def shortened(text: str, most: int, size: Size = units) -> str:
    """`text` on one line within `most`, cut between characters with an ellipsis."""
    text = one_line(text)
    if size(text) <= most:
        return text
    return text[: cut_within(text, most - 1, size)].rstrip() + "…"


def cut_within(text: str, most: int, size: Size = units) -> int:
    """The last place between characters where `text` still has at most `most`, at least 0.

    `size` counts one for a character at least, so that no more of a long text is looked at.
    """
    place, used = 0, 0
    for cluster in clusters(text[: max(0, most) + 1]):
        used += size(cluster)
        if used > most:
            break
        place += len(cluster)
    return place


def cuts(text: str) -> tuple[list[int], list[int], list[int]]:
    """Where `text` may be cut, from the best to the worst kind: after sentences, words, characters."""
    ends = list(accumulate(len(cluster) for cluster in clusters(text)))
    whole = set(ends)
    sentences = [found.end() for found in _SENTENCE_END.finditer(text) if found.end() in whole]
    words = [found.end() for found in _WORD_END.finditer(text) if found.end() in whole]
    return sentences, words, ends
