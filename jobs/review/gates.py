"""What a made question must be before it enters a deck, whoever made it.

Every gate looks at a prompt and tells what is wrong with it. All but the last read only the prompt and its
note: the answer stands in the section, the question doesn't tell it, the form of the choices doesn't either,
and just one of them is right. The last one asks the question: its own section must be among what is found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from statistics import median
from typing import Literal

from jobs.review.choices import usable
from jobs.review.prompts import Prompt, plain
from jobs.review.references import References
from jobs.review.wordings import GAP
from knowledge.notes import Note
from knowledge.terms import content_words

Refusal = Literal["several", "given away", "form", "not in the section", "says too little", "elsewhere"]
"""Why a prompt doesn't enter."""

_LONGER, _SHORTER = 1.8, 0.45
"""How far the right choice may stand out in length from the middle one of the others."""
_SHORT = 12
"""Characters below which lengths tell nothing."""
_LEAST_AROUND = 5
"""Content words that must be left around a gap."""
_ARTICLE = re.compile(rf"\b(?P<article>an?)\s+\W*{GAP}", re.IGNORECASE)
_VOWEL = re.compile(r"^\W*(?:[aeio]|u(?!ni|se|ti|til)|(?:[FHLMNRSX](?=[A-Z\d]))|8)", re.IGNORECASE)


class Gates:
    """The gates of one course."""

    def __init__(self, references: References) -> None:
        self._references = references

    def refusal(self, note: Note, prompt: Prompt) -> Refusal | None:
        """Why the prompt must not enter; None: it may."""
        found = unfair(note, prompt)
        if found is None and not self._references.finds_itself(note, prompt):
            return "elsewhere"
        return found


def unfair(note: Note, prompt: Prompt) -> Refusal | None:
    """What is wrong with a prompt by itself; the first gate that it fails."""
    for gate in _GATES:
        if found := gate(note, prompt):
            return found
    return None


def _one_right(_: Note, prompt: Prompt) -> Refusal | None:
    """Just one choice is right, and no two say the same."""
    if not prompt.choices:
        return None
    said = Counter(_level(choice.text) for choice in prompt.choices)
    single = sum(choice.correct for choice in prompt.choices) == 1
    return None if usable(prompt.choices) and single and max(said.values()) == 1 else "several"


def _given_away(note: Note, prompt: Prompt) -> Refusal | None:
    """Neither question nor title holds a choice, or more of the answer's words than of any other."""
    shown = f"{note.title}\n{prompt.text}"
    if any(holds(shown, answer) for answer in (*prompt.expected, *(one.text for one in prompt.choices))):
        return "given away"
    if prompt.expected and not prompt.choices:
        return (
            "given away" if alike(shown, prompt.expected[0]) or spelled_out(prompt.expected, shown) else None
        )
    for share in (_share_of_words, _share_of_signs):
        right = max((share(shown, one.text) for one in prompt.choices if one.correct), default=0.0)
        others = max((share(shown, one.text) for one in prompt.choices if not one.correct), default=0.0)
        if right > others:
            return "given away"
    return None


def _share_of_words(shown: str, choice: str) -> float:
    return alike(shown, choice) / max(len(_content(choice)), 1)


def _share_of_signs(shown: str, choice: str) -> float:
    """Of a Chinese term's characters those that are shown; below half of them it tells nothing."""
    signs = set(re.findall(r"[\u3400-\u9fff]", choice))
    share = sum(sign in shown for sign in signs) / max(len(signs), 1)
    return share if share >= _HALF and len(choice) <= _TERM_HAN else 0.0


def _form(_: Note, prompt: Prompt) -> Refusal | None:
    """The right choice doesn't stand out by its length, nor alone by code, capital, script or article."""
    right = [choice.text for choice in prompt.choices if choice.correct]
    others = [choice.text for choice in prompt.choices if not choice.correct]
    if not right or not others:
        return None
    middle = median(len(text) for text in others)
    length = len(right[0])
    unique = length > max(map(len, others)) or length < min(map(len, others))
    if unique and max(length, middle) > _SHORT and not _SHORTER * middle <= length <= _LONGER * middle:
        return "form"
    if any(all(trait(right[0]) != trait(other) for other in others) for trait in _TRAITS):
        return "form"
    if article := _ARTICLE.search(prompt.text):
        wanted = article["article"].casefold() == "an"
        if any(bool(_VOWEL.match(text)) != wanted for text in (*right, *others)):
            return "form"
    return None


def _told(_: Note, prompt: Prompt) -> Refusal | None:
    """The right answer stands in the section."""
    section = _level(plain(prompt.section.text))
    answers = [*prompt.expected[:1], *(choice.text for choice in prompt.choices if choice.correct)]
    return None if all(_level(answer) in section for answer in answers) else "not in the section"


def _determined(_: Note, prompt: Prompt) -> Refusal | None:
    """A gap has enough around it to say what belongs there."""
    around = prompt.text if GAP in prompt.text else ""
    if not around or prompt.origin not in ("cloze", "code"):
        return None
    return "says too little" if len(content_words(around)) < _LEAST_AROUND else None


_HALF = 0.5
_TERM_HAN = 6
"""Characters up to which a Chinese choice is a term."""
_ROOT = 5
"""Letters that two words begin with alike if they are of one root."""
_LETTERS = str.maketrans(
    dict(zip("абвгдезийклмнопрстуфхъ", "abvgdeziiklmnoprstufhe", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ь": "", "ю": "yu", "я": "ya"}
)
_GATES: tuple[Callable[[Note, Prompt], Refusal | None], ...] = (
    _one_right,
    _given_away,
    _form,
    _told,
    _determined,
)
_TRAITS: tuple[Callable[[str], object], ...] = (
    lambda text: "`" in text,
    lambda text: text[:1].isupper(),
    lambda text: bool(re.search(r"[\u0400-\u04ff]", text)),
    lambda text: bool(re.search(r"[\u3400-\u9fff]", text)),
    lambda text: text.rstrip("`")[-1:] in ".。!?:)）",
    lambda text: any(sign.isdigit() for sign in text),
    lambda text: bool(re.match(r"(?:an?|the)\s", text, re.IGNORECASE)),
    lambda text: "(" in text or "（" in text,
)


def holds(text: str, phrase: str) -> bool:
    """Whether a text holds a phrase as words of its own; Chinese has no spaces, so anywhere."""
    text, phrase = _level(text), _level(phrase)
    if not phrase:
        return False
    return bool(re.search(rf"(?<![a-z0-9а-я_]){re.escape(phrase)}(?:s|es)?(?![a-z0-9а-я_])", text))


def alike(text: str, answer: str) -> int:
    """How many words of an answer are in a text, or begin as a word of it does, in either alphabet."""
    known, begun = content_words(text), _roots(text)
    return sum(bool({word} & known or _roots(word) & begun) for word in _content(answer))


def _content(text: str) -> set[str]:
    """The words as written, or what stands for them where they aren't written apart."""
    written = {word for word in re.findall(r"[^\W\d_]+", text.casefold()) if content_words(word)}
    return written if len(written) > 1 or not re.search(r"[\u3400-\u9fff]", text) else content_words(text)


def _roots(text: str) -> set[str]:
    """What the longer words begin with, in Latin letters."""
    words = (word.translate(_LETTERS) for word in re.findall(r"[^\W\d_]+", text.casefold()))
    return {word[:_ROOT] for word in words if len(word) >= _ROOT and word.isascii()}


def spelled_out(answers: Iterable[str], text: str) -> bool:
    """Whether a text spells out what one of the answers is short for: words in a row with its initials."""
    initials = "".join(word[0] for word in re.findall(r"\w+", text)).casefold()
    return any(re.fullmatch(r"[A-Z]{3,6}", one) and one.casefold() in initials for one in answers)


def _level(text: str) -> str:
    return " ".join(text.replace("`", "").casefold().split())
