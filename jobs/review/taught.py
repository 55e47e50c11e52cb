"""Which task of `/try` a section teaches, and on what to try it: the section's own example where it has one.

Told by what its code calls, else by its own heading, else by what its prose speaks of more than once, in
English, Bulgarian and Chinese. A section that calls several tasks teaches the one that it calls most, of
these the first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jobs.engine.catalog import MASKS
from knowledge.notes import Language, Section

LONGEST: Final = 200
"""Characters of an example that is taken over."""
_LEAST_SPOKEN = 3
"""How often prose must speak of a task without a call or a heading that names it."""

_PIPELINES: Mapping[str, str] = {
    "sentiment-analysis": "sentiment",
    "text-classification": "sentiment",
    "zero-shot-classification": "classify",
    "fill-mask": "fill-mask",
    "ner": "ner",
    "token-classification": "ner",
    "text-generation": "generate",
    "feature-extraction": "embed",
    "sentence-similarity": "similarity",
}
_PIPELINE = re.compile(r"\bpipeline\(\s*(?:task\s*=\s*)?[\"'](?P<task>[\w-]+)[\"']")
_CALLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("tokenize", re.compile(r"\btokenizer\.(?:tokenize|encode|convert_tokens_to_ids)\(|\btokenizer\(")),
    ("similarity", re.compile(r"\b(?:cos_sim|cosine_similarity|pytorch_cos_sim)\(|\.similarity\(")),
    ("fill-mask", re.compile(r"\bAutoModelForMaskedLM\b")),
    ("ner", re.compile(r"\bAutoModelForTokenClassification\b")),
    ("sentiment", re.compile(r"\bAutoModelForSequenceClassification\b")),
    ("generate", re.compile(r"\bAutoModelForCausalLM\b|\bmodel\.generate\(")),
)
_SPOKEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "classify",
        re.compile(r"\bzero[- ]shot(?: classif\w+)?|класификаци\w+ без (?:обучение|примери)|零样本", re.I),
    ),
    ("sentiment", re.compile(r"\bsentiment\w*|\bтоналност\w*|\bсентимент\w*|情感分析|情绪分析", re.I)),
    (
        "ner",
        re.compile(
            r"\bnamed[- ]entit\w+|\bNER\b|\b(?:именуван|наименуван)\w* (?:същност|обект|единиц)\w*|命名实体",
            re.I,
        ),
    ),
    (
        "fill-mask",
        re.compile(
            r"\bfill[- ]mask\b|\bmask(?:ed)? (?:filling|language model\w*|token\w*)|\[MASK\]|<mask>"
            r"|\bмаскиран\w* (?:език|дум|токен|модел)\w*|完形填空|掩码(?:语言|填充)|遮蔽",
            re.I,
        ),
    ),
    (
        "similarity",
        re.compile(r"\bcosine\b|\bsemantic similarity\b|\bкосинус\w*|\bсходство\w*|余弦|语义相似", re.I),
    ),
    ("tokenize", re.compile(r"\btokeni[sz]\w+|\bтокениза\w+|分词|词元化|标记化", re.I)),
    ("generate", re.compile(r"\btext generation\b|\bгенериране на текст|文本生成", re.I)),
    ("embed", re.compile(r"\bsentence embeddings?\b|\bвлагани[яе] на изречени\w+|句子嵌入|句向量", re.I)),
)
_FENCE = re.compile(r"^(?:```|~~~)(?P<kind>[^\n]*)\n(?P<code>.*?)^(?:```|~~~)", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"\bout(?:put)?\b|error|traceback", re.IGNORECASE)
"""Of a code block's kind: what a program printed."""
_COMPLAINT = re.compile(r"Error\b|[:：]\s*$|\{\w*\}")
"""What no one would give a model: a program's complaint, a prompt for input, a text with gaps."""
_STRING = re.compile(r"(?<![\w\"'])(?:\"(?P<double>[^\"\n\\]{3,400})\"|'(?P<single>[^'\n\\]{3,400})')")
_LABELS = re.compile(r"\bcandidate_labels\s*=\s*\[(?P<labels>[^\]]+)\]")
_NAME = re.compile(r"[\w./@:-]+\Z")
_SAID = re.compile(r"\w+(?:\W+\w+){2,}|[\u3400-\u9fff]{4,}")

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
    found = _called(section.text) or _named(section) or _spoken(section.text)
    if found is None:
        return None
    task, at = found
    line = section.start + section.text.count("\n", 0, at)
    example = _example(task, section.text, at)
    labels = _labels(section.text, language) if task == "classify" else ""
    if example is None:
        known = EXAMPLES[task]
        return Taught(task, known.get(language) or known["en"], labels, line=line)
    return Taught(task, example, labels, own=True, line=line)


def _called(text: str) -> tuple[str, int] | None:
    """The task that code calls most, and where it does so first."""
    calls = [
        (match.start(), _PIPELINES[match["task"]])
        for match in _PIPELINE.finditer(text)
        if match["task"] in _PIPELINES
    ]
    if not calls:
        code = [(match.start("code"), match["code"]) for match in _FENCE.finditer(text)]
        calls = [
            (begin + match.start(), task)
            for begin, block in code
            for task, pattern in _CALLS
            for match in pattern.finditer(block)
        ]
    return _most(calls)


def _named(section: Section) -> tuple[str, int] | None:
    """The task that the section's own heading names."""
    return next(((task, 0) for task, spoken in _SPOKEN if spoken.search(section.title)), None)


def _spoken(text: str) -> tuple[str, int] | None:
    """The task that prose speaks of most, if more than once."""
    said = [(match.start(), task) for task, spoken in _SPOKEN for match in spoken.finditer(text)]
    most = _most(said)
    often = Counter(task for _, task in said)
    return most if most and often[most[0]] >= _LEAST_SPOKEN else None


def _most(found: list[tuple[int, str]]) -> tuple[str, int] | None:
    often = Counter(task for _, task in found)
    best = min(found, key=lambda one: (-often[one[1]], one[0]), default=None)
    return (best[1], best[0]) if best else None


def _example(task: str, text: str, at: int) -> str | None:
    """What the section's code gives the task: the first sentences in quotes from where it names the task on.

    Of a text with a mask it needs just one.
    """
    said = [sentence for sentence in _sentences(text, at) if (task != "fill-mask" or _one_mask(sentence))]
    if task == "similarity":
        return " | ".join(said[:3]) if len(said) >= 2 and not any("|" in one for one in said[:3]) else None
    return said[0] if said else None


def _sentences(text: str, at: int) -> list[str]:
    """What stands in quotes in code and reads as a sentence: behind `at` first, then before it."""
    behind: list[str] = []
    before: list[str] = []
    for block in _FENCE.finditer(text):
        if _OUTPUT.search(block["kind"]):
            continue
        for match in _STRING.finditer(block["code"]):
            sentence = " ".join((match["double"] or match["single"]).split())
            if _reads_well(sentence):
                (behind if block.start("code") + match.start() >= at else before).append(sentence)
    return list(dict.fromkeys([*behind, *before]))


def _reads_well(sentence: str) -> bool:
    fits = len(sentence) <= LONGEST and not _NAME.match(sentence) and not _COMPLAINT.search(sentence)
    return fits and _SAID.search(sentence) is not None


def _one_mask(sentence: str) -> bool:
    return len(MASKS.findall(sentence)) == 1


def _labels(text: str, language: Language) -> str:
    match = _LABELS.search(text)
    own = [one["double"] or one["single"] for one in _STRING.finditer(match["labels"])] if match else []
    return ", ".join(own) if len(own) >= 2 and not any("," in one for one in own) else LABELS[language]
