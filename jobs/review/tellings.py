"""A passage taken apart into what it tells, sentence by sentence: numbers, names, code, negations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.review.prompts import plain
from knowledge.sentences import sentences
from knowledge.terms import CJK, STOP_WORDS, STOP_WORDS_BULGARIAN

_FENCE = re.compile(r"^\s*(```|~~~)")
_NEW_UNIT = re.compile(r"^\s*(?:[-*+>|]|#{1,6}\s|\d{1,3}[.)]\s|[（(]?[一二三四五六七八九十]{1,3}[、.）)])")
_MARKER = re.compile(r"^\s*(?:(?:[-*+>]|#{1,6}|\d{1,3}[.)])\s+)+(?:\[[ xX]\]\s+)?")
_HAN = re.compile(f"[{CJK}]")
_INLINE_CODE = re.compile(r"`+([^`]+)`+")
_COMMENT = re.compile(r"(?:#|//).*$")
_WORD = re.compile(rf"[{CJK}]|[^\W{CJK}]+(?:[-.'’_/][^\W{CJK}]+)*|[^\w\s]")
_UNITS = (
    "ms|s|sec|min|h|kb|mb|gb|tb|kib|mib|gib|hz|mhz|ghz|px|mm|cm|m|km|g|kg|days?|weeks?|months?|years?|hours?"
    "|minutes?|seconds?|мс|с|сек|мин|ч|мм|см|м|км|г|кг|дни|ден|седмиц[аи]|месец[аи]?|годин[аи]|час[а]?|минут[аи]"
    "|天|日|周|个?月|年|小时|分钟|秒|毫秒"
)
_NUMBER = re.compile(
    rf"(?<![a-zа-я_\d.,])[-−]?(\d+(?:[.,]\d+)*)(?:\s?(%|‰|°)|\s?({_UNITS})(?![a-zа-я]))?", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_NUMBER_WORDS = {
    word: str(number)
    for number, words in {
        0: "zero нула 零",
        2: "two twice два две двама дваж двукратно 两 二",
        3: "three три трима трети 三",
        4: "four четири 四",
        5: "five пет 五",
        6: "six шест 六",
        7: "seven седем 七",
        8: "eight осем 八",
        9: "nine девет 九",
        10: "ten десет 十",
        11: "eleven единадесет",
        12: "twelve дванадесет",
        20: "twenty двадесет",
        100: "hundred сто 百",
        1000: "thousand хиляда хиляди 千",
        1_000_000: "million милион милиона",
        0.5: "half половин половина 半",
    }.items()
    for word in words.split()
}
"""Without *one*, which mostly counts nothing."""
_LETTERS = re.compile(r"[a-zа-я]+", re.IGNORECASE)
_UNCOUNTED = re.compile("万一|十分|百分|三角|四舍五入|第[二三四五六七八九十]|其[二三]")
"""Characters for numbers in Chinese words that count nothing."""
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|without|cannot|nor|neither|nothing)\b|n['’]t\b"
    r"|\b(?:не|няма|нямат|никога|без|нито|никой|никое|никоя|нищо|недей(?:те)?)\b"
    r"|[不没無无未勿]|并非|而非",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(r"\bnot only\b|\bне само\b|不仅|不但|不同|不断|不过|无论|未来|不少", re.IGNORECASE)
_OPPOSITES = (
    (
        r"increas\w*|rais\w+|grow\w*|увелич\w+|повиш\w+|растат?|增加|提高|增大|上升",
        r"decreas\w*|lower\w*|reduc\w+|shrink\w*|намал\w+|понижа?\w+|спада\w*|减少|降低|减小|下降",
    ),
    (r"more|повече|更多", r"less|fewer|по-малко|更少"),
    (
        r"large[rst]*|big\w*|high\w*|голям\w*|по-голям\w*|висок\w*|висок[аои]|大|高",
        r"small\w*|low|малк\w*|по-малък|ниск\w*|小|低",
    ),
    (r"fast\w*|quick\w*|бърз\w*|по-бърз\w*|快", r"slow\w*|бавн\w*|по-бавн\w*|慢"),
    (r"before|преди|之前|以前", r"after|след|之后|以后"),
    (r"first|първ\w+|第一|首先", r"last|последн\w+|最后"),
    (r"always|винаги|总是", r"never|rarely|никога|рядко|从不|很少"),
    (r"all|every|всички|всеки|всяк\w+|所有|每", r"some|few|някои|малко|某些|一些"),
    (r"add\w*|добав\w+|添加|加上", r"remov\w+|delet\w+|премах\w+|изтри\w+|删除|去掉|移除"),
    (r"max\w*|най-голям\w*|максим\w*|最大", r"min(?:im\w*)?|най-малк\w*|миним\w*|最小"),
    (r"left|ляв\w+|наляво|左", r"right|десн?\w+|надясно|右"),
    (r"true|yes|correct\w*|вярн\w+|正确|真", r"false|wrong|incorrect\w*|грешн\w+|невярн\w+|错误|假"),
    (r"positiv\w+|положителн\w+|正", r"negativ\w+|отрицателн\w+|负"),
    (r"inputs?|вход\w*|输入", r"outputs?|изход\w*|输出"),
    (r"encod\w+|кодира\w*|编码", r"decod\w+|декодира\w*|解码"),
    (r"same|equal|еднакв\w+|равн\w+|相同|相等", r"different|различн\w+|不同"),
    (r"must|required|трябва|задължителн\w+|必须", r"may|optional|може|незадължителн\w+|可以|可选"),
)
_SIDES = tuple(
    (f"{sign}{number}", re.compile(rf"(?<![\w-])(?:{_latin})(?![\w-])|{_han}", re.IGNORECASE))
    for number, pair in enumerate(_OPPOSITES)
    for sign, side in zip("+-", pair, strict=True)
    for _latin, _han in [
        (
            "|".join(one for one in side.split("|") if not re.search(f"[{CJK}]", one)),
            "|".join(one for one in side.split("|") if re.search(f"[{CJK}]", one)) or "(?!)",
        )
    ]
)


@dataclass(frozen=True, slots=True)
class Telling:
    """One sentence, and what in it can be right or wrong."""

    text: str
    numbers: frozenset[str]
    """As values with their units: `0.9`, `12`, `5 ms`; number words too."""
    neighbours: tuple[tuple[str, str, str], ...]
    """Each number with the nearest word before it and behind it; empty where there is none."""
    names: frozenset[str]
    code: frozenset[str]
    negations: int
    opposites: frozenset[str]
    """Which words that have an opposite it holds: `+3` for one side of a pair, `-3` for the other."""


def read(text: str) -> list[Telling]:
    """The sentences of a passage outside of its code blocks."""
    found = []
    for unit in _units(text):
        code = frozenset(one.strip() for one in _INLINE_CODE.findall(unit))
        found += [_telling(sentence, code) for sentence, _, _ in sentences(plain(unit), 1)]
    return found


def code_lines(text: str) -> list[str]:
    """The lines of a passage's code blocks, without white space and comments."""
    return [line for line in ("".join(_COMMENT.sub("", one).split()) for one in _split(text)[1]) if line]


def squeezed(text: str) -> str:
    """Letters, digits and what counts in code, without layout, case and markup."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in text if sign.isalnum() or sign in "%+=<>/@$^&~\\[]{}−")


def _split(text: str) -> tuple[list[str], list[str]]:
    """The lines outside of code blocks, and those inside."""
    prose: list[str] = []
    code: list[str] = []
    fenced = False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            prose.append("")
        else:
            (code if fenced else prose).append(line)
    return prose, code


def _units(text: str) -> Iterator[str]:
    """Paragraphs, list items, rows: however their lines are broken."""
    unit: list[str] = []
    for line in (*_split(text)[0], ""):
        if unit and (not line.strip() or _NEW_UNIT.match(line)):
            yield " ".join(unit)
            unit = []
        if line.strip():
            unit.append(_MARKER.sub("", line).strip().strip("|").strip())


def _telling(sentence: str, code: frozenset[str]) -> Telling:
    numbers = _numbers(sentence)
    negated = _NO_NEGATION.sub(" ", sentence)
    return Telling(
        sentence,
        frozenset(number for number, _, _ in numbers),
        tuple(numbers),
        frozenset(_names(_INLINE_CODE.sub(" ` ", sentence))),
        frozenset(one for one in code if one in sentence),
        len(_NEGATION.findall(negated)),
        frozenset(name for name, side in _SIDES if side.search(sentence)),
    )


def digits(text: str) -> str:
    """The text with its number words as digits; Chinese ones stay."""
    return _LETTERS.sub(lambda match: _NUMBER_WORDS.get(match[0].casefold(), match[0]), text)


def _numbers(sentence: str) -> list[tuple[str, str, str]]:
    found = []
    for match in _NUMBER.finditer(sentence):
        value = _THOUSANDS.sub("", match[1]).replace(",", ".")
        unit = (match[2] or match[3] or "").casefold()
        found.append((f"{value} {unit}".strip(), match.start(), match.end()))
    counted = _UNCOUNTED.sub(lambda match: "\u3000" * len(match[0]), sentence)
    for match in _WORD.finditer(counted):
        if value := _NUMBER_WORDS.get(match[0].casefold(), ""):
            found.append((value, match.start(), match.end()))
    return [(number, *_around(sentence, start, end)) for number, start, end in found]


def _around(sentence: str, start: int, end: int) -> tuple[str, str]:
    before = [word for word in _WORD.findall(sentence[:start]) if _tells(word)]
    after = [word for word in _WORD.findall(sentence[end:]) if _tells(word)]
    # A Chinese character alone says little: two of them are a word.
    near, far = (2 if one and _HAN.match(one[at]) else 1 for one, at in ((before, -1), (after, 0)))
    return "".join(before[-near:]), "".join(after[:far])


def _tells(word: str) -> bool:
    folded = word.casefold()
    return word[0].isalnum() and folded not in STOP_WORDS and folded not in STOP_WORDS_BULGARIAN


def _names(sentence: str) -> Iterator[str]:
    """What a sentence begins with, words with a capital or with capitals or digits within, and Latin words
    among other letters."""
    foreign = re.search(rf"[{CJK}\u0400-\u052f]", sentence) is not None
    first = begins = True
    for match in _WORD.finditer(sentence):
        word = match[0]
        if not word[0].isalnum():
            begins = word not in ",;'’"
            continue
        marked = any(sign.isupper() for sign in word[1:]) or (
            any(sign.isdigit() for sign in word) and any(sign.isalpha() for sign in word)
        )
        latin = foreign and word.isascii() and word.isalpha() and len(word) > 1
        if _tells(word) and (marked or latin or (word[0].isupper() and (first or not begins))):
            yield word
        first = begins = False
