"""What the author of a note asks: quiz lists, choice questions, questions with their answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from jobs.review.blocks import Block, blocks, code_of, numbered_lines
from jobs.review.checklists import OPTION, checklists, options
from jobs.review.choices import inline, usable
from jobs.review.folded import unfolded
from jobs.review.labelled import labelled
from jobs.review.mdx import Tagged, tagged
from jobs.review.plans import PLAN
from jobs.review.prompts import NUMBERING, Prompt, plain, prompt_at
from knowledge.notes import Note, Section

QUIZ = re.compile(
    r"\bquiz|\btest (yourself|your)|self[- ]?(test|check|assessment)|check (your|yourself)"
    r"|(review|retrieval|practice|control|comprehension) questions|\bquestions\b|\bflash ?cards?\b"
    r"|\bтест|викторина|самопроверка|самооценка|въпроси|контролни"
    r"|测验|測驗|测试题|測試題|小测|自测|自測|思考题|思考題|复习题|問題集|问答",
    re.IGNORECASE,
)
EXERCISES = re.compile(r"\bexercises?\b|упражнени|练习|練習|习题|習題", re.IGNORECASE)
ANSWERS = re.compile(r"\banswers?\b|\bsolutions?\b|\bkey\b|отговор|решени|答案|解答|题解|題解", re.IGNORECASE)
PRIOR = re.compile(
    r"prior knowledge|before (you )?(start|begin)|warm[- ]?up|предварителни знания"
    r"|先备知识|預備知識|已有知识|先前知识",
    re.IGNORECASE,
)
SUMMARY = re.compile(
    r"\brecap\b|\bsummary\b|\bin short\b|\btl;?dr\b|накратко|обобщение|резюме|小结|小結|总结|總結|摘要|回顾",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\s*(?:<details\b|\(?\**\s*"
    r"(?:(?:correct )?answer|solution|a|(?:верен )?отговор|о|参考答案|參考答案|答案|答|解答)\s*[:：]|→|=>)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"^\**\s*(?:q|question|въпрос|в|问题|問題|问|問)\s*\.?\s*\d{0,3}\s*[:：.)、]\s*\**\s*(?P<text>\S.*)$",
    re.IGNORECASE,
)
_CHECKED = re.compile(r"\[[xXхХ✓✔]\]")
_NUMBERED = re.compile(r"^[#\s]*\(?\d{1,3}\s*[.．、:：)）](?!\d)\s*|^[#\s]+")
"""Also without a space behind it, as Chinese has it."""
_ANCHOR = re.compile(r"\s*\[\[[^\[\]]+\]\]\s*$")
_MARK = re.compile(r"[?？]\W*$")
_LINK = re.compile(r"^\s*(?:[-*+]|\d+\.)?\s*\[[^\]]+\]\([^)]*\)\s*$|^\s*<?https?://\S+$")


_TOLD = 300
"""Characters of prose from which on a section with question tags tells something as well."""
_LONGEST_LEAD = 1_500

Asks = Literal["quiz", "exercises", "title"]


def quiz(note: Note) -> list[Prompt]:
    """The questions of the note's quiz lists, and questions that are followed by their answer."""
    found: list[Prompt] = []
    for section in note.sections:
        asks = _is_quiz(section)
        if tags := tagged(section):
            found += _tagged(section, tags, asks)
            continue
        heading = _QUESTION.match(section.title)
        if heading and _content(section):
            found.append(prompt_at("quiz", heading["text"], section, section.start, section.end, own=True))
        elif asks and (boxed := _boxed(section, asks)):
            found += boxed
            continue
        elif asks and _MARK.search(section.title) and _content(section):
            text = "\n\n".join([plain(NUMBERING.sub("", section.title)), *code_of(section)])
            found.append(Prompt("quiz", text, section, section.start, section.end, own=True))
        found += _pairs(section)
        found += labelled(section)
        if asks and not heading:
            taken = {prompt.start for prompt in found if prompt.section is section}
            listed = [block for block in blocks(section) if block.start not in taken]
            found += _listed(section, listed, asks)
        found = unfolded(section, found, bool(asks))
    return found


def answers_nothing(section: Section) -> bool:
    """Whether a section only asks, or only points elsewhere: never the reference of a card."""
    if any(ANSWERS.search(heading) for heading in section.headings):
        return False
    if _is_quiz(section) in ("quiz", "exercises") or any(
        PLAN.search(h) or PRIOR.search(h) for h in section.headings[-1:]
    ):
        return True
    if labelled(section):
        return True  # a learning path says what to find out
    lines = [line for _, line in numbered_lines(section) if line.strip()]
    if tagged(section) and sum(map(len, lines)) < _TOLD:
        return True
    empty = sum(bool(_MARK.search(line) or _LINK.match(line)) for line in lines)
    code = sum(block.count("\n") + 1 for block in code_of(section))
    return not _content(section) or (empty * 2 > len(lines) and empty > code)


@lru_cache(maxsize=4096)
def _is_quiz(section: Section) -> Asks | None:
    """How sure the headings are that what stands under them is asked; None if nothing says so."""
    if any(ANSWERS.search(heading) for heading in section.headings):
        return None
    under = section.headings if section.level == 1 else section.headings[1:]
    if section.level > 1 and any(QUIZ.search(heading) for heading in under):
        return "quiz"
    if any(EXERCISES.search(heading) for heading in under):
        return "exercises"
    return "title" if any(QUIZ.search(heading) for heading in section.headings[:1]) else None


def _fits(block: Block, question: str, asks: Asks) -> bool:
    """Whether a list item is a question: in a quiz always, of exercises the numbered, else if it asks."""
    if len(plain(question)) < 3 or _LINK.match(block.text):
        return False
    return asks == "quiz" or (asks == "exercises" and block.kind == "number") or bool(_MARK.search(question))


def _listed(section: Section, listed: list[Block], asks: Asks) -> list[Prompt]:
    """The questions among the items of a section."""
    items = [block for block in listed if block.kind != "text"]
    found: list[Prompt] = []
    for block in items:
        question, answer = _cut(block.text)
        question = _asked(question)
        listed_options = [_CHECKED.sub("[ ]", line.strip()) for line in block.body if OPTION.match(line)]
        rest = [line for line in block.body if line.strip() and not OPTION.match(line)]
        if not _fits(block, question, asks):
            continue
        prompt = prompt_at("quiz", question, section, block.start, block.end, own=bool(answer or rest))
        choices, explanation = options(block.body, answer) if listed_options else ((), "")
        if usable(choices):
            prompt = replace(prompt, own=False, choices=choices, explanation=explanation)
        elif listed_options:
            prompt = replace(prompt, text="\n".join([prompt.text, "", *listed_options]))
        found.append(prompt)
    if not items and asks == "quiz":
        found += [
            prompt_at("quiz", _asked(_cut(block.text)[0]), section, block.start, block.end)
            for block in listed
            if _MARK.search(_cut(block.text)[0])
        ]
    return found


def _tagged(section: Section, tags: Iterable[Tagged], asks: Asks | None) -> Iterator[Prompt]:
    """The questions of tags: each asks what stands before it, the first one under a heading also that."""
    title = inline(_ANCHOR.sub("", section.text.split("\n")[0]))
    title = _NUMBERED.sub("", NUMBERING.sub("", title)) if section.level else ""
    numbered = bool(_NUMBERED.match(section.title))
    headed = _MARK.search(section.title) or (asks and numbered) or (asks and not QUIZ.search(section.title))
    for place, tag in enumerate(tags):
        parts = [title] if headed and not place and title else []
        if len(tag.lead) <= _LONGEST_LEAD and (parts or _MARK.search(tag.lead)):
            parts.append(tag.lead)
        elif not parts:
            parts += [part for part in tag.lead.split("\n\n")[-1:] if not part.startswith(("`" * 3, "~~~"))]
        text = "\n\n".join(part for part in parts if part)
        if text and usable(tag.choices):
            yield Prompt("quiz", text, section, tag.start, tag.end, choices=tag.choices)


def _boxed(section: Section, asks: Asks) -> list[Prompt]:
    """The questions that are followed by a list of boxes at the margin."""
    found = []
    for one in checklists(section):
        question, _ = _cut(_asked(NUMBERING.sub("", one.question)))
        if usable(one.choices) and (asks == "quiz" or _MARK.search(question)):
            text = "\n\n".join([plain(question), *one.code])
            found.append(
                Prompt(
                    "quiz",
                    text,
                    section,
                    one.start,
                    one.end,
                    choices=one.choices,
                    explanation=one.explanation,
                )
            )
    return found


def _pairs(section: Section) -> list[Prompt]:
    """`Q: ...` followed by `A: ...`, as paragraphs or items, on one line or on several."""
    found: list[Prompt] = []
    pending: tuple[str, int] | None = None
    for number, line in numbered_lines(section):
        bare = re.sub(r"^\s*(?:[-*+]\s+|\d{1,3}[.)]\s+)?", "", line)
        asked = _QUESTION.match(bare)
        if asked:
            question, answer = _cut(asked["text"])
            pending = (question, number)
            if answer:
                found.append(prompt_at("quiz", question, section, number, number, own=True))
                pending = None
        elif pending and _ANSWER.match(bare):
            found.append(prompt_at("quiz", pending[0], section, pending[1], number, own=True))
            pending = None
        elif found and found[-1].end == number - 1 and line.strip() and not pending:
            last = found[-1]  # the answer goes on
            found[-1] = Prompt("quiz", last.text, section, last.start, number, own=True)
        elif pending and line.strip() and number > pending[1] + 3:
            pending = None
    return found


def _asked(text: str) -> str:
    match = _QUESTION.match(text)
    return match["text"] if match else text


def _cut(text: str) -> tuple[str, str]:
    """The question and the answer that is written behind it, if one is."""
    match = next((found for found in _ANSWER.finditer(text) if found.start() > 0), None)
    if match is None:
        return text.strip(), ""
    before = text[: match.start()]
    # `a:` and `о:` within a word or sentence are no label of an answer.
    if re.search(r"\w$", before) and not text[match.start()].isspace():
        return text.strip(), ""
    return before.strip().rstrip("*(").strip(), text[match.end() :].strip()


def _content(section: Section) -> bool:
    lines = section.text.split("\n")[1 if section.level else 0 :]
    return any(line.strip() for line in lines)
