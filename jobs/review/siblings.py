"""Choice questions made from a note's definitions: which of its terms is described?

The terms beside it in the note are what else can be picked. A question is only made where that is a fair
one: the meaning holds no word of the term, stands by itself, and enough other terms are of its kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.review.choices import Choice
from jobs.review.definitions import PHRASE, Definition, asked_about, form_of, language_of
from jobs.review.prompts import Prompt
from jobs.review.wordings import WORDINGS
from knowledge.notes import Language, Note, content_hash
from knowledge.sentences import sentences
from knowledge.terms import is_word, terms

OTHERS = 3
"""Terms to pick from beside the right one; where there are fewer, nothing is asked."""
_LONGEST_TERM = 40
_MOST_WORDS = 5
_LONGEST_MEANING = 220
_LEAST_WORDS = 5
_LEAST_CHARACTERS = 8
"""Below so many words, or Chinese characters, a meaning only names examples or a field."""
_HANGS = re.compile(
    r"^\W*(?:see\b|as above|same as|also called|short for|e\.g\.|for example"
    r"|the (?:same|other|latter|former)\b"
    r"|виж|вж\.|също|например|съкращение|другият|същото|见|参见|同上|例如|比如|即)"
    r"|[:：]\s*$|https?://",
    re.IGNORECASE,
)
"""A meaning that only makes sense beside its term, or ends before it says anything."""
_MOSTLY_NUMBERS = 0.12


def chosen(note: Note) -> list[Prompt]:
    """A question for each definition that gives a fair one."""
    listed = [found for found in asked_about(note) if _is_term(found, note.language)]
    return [
        Prompt("choice", text, found.section, found.start, found.end, own=True, choices=choices)
        for found in listed
        if (text := _asked(found, note.language)) and (choices := _choices(found, listed, note.language))
    ]


def _is_term(found: Definition, language: Language) -> bool:
    form, _ = form_of(found, language)
    short = len(found.term) <= _LONGEST_TERM and len(found.term.split()) <= _MOST_WORDS
    return form in ("what", "fill") and short and not PHRASE.match(found.term)


def _asked(found: Definition, language: Language) -> str:
    """The question; empty where it would tell its answer, or tell too little."""
    form, spoken = form_of(found, language)
    meaning = _shortened(found.meaning)
    short = len(meaning) < _LEAST_CHARACTERS if spoken == "zh" else len(meaning.split()) < _LEAST_WORDS
    told = _words(found.term) & _words(meaning)
    numbers = sum(sign.isdigit() for sign in meaning) > _MOSTLY_NUMBERS * len(meaning)
    if form == "fill" or short or told or numbers or _HANGS.search(meaning):
        return ""  # a fill-in asks the same already
    return WORDINGS[spoken]["which"].format(meaning=meaning)


def _choices(found: Definition, listed: Sequence[Definition], language: Language) -> tuple[Choice, ...]:
    """The term among others of its kind; empty where there are too few."""
    told = _words(found.meaning)
    own = _words(found.term)
    fitting = [
        other
        for other in listed
        if other is not found
        and _kind(other, language) == _kind(found, language)
        and not _words(other.term) & told  # who reads the meaning would know at once that it isn't this
        and not (own <= _words(other.term) or _words(other.term) <= own)
    ]
    fitting.sort(
        key=lambda other: (
            other.section.id != found.section.id,
            abs(len(other.term.split()) - len(found.term.split())),
            content_hash(found.term + other.term),
        )
    )
    if len(fitting) < OTHERS:
        return ()
    return (Choice(found.term, correct=True), *(Choice(other.term) for other in fitting[:OTHERS]))


def _kind(found: Definition, language: Language) -> tuple[bool, Language]:
    """What terms must share to be taken for one another: code or word, and the script."""
    return found.term.startswith("`"), language_of(found.term, language)


def _shortened(meaning: str) -> str:
    """The first sentences, as many as a question bears; all of it where the first is too long for that."""
    end = 0
    for sentence, _, _ in sentences(meaning, 1):
        after = meaning.index(sentence, end) + len(sentence)
        if end and after > _LONGEST_MEANING:
            break
        end = after
    return meaning[:end] if end <= 2 * _LONGEST_MEANING else ""


def _words(text: str) -> set[str]:
    """Stems, and pairs of Chinese characters."""
    return {term for term in terms(text) if is_word(term)}
