"""Word stems for the lexical index: English and Bulgarian.

English: the Snowball stemmer (Porter2), less one conflation. Bulgarian: a light stemmer of our own in the
manner of J. Savoy, "Searching strategies for the Bulgarian language", Information Retrieval 10(6), 2007:
it takes off the definite article, the plural and the final vowels, and levels the alternations that these
bring (език/езици, важен/важна, филтър/филтри). It differs from the paper in two ways: an article goes only
where the letters before it can carry one (`работа` keeps its -та, `библиотеката` does not), and the
endings of verbs in -ва-, to which verbal nouns (`използване`) belong, fall together.
"""

from __future__ import annotations

import re
import threading
from functools import cache, lru_cache
from typing import Any

_VOWELS = "аъоуеияюй"
_VERB = re.compile(
    r"(?<=.{3})в(?:ам|аш|ат|аме|ате|ай|айте|аща?|ащ[иоя]|а[лн][аои]?|ане|ания|ането|анията|а)$"
)
_MAKING = re.compile(r"(.{3,})iz(?:e|ed|es|ers?|ing|ations?)$")
_LEVELLED = {"ц": "к", "з": "г", "с": "х"}

_ARTICLES = (
    # ending, letters that may stand before it
    ("ият", None),
    ("та", "аяостщчлн"),
    ("то", "оеия"),
    ("те", "ие"),
    ("ът", None),
    ("ят", None),
)
_PLURALS = ("ищата", "овци", "ища", "ове", "еве")


@lru_cache(maxsize=50_000)
def stem_bulgarian(word: str) -> str:
    """The stem of a lower-case Cyrillic word; words of three letters or fewer stay as they are."""
    if len(word) < 4:
        return word
    word = _without_article(word)
    if verb := _VERB.search(word):
        return word[: verb.start()] + "в"
    for plural in _PLURALS:
        if word.endswith(plural) and len(word) - len(plural) >= 3:
            word = word[: -len(plural)]
            break
    while len(word) > 3 and word[-1] in _VOWELS:
        word = word[:-1]
    if len(word) > 4 and word.endswith(("ен", "ян")):
        word = word[:-2] + "н"
    if len(word) > 4 and word[-2] == "ъ":
        word = word[:-2] + word[-1]
    return word[:-1] + _LEVELLED.get(word[-1], word[-1])


@lru_cache(maxsize=50_000)
def stem_english(word: str) -> str:
    """The Porter2 stem of a lower-case Latin word, which keeps the -iz- of what becomes something else.

    Porter2 makes one of `token`, `tokenize` and `tokenizer`; a learner who asks for one doesn't mean another.
    """
    with _one_at_a_time:
        stem = str(_snowball().stemWord(word))
    made = _MAKING.match(word)
    return f"{stem}iz" if made and made[1].startswith(stem) else stem


def _without_article(word: str) -> str:
    for article, before in _ARTICLES:
        rest = word[: -len(article)]
        if word.endswith(article) and len(rest) >= 3:
            if before is None or (rest[-1] in before and not _part_of_the_word(rest, article)):
                return rest
            return word
    return word


def _part_of_the_word(rest: str, article: str) -> bool:
    """Whether -та is the word's own: `работа`, `места`, as against `нощта`, `мисълта`, `радостта`."""
    return article == "та" and (rest[-1] == "о" or (rest[-1] == "с" and not rest.endswith("ос")))


_one_at_a_time = threading.Lock()  # a stemmer works in memory of its own


@cache
def _snowball() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # no cache beside ours


_CYRILLIC_CONSONANTS = {
    **dict(zip("бвгджзклмнпрстфх", "bvgdjsklmnprstfh", strict=True)),
    "ж": "j",
    "ц": "t",
    "ч": "k",
    "ш": "s",
    "щ": "st",
}
_LATIN_CONSONANTS = {c: c for c in "bdfghjklmnprstv"} | {"c": "k", "q": "k", "w": "v", "x": "ks", "z": "s"}
_CYRILLIC_ENDING = re.compile(r"(?:ация|ации|ацията|ациите|ане|ането|ания)$")
_LATIN_ENDING = re.compile(r"(?:ations?|ings?|ed|es|s|e)$")


@lru_cache(maxsize=50_000)
def skeleton(word: str) -> str | None:
    """The consonants of a loanword in Latin letters, alike for both spellings: `токенизация`, `tokenization`.

    None where fewer than three are left, since then it says too little.
    """
    cyrillic = "\u0400" <= word[0] <= "\u052f"
    if cyrillic:
        bare = stem_bulgarian(word) if not _CYRILLIC_ENDING.search(word) else _CYRILLIC_ENDING.sub("", word)
        letters = "".join(_CYRILLIC_CONSONANTS.get(c, "") for c in bare)
    else:
        bare = _LATIN_ENDING.sub("", word) if len(word) > 4 else word
        letters = "".join(_LATIN_CONSONANTS.get(c, "") for c in bare.replace("ph", "f").replace("ch", "k"))
    letters = re.sub(r"(.)\1", r"\1", letters)
    return letters if len(letters) >= 3 else None
