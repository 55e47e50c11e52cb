"""Whether the words that were typed are the words that belong there.

Case, accents, quotes, full-width forms and letters of the other alphabet that look alike make no difference;
nor do plural, article and the like, nor a slip of the finger in a word that is long enough for it. A number,
an identifier or a short word is itself or it isn't.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from knowledge.notes import Language
from knowledge.stems import stem_bulgarian, stem_english
from knowledge.terms import CJK

_ARTICLE = re.compile(r"^(?:the|an?)\s+(?=\S)")
_NOISE = re.compile(r"[^\w\s+#.%-]|(?<!\w)\.(?!\w)|(?<=\w)\.(?!\w)")
_HALF = re.compile(rf"(?<=[{CJK}])\s+(?=[{CJK}])")
_LOOKALIKE = str.maketrans("аеорсухіѕјкмтвнё", "aeopcyxisjkmtbhe")
_OTHER_LETTER = "\u0306"
"""A breve makes й of и: another letter, no accent."""
_MAKER = re.compile(r"(?:[eo]r|тор|ер|ър)(?:s|['’]s|ът|а|ите|и)?$")
"""Who or what does something: an encoder is no encoding, though one stem has both."""
_ONE_SLIP, _TWO_SLIPS = 6, 10
"""Letters from which on a word may hold a slip, or two."""
_PLURAL = re.compile(r"(?<=[a-z]{4})s$")
_CAPITALS = re.compile(r"[a-z][A-Z]")


def same_answer(given: str, expected: str | Iterable[str], language: Language) -> bool:
    """Whether `given` is `expected`, or one of several that are, as a patient teacher would read it.

    `language`: of the card; its articles are left out. Both sides are levelled alike, so that two texts are
    the same whichever of them was given.
    """
    accepted = (expected,) if isinstance(expected, str) else tuple(expected)
    return any(_same(given, one, language) for one in accepted)


def levelled(text: str, language: Language = "en") -> str:
    """A text without what makes no difference to an answer; alike for all that differ in nothing else."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign) or sign == _OTHER_LETTER)
    bare = _NOISE.sub(" ", unicodedata.normalize("NFC", bare)).translate(_LOOKALIKE)
    words = " ".join(re.sub(r"[-_]+", " ", bare).split())
    if language == "en" or words.isascii():
        words = _ARTICLE.sub("", words)
    return _HALF.sub("", words)


def distance(one: str, other: str, most: int) -> int:
    """How many slips lie between two words: a letter added, left out, changed, or two neighbours exchanged.

    The optimal string alignment of F. Damerau, "A technique for computer detection and correction of spelling
    errors", CACM 7(3), 1964. Above `most` it is `most + 1`.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, mine in enumerate(one, 1):
        now = [row]
        for column, theirs in enumerate(other, 1):
            slips = min(last[column] + 1, now[-1] + 1, last[column - 1] + (mine != theirs))
            if row > 1 and column > 1 and mine == other[column - 2] and one[row - 2] == theirs:
                slips = min(slips, before[column - 2] + 1)
            now.append(slips)
        before, last = last, now
        if min(last) > most:
            return most + 1
    return min(last[-1], most + 1)


def _same(given: str, expected: str, language: Language) -> bool:
    one, other = levelled(given, language), levelled(expected, language)
    if not one or not other:
        return bool(given.strip()) and given.strip().casefold() == expected.strip().casefold()
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    if _is_strict(given) or _is_strict(expected):
        return False
    mine, theirs = one.split(), other.split()
    return len(mine) == len(theirs) and _same_words(mine, theirs, _forms(given), _forms(expected))


def _same_words(
    mine: Sequence[str], theirs: Sequence[str], forms: Sequence[str], other_forms: Sequence[str]
) -> bool:
    alike = len(forms) == len(mine) and len(other_forms) == len(theirs)
    return all(
        one == other or (alike and _one_stem(forms[at], other_forms[at])) or _slipped(one, other)
        for at, (one, other) in enumerate(zip(mine, theirs, strict=True))
    )


def _forms(text: str) -> list[str]:
    """The words in their own alphabet, which their endings are told by."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = re.sub(r"[-_]+", " ", _NOISE.sub(" ", folded)).split()
    return words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words


def _one_stem(one: str, other: str) -> bool:
    if bool(_MAKER.search(one)) != bool(_MAKER.search(other)):
        return False
    return _stem(one) == _stem(other)


def _stem(word: str) -> str:
    return stem_bulgarian(word) if "\u0400" <= word[0] <= "\u052f" else stem_english(word)


def _slipped(one: str, other: str) -> bool:
    """Whether one may be the other with slips; what begins or ends otherwise is another: *retraining*."""
    one, other = _PLURAL.sub("", one), _PLURAL.sub("", other)
    length = min(len(one), len(other))
    most = 2 if length >= _TWO_SLIPS else 1 if length >= _ONE_SLIP else 0
    if not most or one[0] != other[0] or one[-1] != other[-1] or re.search(rf"[\d{CJK}]", one + other):
        return False
    return distance(one, other, most) <= most


def _is_strict(text: str) -> bool:
    """Whether it is a number or an identifier, or holds one."""
    return bool(re.search(r"\d|\w_\w|`", text) or _CAPITALS.search(text))
