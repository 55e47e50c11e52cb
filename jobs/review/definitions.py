"""Questions made from what a note defines, and, where it defines nothing, from what it tells.

A made question holds the term and nothing of its meaning; a fill-in holds the meaning and nothing of the
term.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.review.authored import answers_nothing
from jobs.review.blocks import Block, blocks, rows
from jobs.review.plans import PLAN
from jobs.review.prompts import Prompt, plain
from jobs.review.standing import about_a_person, teaches
from jobs.review.wordings import WORDINGS, Form
from knowledge.notes import Language, Note, Section

_PITFALLS = re.compile(
    r"pitfall|mistake|common error|misconception|грешк|заблуд|капан|误区|誤區|陷阱|常见错误|常見錯誤|易错",
    re.I,
)
_BOLD = re.compile(
    r"^(?:\*\*|__)(?P<term>[^*\n]{1,80}?)\s*(?P<inside>[:：]?)(?:\*\*|__)"
    r"(?P<note>\s*[(（][^)）]{1,60}[)）])?"
    r"(?P<joint>\s*(?:[:：]|[–—]|\s-\s|=)\s*"
    r"|\s+(?:is|are|means|refers to|е|са|означава|представлява(?:т)?)\s+"
    r"|\s*(?:是指|是|指的是|指|即)\s*)?(?P<meaning>.*)$"
)
_PLAIN = re.compile(
    r"^(?P<term>`[^`]+`|[^:：–—*_\[\]`]{2,50}?)\s*(?:[:：](?!//)|\s[–—-]\s)\s*(?P<meaning>\S.*)$"
)
_TERM_HEADER = re.compile(
    r"^(term|concept|notion|word|name|element|component|понятие|термин|дума|концепция|име|术语|術語|概念|名词|名詞|名称|名稱)$",
    re.I,
)
_MEANING_HEADER = re.compile(
    r"meaning|definition|description|explanation|what it (is|does|means)"
    r"|значение|определение|описание|обяснение|какво (е|означава)"
    r"|含义|含義|定义|定義|说明|說明|解释|解釋|描述|意思",
    re.I,
)
_DATE = re.compile(r"\b(19|20)\d\d\b|^\d+$")
_LABEL = re.compile(
    r"^(note|notes|example|examples|e\.g\.?|comment|tip|tips|warning|see|source|task|todo|input|output|goal|focus"
    r"|step \d+|question|answer|time estimate|duration|author|date|version"
    r"|забележка|пример|примери|задача|фокус|въпроси?|отговор|цел|внимание|стъпка \d+"
    r"|注意|注|例|例如|例子|示例|提示|任务|目标|问题|答案|说明|步骤\d*)$",
    re.I,
)
_QUOTED = re.compile(
    r"(?:\*{1,3}|_{1,3})[^*_]+(?:\*{1,3}|_{1,3})[.。]?|\*(?!\*).+(?<!\*)\*|[\"“„«「『][^\"”“»」』]+[\"”“»」』][.。]?"
)
"""A title or what somebody says, and nothing besides: no meaning."""
PHRASE = re.compile(
    r"(?:第[一二三四五六七八九十\d]+|请|不要|避免|增加|减少|降低|提高|使用)"
    r"|(?:may|might|can|could|should|must|will|do|don['’]t|start|stop|increase|decrease|lower|raise|reduce|check"
    r"|train|use|try|add|avoid|keep|make|set|get|run|adjust|choose|better|worse|larger|smaller|higher|more|less"
    r"|fewer|longer|shorter|too|very|recommended|optional|default|first|second|third|next|last"
    r"|използвай\w*|избягвай\w*|провер\w+|добав\w+|намал\w+|увелич\w+|по-\w+|най-\w+|първ\w+|втор\w+|трет\w+"
    r")(?![\w-])",
    re.IGNORECASE,
)
"""A term that begins so is advice, a value or a place in a row rather than the name of something."""
_LONG_TERM = 6
_LEANS = re.compile(r"\b(?:it|this|that|these|those|them|there)\b|\b(?:това|този|тази|тези)\b|[它这那]", re.I)
"""What only means something beside what was said before."""
_BRIEF, _BRIEF_HAN = 3, 5
"""Words, or Chinese characters, from which on a step says what is done."""
_DOING = re.compile(r"^(?:从|对|将|把|给|生成|提取)|^\w+ing\s+(?:\S+\s+){2,}\S+$")
"""A term that says what is done rather than what it is called."""
_WHO = 120
"""Characters of a meaning in which a person is introduced."""
_LEAST_MEANING = 8
_MOSTLY = 0.35


@dataclass(frozen=True, slots=True)
class Definition:
    """A term with what the note says it is, and the lines that say so."""

    term: str
    meaning: str
    section: Section
    start: int
    end: int
    step: bool = False
    """One of a numbered list: something to do rather than something that is."""


def definitions(note: Note) -> list[Definition]:
    """The note's definitions, each term once, in order."""
    found: dict[str, Definition] = {}
    labels = Counter(label for section in note.sections for label in _labels(section))
    for section in note.sections:
        if answers_nothing(section) or any(PLAN.search(heading) for heading in section.headings):
            continue
        for definition in _defined(section, labels):
            found.setdefault(definition.term.casefold(), definition)
    return list(found.values())


def asked_about(note: Note) -> list[Definition]:
    """The definitions worth a question: not of people, nor where a note greets or sums up."""
    return [
        found
        for found in definitions(note)
        if teaches(found.section)
        and not about_a_person(found.meaning[:_WHO])
        and not _DOING.match(found.term)
        and not (found.step and _brief(found.term))
        and not _LEANS.search(found.term)
        and not (
            PHRASE.match(found.term) and not found.step and form_of(found, note.language)[0] != "pitfall"
        )
        and not ("-" in found.term and _said_by(found.meaning, found.term))
    ]


def defined(note: Note) -> list[Prompt]:
    """A question for each definition."""
    return [
        Prompt(
            "definition",
            text,
            found.section,
            found.start,
            found.end,
            own=True,
            expected=(found.term.strip("`"),) if form_of(found, note.language)[0] == "fill" else (),
        )
        for found in asked_about(note)
        if (text := _question(found, note.language))
    ]


def asks_for(question: str, term: str) -> bool:
    """Whether a question is mostly a term: `What is an embedding?`."""
    name = re.sub(r"\s*[(（].*?[)）]", "", term).strip("` ")
    if len(name) < 2 or len(name) < _MOSTLY * len(question):
        return False
    return bool(re.search(rf"(?<![a-zа-я]){re.escape(name)}(?:s|es)?(?![a-zа-я])", question, re.I))


def form_of(found: Definition, language: Language) -> tuple[Form, Language]:
    """How a definition is asked for freely, and in which language."""
    language = language_of(f"{found.term} {found.meaning}", language)
    if any(_PITFALLS.search(heading) for heading in found.section.headings):
        return "pitfall", language
    if found.term.startswith("`") and found.term.endswith("`") and not _tells(found.meaning, found.term):
        return "fill", language
    words = len(found.term.split()) if language != "zh" else len(found.term) // 2
    return ("explain" if found.step or words > _LONG_TERM else "what"), language


def _question(found: Definition, language: Language) -> str:
    form, language = form_of(found, language)
    term = found.term.rstrip(".?!。？！") if form == "pitfall" else found.term
    return WORDINGS[language][form].format(term=term, meaning=found.meaning)


def _tells(meaning: str, term: str) -> bool:
    """Whether the meaning gives the term away, whole or in one of its longer words."""
    parts = [part for part in re.split(r"[\W_]+", term.casefold()) if len(part) > 3]
    return any(part in meaning.casefold() for part in [term.strip("`").casefold(), *parts])


def _brief(term: str) -> bool:
    if re.search(r"[\u3400-\u9fff]", term):
        return len(term) < _BRIEF_HAN
    return len(term.split()) < _BRIEF


def _said_by(meaning: str, term: str) -> bool:
    """Whether the meaning says each word of a code name: `text-to-image` makes an image of a text."""
    parts = [part for part in re.split(r"[\W_]+", term.casefold()) if len(part) > 2]
    return term.startswith("`") and all(part[:5] in meaning.casefold() for part in parts)


def language_of(text: str, otherwise: Language) -> Language:
    """The language in which to ask about a text: its own script decides, where it has one of ours."""
    if re.search(r"[\u3400-\u9fff]", text):
        return "zh"
    if re.search(r"[\u0400-\u04ff]", text):
        return "bg"
    words = re.findall(r"[A-Za-z]{2,}", text)
    return "en" if len(words) > 3 else otherwise


def _labels(section: Section) -> Iterator[str]:
    for block in blocks(section):
        for text in (block.text, *(line.strip().lstrip("-*+ ") for line in block.body)):
            match = _PLAIN.match(text)
            if match:
                yield match["term"].strip().casefold()


def _defined(section: Section, labels: Counter[str]) -> Iterator[Definition]:
    listed = blocks(section)
    colons = sum(bool(_PLAIN.match(block.text)) for block in listed if block.kind == "bullet")
    for block in listed:
        match = _BOLD.match(block.text)
        if match and (match["joint"] or match["inside"]):
            yield from _definition(section, block, match["term"], match["meaning"] or " ".join(block.body))
        elif not match and block.kind == "bullet" and colons > 1:
            match = _PLAIN.match(block.text)
            if (
                match
                and labels[match["term"].strip().casefold()] == 1
                and len(match["term"].split()) <= _LONG_TERM
            ):
                yield from _definition(section, block, match["term"], match["meaning"])
    for row in rows(section):
        if (
            len(row.cells) > 1
            and _TERM_HEADER.search(row.header[0])
            and _MEANING_HEADER.search(row.header[1])
        ):
            block = Block("row", "", (), row.line, row.line)
            yield from _definition(section, block, row.cells[0], row.cells[1])


def _definition(section: Section, block: Block, term: str, meaning: str) -> Iterator[Definition]:
    quoted = _QUOTED.fullmatch(meaning.strip())
    term, meaning = plain(term).strip(" .,;:").lstrip("-–—• "), plain(meaning)
    unfit = quoted or _DATE.search(term) or _LABEL.match(term) or term.endswith(("?", "？", "!", "！"))
    if len(term) > 1 and not unfit and len(meaning) >= _LEAST_MEANING and re.search(r"[^\W\d]", term):
        step = block.kind == "number"
        yield Definition(term, meaning, section, block.start, block.end, step)
