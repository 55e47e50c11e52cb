"""Terms: what the lexical index counts, for text in Latin, Cyrillic and CJK script and for code.

Latin words are stemmed as English, Cyrillic ones as Bulgarian; function words are left out. A code identifier
counts whole and in its parts (`AutoModelForCausalLM`, `input_ids`), a hyphenated word in its parts and joined
(`pre-trained`, `pretrained`). CJK text counts as overlapping pairs of characters and, with less weight, as
single ones (J.-Y. Nie, J. Gao, J. Zhang & M. Zhou, "On the use of words and n-grams for Chinese information
retrieval", IRAL 2000). Full-width forms are levelled (NFKC).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, repeat

from knowledge.stems import skeleton, stem_bulgarian, stem_english

CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"

_TOKENS = re.compile(
    rf"[{CJK}]+"
    r"|[\u0400-\u052f]+(?:[-\u2010\u2011][\u0400-\u052f]+)*"
    r"|[^\W_\u0400-\u052f" + CJK + r"]+(?:[-_.'’\u2010\u2011/]+[^\W_\u0400-\u052f" + CJK + r"]+)*"
)
_ASCII_TOKENS = re.compile(r"[A-Za-z0-9]+(?:[-_.'/]+[A-Za-z0-9]+)*")  # the same, in less time
_CJK = re.compile(f"[{CJK}]")
_JOINTS = re.compile(r"[-_.'’\u2010\u2011/]+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\dA-Za-z_]+")
_PLURAL_CAPITALS = re.compile(r"[A-Z]{2,}s")
_IDENTIFIER = re.compile(r"[a-z][A-Z]|[A-Z]{2,}[a-z]{2,}|[A-Za-z]\d")
_APOSTROPHE = re.compile(r"['’]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_PAIR = re.compile(f"[{CJK}]{{2}}")
_BRITISH = re.compile(r"(?<=[a-z]{2})(al|an|ar|en|er|im|or)is(e|ed|es|ers?|ing|ations?)$")
_LINK = re.compile(r"https?://\S+|\]\([^)\s]*\)")

_ENGLISH = """
a about above after again all also am an and any are aren as at be because been before being below
between both but by can could d did do does doesn doing don during each either few for from further
had has have having he her here him his how i if in into is isn it its itself just let ll m many may
me might more most much must my neither no nor not of off on once only or other our out over own re
s same shall she should so some such t than that the their them then there these they this those
through to too under until up upon us ve very was we were what when where which while who whom whose
why will with would you your
"""
_BULGARIAN = """
а аз ако ала без беше би бил била били било бих бихте близо бъде бяха в вас ваш ваша вече ви вие все
всеки всички всичко всяка във върху г ги го да дадено дали до докато дори е за зад заради защо
защото значи и из или им има имат й как каква какви какво какъв като кога когато кое което кои които
кой който коя която към ли м ме между меня ми мога могат може можем можете можеш му на над най нас
не него негов неговата нейна нея ни ние нито но някои някой някоя о обаче означава около от отвъд
пак по повече под поне пред представлява представляват през при с са сам само се сега си след сме
според сте съм със също т тази така такава такива там те тези ти то това тогава този той тук тя тях
у че често чрез ще я
"""
STOP_WORDS = frozenset(_ENGLISH.split())
STOP_WORDS_BULGARIAN = frozenset(_BULGARIAN.split())
"""Function words, and the verbs that only carry a question (`какво представлява`)."""

_QUESTION_CJK = re.compile(
    "^(?:你们?好|您好|大家好|谢谢你?|再见)|(?:如何|怎么|怎样)使?用|什么时候|是什么意思|什么意思|什么是|是什么|为什么|为何|什么|如何|怎么样|怎么|怎样|哪一?[些个种项句]|哪里|哪|多少|"
    "几[个种]|是否|以下|下列|下面|请问|请|吗|呢|的|了|是|和|与|在|中|个|一个|我们|你们|你|我|它们?|这个?|那个?|可以|能够|有"
)
_SINGLE = "·"
"""Marks a single CJK character among the terms."""
_SKELETON = "~"
_FIRST_CJK = CJK[0]
_LONGEST_REMEMBERED = 64
"""Characters of a word whose terms are kept: the same few words make most of a text."""

Forms = tuple[str, ...]

SINGLE_WEIGHT = 0.25
SKELETON_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Clue:
    """A word of a question, or a pair of CJK characters, in the forms that it may have in the notes."""

    forms: Forms
    """Terms, the closest first."""
    weight: float


def terms(text: str, loanwords: bool | None = None) -> list[str]:
    """The terms of `text` in reading order, as the index counts them.

    `loanwords`: whether Latin words leave the trace that finds them under their Cyrillic spelling; None:
    where `text` has Cyrillic in it.
    """
    return list(chain.from_iterable(_forms(text, loanwords)))


def content_words(text: str) -> set[str]:
    """Stems and pairs of Chinese characters; none of the words that every sentence has."""
    return {
        term
        for term in terms(text)
        if is_word(term) and term not in STOP_WORDS and term not in STOP_WORDS_BULGARIAN
    }


def clues(question: str, most: int | None = None) -> list[Clue]:
    """What a question asks for; the words that only make it a question are left out.

    Each distinct clue comes once. Where nothing else is left, all words count. `most`: how many are wanted.
    """
    return content(question, most) or [
        _clue(form) for form in islice(_forms(unicodedata.normalize("NFKC", question)), most)
    ]


def content(question: str, most: int | None = None) -> list[Clue]:
    """The same, and nothing where all words only make it a question."""
    text = unicodedata.normalize("NFKC", question)
    if _CJK.search(text):
        text = _QUESTION_CJK.sub(" ", text)
    return [_clue(form) for form in islice(dict.fromkeys(_forms(text)), most)]


@lru_cache(maxsize=20_000)
def _clue(form: Forms) -> Clue:
    return Clue(form, SINGLE_WEIGHT if form[0].startswith(_SINGLE) else 1.0)


def query_terms(found: Iterable[Clue]) -> dict[str, float]:
    """The terms to search for, with their weights; a trace of a loanword weighs less than the word."""
    weighed: dict[str, float] = {}
    for clue in found:
        for form in clue.forms:
            factor = SKELETON_WEIGHT if form.startswith(_SKELETON) else 1.0
            weighed[form] = max(weighed.get(form, 0.0), clue.weight * factor)
    return weighed


def is_word(term: str) -> bool:
    """Whether a term stands for a word or pair of characters itself, not for a weaker trace of one."""
    return not term.startswith((_SINGLE, _SKELETON))


def is_pair(term: str) -> bool:
    """Whether a term is two neighbouring CJK characters."""
    return len(term) == 2 and _PAIR.fullmatch(term) is not None


def _forms(text: str, loanwords: bool | None = None) -> Iterator[Forms]:
    text = unicodedata.normalize("NFKC", _LINK.sub(" ", text))
    if loanwords is None:
        loanwords = _CYRILLIC.search(text) is not None
    tokens = (_ASCII_TOKENS if text.isascii() else _TOKENS).findall(text)
    plain = max(map(len, tokens), default=0) <= _LONGEST_REMEMBERED and not _CJK.search(text)
    return chain.from_iterable(map(_word if plain else _token, tokens, repeat(loanwords)))


def _token(token: str, loanwords: bool) -> Iterable[Forms]:
    if token >= _FIRST_CJK and _CJK.match(token):
        return _cjk(token)
    return _word(token, loanwords) if len(token) <= _LONGEST_REMEMBERED else _read(token, loanwords)


@lru_cache(maxsize=50_000)
def _word(token: str, loanwords: bool) -> tuple[Forms, ...]:
    return tuple(_read(token, loanwords))


def _read(token: str, loanwords: bool) -> Iterator[Forms]:
    return _cyrillic(token.lower()) if _CYRILLIC.match(token) else _latin(token, loanwords)


def _cjk(run: str) -> Iterator[Forms]:
    for position, character in enumerate(run):
        yield (_SINGLE + character,)
        if position + 1 < len(run):
            yield (run[position : position + 2],)


def _cyrillic(token: str) -> Iterator[Forms]:
    for word in _JOINTS.split(token):
        if word not in STOP_WORDS_BULGARIAN:
            yield _with_bones(stem_bulgarian(word), word)


def _latin(token: str, loanwords: bool) -> Iterator[Forms]:
    words = [word[:-1] if _PLURAL_CAPITALS.fullmatch(word) else word for word in _JOINTS.split(token) if word]
    parts: list[str] = []
    for word in words:
        cased = _CAMEL.findall(word)
        if len(cased) > 1 and _IDENTIFIER.search(word):
            yield (word.lower(),)
            parts.extend(part.lower() for part in cased)
        else:
            parts.append(word.lower())
    if len(words) > 1 and not _APOSTROPHE.search(token):
        yield (token.lower() if "_" in token else stem_english("".join(words).lower()),)
    for part in (_BRITISH.sub(r"\1iz\2", part) if "is" in part else part for part in parts):
        if part not in STOP_WORDS:
            yield _with_bones(stem_english(part), part) if loanwords else (stem_english(part),)


def _with_bones(stem: str, word: str) -> Forms:
    bones = skeleton(word)
    return (stem, _SKELETON + bones) if bones else (stem,)
