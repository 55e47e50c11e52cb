"""Free recall: what a note is reviewed by that asks and defines nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from jobs.review.authored import answers_nothing
from jobs.review.blocks import numbered_lines
from jobs.review.definitions import language_of
from jobs.review.prompts import Prompt, heading, plain
from jobs.review.standing import teaches
from jobs.review.wordings import WORDINGS, Form
from knowledge.notes import Note, Section
from knowledge.terms import content_words

_LEAST_RECALL = 40
"""Characters of prose below which a section is not worth recalling."""
_MOST = 3
"""Recalls of a note."""
_SOME, _MUCH, _HAN = 400, 1_500, 0.4
"""Characters of prose that are worth telling, under a heading that says of what, and under any other; in
Chinese it takes fewer."""
_LEAST_NAMED = 2
"""Words of a heading below which it doesn't say enough of what is to be told."""
_GENERIC = re.compile(
    r"^(?:coming soon|introduction|overview|summary|conclusion|our|your|my|back|getting|let's"
    r"|from|staying|mastering|working|preparing|loading|using|putting|some|other|more|part|step"
    r"|working|preparing|loading|using|putting|some|other|more|part|step"
    r"|day|example|all|what|why|how|when|where|which|who|now|wrapping|going|final|setting up|looking"
    r"|test\w*|try\w*"
    r"|част|стъпка|пример|подготовка|друг\w+)\b|^(?:training|intended|model|evaluation|variable)\b.*\b(?:procedure|uses?|description|results?|data|metrics)$"
    r"|^(?:注意事项|模型描述|训练数据|训练过程|评估结果|限制.*|局限.*)$"
    r"|^(?:本章)?(?:介绍|简介|引言|总结)$|^(?:你[会将能]|精通|让我们|使用方法|准备|示例|例子|步骤|加载|如何|为什么|其他|更|回到|测试|尝试|安装)",
    re.IGNORECASE,
)
"""Headings that only mean something in their place."""


def recalled(note: Note) -> list[Prompt]:
    """A free recall for each section with prose: what a note without any other card is reviewed by."""
    prompts = [
        Prompt("recall", _asked(note, section), section, *span, own=True)
        for section in note.sections
        if not answers_nothing(section) and (span := _prose(section))
    ]
    if prompts:
        return prompts
    return [
        Prompt("recall", _asked(note, section), section, *span, own=True)
        for section in note.sections
        if (span := _lines(section))
    ][:1]


def recalled_section(note: Note, section: Section) -> Prompt | None:
    """A free recall of one section; None if there is nothing but its heading."""
    span = _lines(section)
    return Prompt("section", _asked(note, section), section, *span, own=True) if span else None


def recalls(note: Note, admits: Callable[[Prompt], bool]) -> list[Prompt]:
    """Of the free recalls of a note those of the longest sections whose heading says what to tell.

    Where no heading does, the first one, unless all that there is is a few lines of greeting or farewell.
    """
    found = recalled(note)
    fit = [one for one in found if teaches(one.section) and _named(one.section.title) and _long(one.section)]
    longest = sorted(fit, key=lambda one: -len(one.section.text))
    chosen = [one for one in longest if admits(one)][:_MOST]
    if chosen:
        return sorted(chosen, key=lambda one: one.start)
    topical = [one for one in found if _names_a_topic(one.section.title or note.title)]
    long = [one for one in found if _length(one.section) >= _MUCH * (_HAN if _is_chinese(one.section) else 1)]
    return (topical or long)[:1]


def _long(section: Section) -> bool:
    return _length(section) >= _SOME * (_HAN if _is_chinese(section) else 1)


def _length(section: Section) -> int:
    return sum(len(line.strip()) for _, line in numbered_lines(section))


def _is_chinese(section: Section) -> bool:
    return bool(re.search(r"[\u3400-\u9fff]", section.text))


def _named(title: str) -> bool:
    return _names_a_topic(title) and len(content_words(heading(title))) >= _LEAST_NAMED


def _names_a_topic(title: str) -> bool:
    """Whether a heading says what is to be told, even out of its place."""
    named = heading(title)
    open_ended = named.endswith((":", "：", "!", "！", "?", "？", "…"))
    return not (open_ended or _GENERIC.search(named))


def _asked(note: Note, section: Section) -> str:
    title = section.title or note.title
    form: Form = "explain" if _names_a_topic(title) else "sum_up"
    language = language_of(title, note.language) if note.language == "en" else note.language
    return WORDINGS[language][form].format(term=heading(plain(title)) or title)


def _prose(section: Section) -> tuple[int, int] | None:
    text = sum(len(line.strip()) for _, line in numbered_lines(section))
    return _lines(section) if text >= _LEAST_RECALL else None


def _lines(section: Section) -> tuple[int, int] | None:
    """The section's lines without its heading and the blank lines around; None if nothing is left."""
    lines = section.text.split("\n")
    full = [
        number for number, line in enumerate(lines) if line.strip() and not (number == 0 and section.level)
    ]
    return (section.start + full[0], section.start + full[-1]) if full else None
