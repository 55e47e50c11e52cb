"""Steps in their order: which one comes right after another, where a numbered list is a procedure."""

from __future__ import annotations

import re

from jobs.review.blocks import Block, blocks
from jobs.review.choices import Choice
from jobs.review.definitions import language_of
from jobs.review.prompts import Prompt, heading, plain
from jobs.review.standing import broken, teaches
from jobs.review.wordings import WORDINGS
from knowledge.notes import Note, Section
from knowledge.sentences import sentences

LEAST, MOST = 4, 9
"""Steps of a procedure that is asked for."""
_LONGEST = 110
_STEPS = re.compile(
    r"\b(?:steps?|process|procedure|algorithm|workflow|recipe|stages?|phases?|in this order"
    r"|step[- ]by[- ]step|loop|pipeline consists)\b"
    r"|стъпк|процес|процедур|алгоритъм|етап|последователност|\bред\b"
    r"|步骤|流程|过程|阶段|顺序|依次|第一步|一步步|算法",
    re.IGNORECASE,
)
_TELLS_PLACE = re.compile(
    r"^\W*(?:first|second|third|then|next|finally|lastly|last|start|begin|after|before|once|repeat|again|now"
    r"|първо|второ|после|след|накрая|започн|повтор|отново|首先|然后|接着|最后|其次|重复|再次|开始|第.步)"
    r"|\b(?:step \d|again|finally|previous|(?:first|last) step)\b|стъпка \d|上一步|第.步",
    re.IGNORECASE,
)


def procedures(note: Note) -> list[Prompt]:
    """For each procedure, what comes after each of its steps."""
    found: list[Prompt] = []
    for section in note.sections:
        if teaches(section):
            for listed, lead in _lists(section):
                found += _asked(note, section, listed, lead)
    return found


def _lists(section: Section) -> list[tuple[list[Block], str]]:
    """The numbered lists with the paragraph before each."""
    found: list[tuple[list[Block], str]] = []
    lead = ""
    run: list[Block] = []
    for block in (*blocks(section), None):
        if block is not None and block.kind == "number":
            run.append(block)
            continue
        if run:
            found.append((run, lead))
        run = []
        lead = block.text if block is not None and block.kind == "text" else ""
    return found


def _asked(note: Note, section: Section, listed: list[Block], lead: str) -> list[Prompt]:
    title = heading(section.title)
    last = ([""] + [sentence for sentence, _, _ in sentences(lead, 1)])[-1]
    if not LEAST <= len(listed) <= MOST or not (_STEPS.search(last) or _STEPS.search(title)):
        return []
    if any(re.search(r"[?？]\W*$", block.text) for block in listed):
        return []
    steps = [_step(block.text) for block in listed]
    if len({re.findall(r"\w+", step)[-1:] == re.findall(r"\w+", steps[0])[-1:] for step in steps}) == 1:
        return []  # all end alike: kinds of one thing rather than things to do
    if any(
        not step or len(step) > _LONGEST or broken(step) or step.endswith(("?", "？", ":", "："))
        for step in steps
    ):
        return []
    found = []
    for at, step in enumerate(steps[:-1]):
        right = steps[at + 1]
        others = [one for place, one in enumerate(steps) if place not in (at, at + 1)]
        if _TELLS_PLACE.search(right) or (at == 0 and _TELLS_PLACE.search(step)):
            continue
        spoken = language_of(" ".join(steps), note.language)
        text = WORDINGS[spoken]["after"].format(heading=title or note.title, step=step)
        # Those that stand nearest are the hardest to tell apart.
        near = sorted(others, key=lambda one: abs(steps.index(one) - at - 1))[:3]
        choices = (Choice(right, correct=True), *(Choice(one) for one in near))
        quality = 0.75 - 0.05 * abs(at - (len(steps) - 2) / 2)
        found.append(
            Prompt(
                "order",
                text,
                section,
                listed[0].start,
                listed[-1].end,
                own=True,
                choices=choices,
                quality=quality,
            )
        )
    return found


def _step(text: str) -> str:
    """The step's name where it has one in bold, else its first sentence."""
    if bold := re.match(r"\*\*([^*]{3,80}?)[.:：]?\*\*", text):
        return plain(bold[1]).strip()
    first = next((sentence for sentence, _, _ in sentences(plain(text), 1)), "")
    return first.rstrip(".。;；").strip()
