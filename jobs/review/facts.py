"""Whether an edit of a note changed what it says, or only how it says it.

A passage is told anew as long as nothing that can be right or wrong was touched: numbers (with their units),
names, `code`, what the course defines, negations and words that have an opposite. Layout, white space,
misspellings, order and a few other words are wording. Whole sentences that are new beside the old ones add
something; they change nothing. Nothing here knows meaning: it is made to ask once too often rather than to
miss a changed fact, because a person looks at what it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from jobs.review.choices import Choice
from jobs.review.tellings import Telling, code_lines, digits, read, squeezed
from knowledge.terms import is_word, terms

_REWRITTEN = 0.35
"""Of a passage's words, the share that may go before it counts as another passage."""
_EDITED = 0.5
"""A sentence that shares at least so much of its words with the old passage is an old one, edited."""
_LEFT_OUT = 0.3
"""A sentence of which less than so much is left was taken out."""
_TYPO_LENGTH = 5
"""Words shorter than this are too easily another word to be a misspelling."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a card asks and what answers it."""

    prompt: str
    answer: str
    choices: tuple[Choice, ...] = ()


def fact_changed(before: Content, after: Content, defined: Collection[str] = ()) -> bool:
    """Whether a learner who knew the answer before might be wrong now.

    `defined`: what the note defined before or defines now; a term that came or went is a fact.
    """
    if _right(before.choices) and _right_changed(before.choices, after.choices):
        return True
    return _changed(before.prompt, after.prompt, defined, rewritten=1.0) or _changed(
        before.answer, after.answer, defined, rewritten=_REWRITTEN
    )


def likeness(one: str, other: str) -> float:
    """How much two texts share of their words, 0.0-1.0; a misspelt word is the same word.

    The Sorensen-Dice coefficient over stems (for Chinese over pairs of characters), function words left out;
    1.0 for texts that differ in layout alone, and for two without any word.
    """
    if squeezed(one) == squeezed(other):
        return 1.0
    first, second = _stems(one), _stems(other)
    if not first or not second:
        return 0.0
    shared = first.total() - _missing(first, second).total()
    back = second.total() - _missing(second, first).total()
    return (shared + back) / (first.total() + second.total())


def _right(choices: Iterable[Choice]) -> list[str]:
    return [choice.text for choice in choices if choice.correct]


def _right_changed(before: Sequence[Choice], after: Sequence[Choice]) -> bool:
    old, new = _right(before), _right(after)
    if len(old) != len(new):
        return True
    return any(
        not any(likeness(one, other) == 1.0 and not _changed(one, other, (), 1.0) for other in new)
        for one in old
    )


def _changed(before: str, after: str, defined: Collection[str], rewritten: float) -> bool:
    if squeezed(before) == squeezed(after):
        return False
    old, new = read(before), read(after)
    stems = _stems(before)
    edited = [one for one in new if _shared(one.text, stems) >= _EDITED]
    return (
        _rewritten(stems, _stems(after)) > rewritten
        or any(_shared(one.text, _stems(after)) < _LEFT_OUT for one in old)
        or _code_changed(before, after)
        or _facts_changed(old, new, edited, before, after)
        or _moved_numbers(old, edited)
        or any(_flipped(one, old, edited) for one in ("opposites", "negations"))
        or _terms_changed(defined, old, new, edited)
    )


def _facts_changed(
    old: Sequence[Telling], new: Sequence[Telling], edited: Sequence[Telling], before: str, after: str
) -> bool:
    """A number, name or piece of code that went, or that came into a sentence that was there."""
    had, has = _united(old, "numbers"), _united(new, "numbers")
    if had - has or _united(edited, "numbers") - had:
        return True
    for names, other in ((_names(old), after), (_names(edited), before)):
        there = _stems(other)
        if any(_missing(_stems(name), there) for name in names):
            return True
    return any(squeezed(code) not in squeezed(after) for code in _united(old, "code")) or any(
        squeezed(code) not in squeezed(before) for code in _united(edited, "code")
    )


def _moved_numbers(old: Sequence[Telling], edited: Sequence[Telling]) -> bool:
    """Beside the same word stands another of the numbers now: 12 and 24 changed places."""
    was, now = _beside(old), _beside(edited)
    return any(not was[word] & now[word] for word in was.keys() & now.keys())


def _beside(tellings: Sequence[Telling]) -> dict[tuple[str, str], set[str]]:
    """The numbers behind each word, and before each word."""
    found: dict[tuple[str, str], set[str]] = {}
    for telling in tellings:
        for number, before, after in telling.neighbours:
            for side, word in (("behind", before), ("before", after)):
                for stem in _stems(word):
                    found.setdefault((side, stem), set()).add(number)
    return found


def _flipped(kind: str, old: Sequence[Telling], edited: Sequence[Telling]) -> bool:
    if kind == "negations":
        return sum(one.negations for one in old) != sum(one.negations for one in edited)
    had, has = _united(old, "opposites"), _united(edited, "opposites")
    return any(f"{'-' if word[0] == '+' else '+'}{word[1:]}" in has - had for word in had - has)


def _terms_changed(
    defined: Collection[str], old: Sequence[Telling], new: Sequence[Telling], edited: Sequence[Telling]
) -> bool:
    """A term of the note went, or came into a sentence that was there."""
    had, has, came = (
        {stem for one in tellings for stem in _stems(one.text)} for tellings in (old, new, edited)
    )
    listed = [wanted for term in defined if (wanted := set(_stems(term)))]
    return any(
        (wanted <= had and not wanted <= has) or (wanted <= came and not wanted <= had) for wanted in listed
    )


def _code_changed(before: str, after: str) -> bool:
    """A line of a code block went or reads otherwise."""
    old, new = code_lines(before), code_lines(after)
    moves = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return any(kind in ("replace", "delete") for kind, *_ in moves) and bool(Counter(old) - Counter(new))


def _united(tellings: Iterable[Telling], name: str) -> frozenset[str]:
    return frozenset[str]().union(*(getattr(one, name) for one in tellings))


def _names(tellings: Iterable[Telling]) -> frozenset[str]:
    return _united(tellings, "names")


def _rewritten(stems: Counter[str], others: Counter[str]) -> float:
    """The share of words that went; numbers are looked at by themselves."""
    words = Counter({word: count for word, count in stems.items() if not word.isdigit()})
    return _missing(words, others).total() / max(words.total(), 1)


def _shared(text: str, stems: Counter[str]) -> float:
    own = _stems(text)
    return 1 - _missing(own, stems).total() / own.total() if own else 1.0


@lru_cache(maxsize=8192)
def _stems(text: str) -> Counter[str]:
    return Counter(term for term in terms(digits(text)) if is_word(term))


def _missing(some: Counter[str], others: Counter[str]) -> Counter[str]:
    """Which words of some the others lack, misspellings aside."""
    lacking, spare = some - others, others - some
    for word in list(lacking):
        if twin := next((other for other in spare if _misspelt(word, other)), None):
            lacking[word] -= min(lacking[word], spare[twin])
    return +lacking


def _misspelt(one: str, other: str) -> bool:
    """Whether one letter of a longer word is wrong, missing, too much, or changed places with the next."""
    if min(len(one), len(other)) < _TYPO_LENGTH or any(sign.isdigit() for sign in one + other):
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]
