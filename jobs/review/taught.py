"""Which task of `/try` a section teaches, and on what to try it: the section's own example where it has one.

What is looked at, each with its weight: a pipeline or a call that is the task's own in the section's code,
the section's own heading, how often its prose names the task, and the headings above it; in English,
Bulgarian and Chinese. A section that only mentions a task in passing, or uses one on the way, teaches none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jobs.engine.catalog import MASKS
from jobs.review.examples import Code, code_of, prose_of
from knowledge.notes import Language, Section

LONGEST: Final = 200
"""Characters of an example that is taken over."""
LEAST: Final = 3
"""Points from which on a section teaches a task."""
_CALLED, _OWN, _ABOVE = 4, 3, 1
_MOST_NAMED = 3
"""Points that prose gives at most, one for each time that it names the task."""
_MOST_CALLED = 5


@dataclass(frozen=True, slots=True)
class _Signs:
    """What tells a task."""

    named: re.Pattern[str]
    """In headings and prose."""
    called: re.Pattern[str]
    """In code."""


def _signs(named: str, *called: str) -> _Signs:
    return _Signs(re.compile(named, re.IGNORECASE), re.compile("|".join(called)))


def _pipeline(*names: str) -> str:
    return rf"""\bpipeline\(\s*(?:task\s*=\s*)?["'](?:{"|".join(names)})["']"""


_SIGNS: Final[Mapping[str, _Signs]] = {
    "classify": _signs(
        r"zero[- ]?shot|класификаци\w+ без (?:обучение|примери)|零样本",
        _pipeline("zero-shot-classification"),
    ),
    "sentiment": _signs(
        r"\bsentiment\w*|\bтоналност\w*|\bсентимент\w*|анализ на (?:настроени|мнени)\w*"
        r"|情感分析|情绪分析|情感分类",
        _pipeline("sentiment-analysis", "text-classification"),
    ),
    "ner": _signs(
        r"\bner\b|named[- ]entit\w+|token[- ]classification"
        r"|\b(?:именуван|наименуван)\w* (?:същност|обект|единиц)\w*|命名实体|词元分类|标记分类",
        _pipeline("ner", "token-classification"),
    ),
    "fill-mask": _signs(
        r"fill[- ]?mask|\bmask(?:ed)? (?:filling|language model\w*|words?\b|tokens?\b)|\bhidden word"
        r"|\[MASK\]|<mask>|\bмаскиран\w* (?:език|дум|токен|модел)\w*|\bскрит\w* дум"
        r"|完形填空|掩码(?:语言|词|标记|填充)|填充掩码|遮蔽(?:语言|词)",
        _pipeline("fill-mask"),
    ),
    "similarity": _signs(
        r"\bcosine\b|\b(?:semantic|sentence|text) similarity|\bsimilarity\b|\bsemantic search"
        r"|\bкосинус\w*|\bсемантичн\w* (?:сходств|близост|търсене)\w*|\bсходство\w*"
        r"|余弦|语义相似|句子相似|相似度|语义搜索",
        r"\.similarity\(|\b(?:pytorch_)?cos(?:ine)?_sim(?:ilarity)?\(",
        _pipeline("sentence-similarity"),
    ),
    "tokenize": _signs(
        r"\btokeni[sz]\w+|\bsubwords?\b|\bbyte[- ]pair|\bwordpiece\b|\bтокениз\w+|\bподдум\w+"
        r"|分词|词元化|标记化|子词",
        r"\.tokenize\(|\bconvert_ids_to_tokens\(|\btokenizer(?:\.encode)?\(\s*\[?\s*[\"']",
    ),
    "generate": _signs(
        r"\btext[- ]generation\b|\bautoregressive\b|\bгенериране на текст|\bавторегресив\w+"
        r"|文本生成|生成文本|自回归",
        _pipeline("text-generation"),
        r"\bmodel\.generate\(",
    ),
    "embed": _signs(
        r"\b(?:sentence|text|word) embeddings?\b|\bвлагани[яе] на изречени\w+|\bембединг\w*"
        r"|句子嵌入|文本嵌入|句向量|词向量",
        _pipeline("feature-extraction"),
    ),
}
"""By task, the more particular ones first: of two that a section speaks of as much, the first is meant."""

EXAMPLES: Mapping[str, Mapping[Language, str]] = {
    "tokenize": {
        "en": "Unbelievable! Transformers are everywhere.",
        "bg": "Невероятно! Трансформърите са навсякъде.",
        "zh": "太不可思议了！到处都是分词器。",
    },
    "similarity": {
        "en": "A cat sleeps on the sofa. | A kitten naps on the couch. | The bank raised its rates.",
        "bg": "Котката спи на дивана. | Котето дреме на канапето. | Банката повиши лихвите.",
        "zh": "猫在沙发上睡觉。 | 小猫在沙发上打盹。 | 银行提高了利率。",
    },
    "embed": {
        "en": "A sentence becomes numbers.",
        "bg": "Изречението се превръща в числа.",
        "zh": "一个句子变成数字。",
    },
    "classify": {
        "en": "The team won the match in the last minute",
        "bg": "Отборът спечели мача в последната минута",
        "zh": "球队在最后一分钟赢得了比赛",
    },
    "sentiment": {"en": "I love this course, but the last chapter was slow."},
    "ner": {"en": "Hugging Face is a company based in New York City."},
    "fill-mask": {"en": "Paris is the [MASK] of France."},
    "generate": {"en": "Explain a tokenizer in one sentence."},
}
"""On what to try a task whose section has no example, by the note's language. English alone where the
default model knows no other."""
LABELS: Mapping[Language, str] = {
    "en": "sports, politics, cooking",
    "bg": "спорт, политика, готварство",
    "zh": "体育, 政治, 烹饪",
}


@dataclass(frozen=True, slots=True)
class Taught:
    """A task of `/try`, and what to try it on."""

    task: str
    text: str
    labels: str = ""
    """For `classify`, as they are typed."""
    own: bool = False
    """Whether the text stands in the section."""
    line: int = 0
    """1-based, in the note: where the section names the task."""


def taught(section: Section, language: Language) -> Taught | None:
    """The task that a section of a note in that language teaches; None: it teaches none of ours."""
    code, prose = code_of(section.text), prose_of(section.text)
    points = {task: _points(section, signs, code, prose) for task, signs in _SIGNS.items()}
    task = max(points, key=points.__getitem__)
    if points[task] < LEAST:
        return None
    at = _named_at(section.text, _SIGNS[task])
    line = section.start + section.text.count("\n", 0, at)
    example = _example(task, code, at)
    labels = _labels(code, language) if task == "classify" else ""
    if example is None:
        known = EXAMPLES[task]
        return Taught(task, known.get(language) or known["en"], labels, line=line)
    return Taught(task, example, labels, own=True, line=line)


def _points(section: Section, signs: _Signs, code: list[Code], prose: str) -> int:
    calls = sum(len(signs.called.findall(block.text)) for block in code)
    named = len(signs.named.findall(prose))
    *above, own = section.headings or ("",)
    if not (calls or named):
        return 0
    return (
        (_CALLED + min(calls, _MOST_CALLED) - 1 if calls else 0)
        + _OWN * bool(signs.named.search(own))
        + _ABOVE * any(signs.named.search(heading) for heading in above)
        + min(named, _MOST_NAMED)
    )


def _named_at(text: str, signs: _Signs) -> int:
    """Where a section calls its task first, else where it names it first beneath its heading."""
    below = text.find("\n") + 1 if text.startswith("#") else 0
    found = signs.called.search(text, below) or signs.named.search(text, below)
    return found.start() if found else 0


def _example(task: str, code: list[Code], at: int) -> str | None:
    """What the section's code gives the task: the first sentences from where it names the task on.

    Of a text with a mask it needs just one.
    """
    said = [text for text in _said(code, at) if len(MASKS.findall(text)) == (task == "fill-mask")]
    if task == "similarity":
        return " | ".join(said[:3]) if len(said) >= 2 and not any("|" in one for one in said[:3]) else None
    return said[0] if said else None


def _said(code: list[Code], at: int) -> list[str]:
    """The texts in code: those behind `at` first, then those before it."""
    texts = sorted((where < at, where, text) for block in code for where, text in block.texts)
    return list(dict.fromkeys(text for _, _, text in texts if len(text) <= LONGEST))


def _labels(code: list[Code], language: Language) -> str:
    own = next((block.labels for block in code if block.labels), ())
    fit = len(own) >= 2 and not any("," in label for label in own)
    return ", ".join(own) if fit else LABELS[language]
