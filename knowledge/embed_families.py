"""What is known of published sentence encoders by their names: prompts, and what they read. Without torch.

Prompts are those of the model cards; a model's own `config_sentence_transformers.json` goes before them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch

from knowledge.encoder import BUNDLED
from knowledge.scripts import count_scripts

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
LATIN_SHARE = 0.75
OFF = "off"
"""In the place of a name: no encoder."""
_SHORT = {"bundled": BUNDLED, "minilm": MINILM, "all-minilm-l6-v2": MINILM}


@dataclass(frozen=True, slots=True)
class Family:
    """Encoders of one kind."""

    names: str
    """A pattern of the last part of their names, in lower case."""
    query: str = ""
    """What is put before a question."""
    passage: str = ""
    """What is put before a passage."""
    english: bool = False
    """Whether English is all that they were trained for."""


_BGE_QUERY = "Represent this sentence for searching relevant passages: "
_BGE_QUERY_ZH = "为这个句子生成表示以用于检索相关文章："
_E5_TASK = "Instruct: Given a question, retrieve passages that answer it\nQuery: "

FAMILIES = (
    Family("multilingual-e5-*-instruct", query=_E5_TASK),
    Family("multilingual-e5-*", query="query: ", passage="passage: "),
    Family("e5-*", query="query: ", passage="passage: ", english=True),
    Family("bge-*-en*", query=_BGE_QUERY, english=True),
    Family("bge-*-zh*", query=_BGE_QUERY_ZH),
    Family("all-*", english=True),
    Family("multi-qa-*", english=True),
    Family("msmarco-*", english=True),
)
_UNKNOWN = Family("*")


def full_name(name: str) -> str:
    """A model's name as `org/name` or a folder, for those that have a short one too."""
    return _SHORT.get(name.strip().lower(), name.strip())


def family(name: str) -> Family:
    """The first that the model's name or folder fits; one without prompts for a name that none fits."""
    last = name.rstrip("/").rpartition("/")[2].partition("@")[0].lower()
    return next((one for one in FAMILIES if fnmatch(last, one.names)), _UNKNOWN)


def reader(name: str) -> Callable[[str], bool]:
    """Whether the model of that name was trained for a text; for an unknown one everything is."""
    return reads_latin if family(name).english else _reads_all


def reads_latin(text: str) -> bool:
    """Whether most words of `text` are in Latin script; False where there are no words at all."""
    counts = count_scripts(text)
    words = sum(counts.values())
    return words > 0 and counts["latin"] / words >= LATIN_SHARE


def _reads_all(_text: str) -> bool:
    return True
