"""Questions that a language model proposes for a section, and what of them may enter a deck.

What it says is data: it is parsed strictly, held against the section's own lines and put through the gates
that every made question goes through (`jobs.review.gates`). A section that tells the model something else to
do can bring about a bad question, which the gates drop, and nothing more.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from jobs.llm import LanguageModel
from jobs.review.choices import Choice, inline
from jobs.review.gates import Gates, Refusal, holds
from jobs.review.prompts import Prompt, plain
from jobs.review.proposal_form import SCHEMA, Proposal, instructions, material, parsed
from jobs.review.proposed import ORIGIN
from jobs.review.standing import broken, long_enough, points
from jobs.review.wordings import GAP, WORDINGS
from knowledge.language import detect_language
from knowledge.notes import Language, Note, Section

log = logging.getLogger(__name__)

PER_SECTION = 3
"""Proposed questions that a section may have."""
MOST_PROPOSED = 8
"""Of one answer that are looked at: each costs a search."""
_LINES = 3
"""Lines that a quote may run over."""

Gate = Refusal | Literal["malformed", "enough", "quote", "language", "wording", "twice"]
GATES: Final[tuple[Gate, ...]] = (
    "malformed",
    "enough",
    "quote",
    "language",
    "wording",
    "twice",
    "several",
    "given away",
    "form",
    "not in the section",
    "says too little",
    "elsewhere",
)
"""In the order in which they are passed.

`malformed`: it has another form than asked for; `enough`: the section has its share; `quote`: its quote
doesn't stand in the section, or holds no answer; `wording`: the question makes no sense by itself; `twice`:
it is asked already. The others are those of `jobs.review.gates`.
"""


@dataclass(slots=True)
class Proposed:
    """What came of one section, or of several."""

    sections: int = 0
    proposed: int = 0
    accepted: list[Prompt] = field(default_factory=list)
    refused: Counter[Gate] = field(default_factory=Counter)
    held: int = 0
    """Sections that were left to another process, which is at them."""

    def add(self, other: Proposed) -> None:
        """Counts another section in."""
        self.sections += other.sections
        self.proposed += other.proposed
        self.accepted += other.accepted
        self.refused += other.refused
        self.held += other.held


def propose(
    model: LanguageModel, gates: Gates, note: Note, section: Section, known: Collection[str]
) -> Proposed:
    """Asks the model about one section; `known`: the questions that the note's cards ask already.

    The errors are those of `LanguageModel.ask`.
    """
    language = detect_language(section.text)
    sent = material(section.title or note.title, section.text)
    given = parsed(model.ask(instructions(language, note.title), sent, SCHEMA))
    found = Proposed(sections=1, proposed=len(given))
    asked = {_bare(one) for one in known}
    for place, proposal in enumerate(given):
        prompt: Prompt | None = None
        if place >= MOST_PROPOSED or len(found.accepted) >= PER_SECTION:
            refusal: Gate | None = "enough"
        elif proposal is None:
            refusal = "malformed"
        else:
            prompt, refusal = _held_against(section, proposal, language)
        if prompt is not None:
            refusal = "twice" if _bare(prompt.text) in asked else gates.refusal(note, prompt)
        if prompt is None or refusal is not None:
            found.refused[refusal or "malformed"] += 1
            log.info("question %d proposed for %s, %s is dropped: %s", place, note.path, section.id, refusal)
            continue
        asked.add(_bare(prompt.text))
        found.accepted.append(_as_card(prompt))
    return found


def _held_against(section: Section, given: Proposal, language: Language) -> tuple[Prompt | None, Gate | None]:
    """The question as the gates read it, which look for what is expected; else what is wrong."""
    span = _lines_of(section, given.quote)
    quote, answer = plain(given.quote), plain(inline(given.answer))
    if span is None or not holds(quote, answer):
        return None, "quote"
    prompt = Prompt(ORIGIN, plain(inline(given.question)), section, *span, own=True, expected=(answer,))
    if given.kind == "cloze":
        answer = answer.strip("`")
        sentence = _with_gap(quote, answer)
        if sentence is None or not long_enough(sentence):
            return None, "quote" if sentence is None else "says too little"
        text = WORDINGS[language]["gap"].format(sentence=sentence)
        return replace(prompt, origin="cloze", text=text, expected=(answer,)), None
    if detect_language(prompt.text) != language:
        return None, "language"
    if points(prompt.text) or broken(prompt.text) or GAP in prompt.text:
        return None, "wording"
    if given.kind == "free":
        return prompt, None
    if any(holds(quote, plain(one)) for one in given.distractors):
        return None, "several"
    choices = (Choice(answer, correct=True), *(Choice(plain(one)) for one in given.distractors))
    return replace(prompt, choices=choices, expected=()), None


def _as_card(prompt: Prompt) -> Prompt:
    """A gap is filled with the very word; a free answer is judged by the quoted lines."""
    gap = GAP in prompt.text
    return replace(prompt, origin=ORIGIN, expected=prompt.expected if gap else ())


def _lines_of(section: Section, quote: str) -> tuple[int, int] | None:
    """The lines, below the heading, in which a quote stands word for word; emphasis may be left out of it."""
    lines = section.text.split("\n")
    first = 1 if section.level else 0
    wanted = plain(quote)
    if not wanted:
        return None
    for length in range(1, _LINES + 1):
        for number in range(first, len(lines) - length + 1):
            if wanted in plain("\n".join(lines[number : number + length])):
                return section.start + number, section.start + number + length - 1
    return None


def _with_gap(sentence: str, answer: str) -> str | None:
    """The sentence without the answer, which must stand in it once, as words of its own."""
    chinese = re.search(r"[\u3400-\u9fff]", answer)
    bare = re.escape(answer) if chinese else rf"(?<!\w){re.escape(answer)}(?!\w)"
    if len(re.findall(bare, sentence)) != 1:
        return None
    return re.sub(rf"`?{bare}`?", GAP, sentence)


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
