"""Gaps in sentences: a term that its sentence names or defines is left out, to be typed or picked.

Only sentences that say what belongs there: "… is called X", "X is a …", "the `x` function …".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.review.choices import Choice
from jobs.review.definitions import language_of
from jobs.review.prompts import Prompt, heading, plain
from jobs.review.standing import about_a_person, long_enough, stands_alone, teaches
from jobs.review.wordings import GAP, WORDINGS
from knowledge.notes import Language, Note, Section, content_hash
from knowledge.terms import is_word, terms
from knowledge.units import Unit, split_units

OTHERS = 3
_CODE = r"`[^`\n]{3,40}`"
_TERM = (
    r"(?:\*\*[^*\n]{2,45}\*\*|\*[^*\n]{2,45}\*|(?<!\w)_[^_\n]{2,45}_(?!\w)"
    r"|[“\"][^”\"\n]{3,40}[”\"]|[„«][^“”»\n]{3,40}[“”»])"
)
_NAMED = re.compile(
    rf"(?:\b(?:is|are|was|be|been|also|often|commonly|usually)?\s*(?:called|known as|referred to as"
    rf"|termed)\s+(?:an?\s+|the\s+)?"
    rf"|\b(?:се нарича[тш]?|наричан[аои]?|наречен[аои]?|известн[аои] като)\s+"
    rf"|(?:称为|称之为|叫做|叫作|称作|被称为)\s*)(?P<term>{_TERM}|{_CODE}"
    rf"|(?<=[为做作])[\w\u3400-\u9fff -]{{2,14}}?(?=\s*[（(）)。，,；;]|$)"
    r"|(?:(?<=нарича )|(?<=наричат )|(?<=наречени )|(?<=наречен ))[\w-]+(?:\s[\w-]+)?(?=\s*[.,;)]))"
    r"(?:\s*[(（](?P<short>[^()（）]{2,40})[)）])?"
)
_SUBJECT = re.compile(
    rf"^(?:[Aa]n?\s+|[Tt]he\s+)?(?P<term>{_TERM}|{_CODE}|[A-Z][\w-]*(?:\s[A-Z][\w-]*){{0,2}}"
    rf"|[А-Я][\w-]*(?:\s[\w-]+)?|[\w\u3400-\u9fff -]{{2,14}}?)"
    r"(?:\s*[(（](?P<short>[^()（）]{2,30})[)）])?"
    r"\s*(?:\s(?:is|are|refers to|means|stands for)\s+(?:an?|the(?!\s+(?:one|same|first|most"
    r"|best)\b))\b(?!\s+(?:good|great|bit|little|lot)\b)"
    r"|\s(?:е|са|означава|представлява(?:т)?)\s+(?!от\b|в\b|по-|много\b|важн|добр|нужн|необход|подходящ)"
    r"|(?:是指|指的是|是一[种个类款项]|是用于|是用来))(?P<rest>.+)$",
    re.DOTALL,
)
_KINDS = {
    "function": r"functions?|methods?|функци\w+|метод\w*|函数|方法",
    "argument": r"arguments?|parameters?|аргумент\w*|парамет\w+|参数",
    "class": r"class(?:es)?|objects?|клас\w*|обект\w*|类|对象",
    "attribute": r"attributes?|propert(?:y|ies)|атрибут\w*|свойств\w+|属性",
    "library": r"librar(?:y|ies)|packages?|modules?|библиотек\w+|пакет\w*|库|模块|包",
}
_ANY_KIND = "|".join(f"(?P<{name}>{said})" for name, said in _KINDS.items())
_CODE_SAID = re.compile(rf"(?P<term>{_CODE})\s*(?P<kind>{_ANY_KIND})(?![a-zа-я])", re.IGNORECASE)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*(?:\(\))?")
_VAGUE = re.compile(
    r"^\W*(?:the\s+)?(?:result|goal|idea|aim|purpose|problem|reason|answer|difference|advantage|main|first|second|next"
    r"|last|key|model|models|tokenizer|thing|step|output|input|data|question|default|good|new|part|parts|text|texts"
    r"|word|words|most|many|one|two|you|целта|идеята|проблемът|резултатът|моделът|моделите|данните|目标|问题|结果|模型"
    r"|目的|关键|数据|方法|它们?|输出|输入"
    r"|cost|price|first \w+|第.*|最.*|主要.*|.*[的你我就都也不可需要].*)\W*$",
    re.IGNORECASE,
)
_HOLE = "\ue000"
"""Stands for the gap while markup is taken off, of which underscores are part."""
_SHORTHAND = re.compile(r"\s*[(（].*?[)）]")


@dataclass(frozen=True, slots=True)
class _Gap:
    """A term within a sentence."""

    sentence: str
    term: str
    kind: str
    """named | defined | one of `_KINDS`"""
    short: str
    section: Section
    start: int
    end: int


def clozes(note: Note) -> list[Prompt]:
    """The note's sentences with a gap, as many as are fair by themselves."""
    gaps = [gap for section in note.sections if teaches(section) for gap in _gaps(section)]
    return [prompt for gap in gaps if (prompt := _prompt(gap, gaps, note.language))]


def _gaps(section: Section) -> Iterator[_Gap]:
    for unit in split_units(section):
        if unit.kind not in ("sentence", "item") or unit.question or unit.task or unit.leads:
            continue
        raw = " ".join(unit.text.split())
        sentence = plain(raw)
        if not (stands_alone(sentence) and long_enough(sentence) and sentence[-1] in ".。！!"):
            continue
        yield from _in_sentence(unit, section, raw)


def _in_sentence(unit: Unit, section: Section, raw: str) -> Iterator[_Gap]:
    named = _NAMED.search(raw)
    code = list(_CODE_SAID.finditer(raw))
    subject = _SUBJECT.match(raw)
    if named:
        found, kind, short = named, "named", named["short"] or ""
    elif code and len(code) == 1 and len(re.findall(_CODE, raw)) == 1:
        found = code[0]
        kind = next(name for name in _KINDS if found[name])
        short = ""
    elif subject and not re.match(r"`", subject["term"]):
        found, kind, short = subject, "defined", subject["short"] or ""
    else:
        return
    term = _bare(found["term"])
    if kind == "named" and found["term"].startswith("`") and not re.search(r"[\u3400-\u9fff]", raw):
        return  # what a file or a data set happens to be called
    if not _askable(term, kind) or (kind == "defined" and not _is_name(found, section, raw)):
        return
    before, after = raw[: found.start("term")], raw[found.end("term") :]
    if short:
        after = re.sub(r"^\s*[(（][^()（）]*[)）]", "", after)
    if kind == "defined":
        before = re.sub(r"^(?:an?|the)\s+", "", before, flags=re.IGNORECASE)
    sentence = f"{plain(f'{before}{_HOLE}{after}')}".replace(_HOLE, GAP)
    yield _Gap(sentence, term, kind, _bare(short), section, unit.start, unit.end)


def _askable(term: str, kind: str) -> bool:
    words = term.split()
    if _VAGUE.match(term) or len(words) > 4 or not re.search(r"[^\W\d_]{2}", term):
        return False
    if kind in _KINDS:
        return bool(_IDENTIFIER.fullmatch(term)) and len(term) > 3
    return len(term) > 3 or term.isupper() or bool(re.search(r"[\u3400-\u9fff]{2}", term))


def _is_name(found: re.Match[str], section: Section, sentence: str) -> bool:
    """Whether the subject names something: emphasised, glossed, an acronym, or what its section is about."""
    if about_a_person(sentence):
        return False
    term = _bare(found["term"])
    emphasised = found["term"] != term or bool(found["short"])
    about = term.casefold() in heading(section.title).casefold()
    return emphasised or about or bool(re.search(r"[A-Z].*[A-Z]", term))


def _prompt(gap: _Gap, gaps: list[_Gap], language: Language) -> Prompt | None:
    spoken = language_of(gap.sentence.replace(GAP, ""), language)
    if _stems(gap.term) & _stems(gap.sentence) or (gap.short and _stems(gap.short) & _stems(gap.sentence)):
        return None
    if gap.kind in _KINDS:
        choices = _beside(gap, gaps)
        text = WORDINGS[spoken]["gap_of"].format(sentence=gap.sentence)
        if len(choices) <= OTHERS:
            return None
        return Prompt(
            "cloze", text, gap.section, gap.start, gap.end, own=True, choices=choices, quality=_worth(gap)
        )
    text = WORDINGS[spoken]["gap"].format(sentence=gap.sentence)
    return Prompt(
        "cloze",
        text,
        gap.section,
        gap.start,
        gap.end,
        own=True,
        expected=accepted(gap.term, gap.short),
        quality=_worth(gap),
    )


def _beside(gap: _Gap, gaps: list[_Gap]) -> tuple[Choice, ...]:
    """The name among others of its kind that share no word with it or with the sentence."""
    own, told = _stems(gap.term), _stems(gap.sentence)
    others = {
        other.term: other
        for other in gaps
        if other.kind == gap.kind
        and other.term.endswith("()") == gap.term.endswith("()")
        and ("_" in other.term) == ("_" in gap.term)
        and other.term[0].isupper() == gap.term[0].isupper()
        and not _stems(other.term) & own
        and not _stems(other.term) & told
    }
    listed = sorted(others, key=lambda term: content_hash(gap.term + term))[:OTHERS]
    return (Choice(f"`{gap.term}`", correct=True), *(Choice(f"`{term}`") for term in listed))


def accepted(term: str, short: str = "") -> tuple[str, ...]:
    """The term as the note has it, then without what stands in brackets, then what stands there."""
    bare = _SHORTHAND.sub("", term)
    inside = re.findall(r"[(（](.*?)[)）]", term)
    short = re.sub(r"^(?:aka|or|also(?: called)?|или|също|或|即|又称)\s*", "", short, flags=re.IGNORECASE)
    return tuple(dict.fromkeys(one.strip() for one in (term, bare, *inside, short) if one.strip()))


def _worth(gap: _Gap) -> float:
    base = {"named": 0.9, "defined": 0.8}.get(gap.kind, 0.7)
    return base - 0.1 * (len(gap.sentence) > 200)


def _bare(term: str) -> str:
    return plain(term).strip(' `*_“”"„«».,;:。，').strip()


def _stems(text: str) -> set[str]:
    return {term for term in terms(text.replace(GAP, " ")) if is_word(term)}
