"""What turns a statement into its opposite, in English, Bulgarian and Chinese.

Vectors hardly tell *higher* from *lower*, nor a sentence from its negation, so that these are told by word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from knowledge.terms import terms

_NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|neither|nor|without|cannot|can't|isn't|aren't|don't|doesn't|won't"
    r"|didn't|wasn't|needn't|unable|impossible|hardly|scarcely)\b|n['’]t\b"
    r"|\b(?:не|няма|нямат|без|никога|никой|нито|нищо|никакв\w+|невъзможно|едва ли)\b"
    r"|不(?!同|仅|但|断|过)|没有?|无法|无须|无需|并非|未|(?<!分)别(?!的|人)",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\b(?:not only|rather than|instead of|не само|а не|вместо)\b|不仅|不但|不只|而不是|不是[^,;。]{1,8}而是",
    re.IGNORECASE,
)
"""What sets something beside another without denying what the clause says."""

_PREFIX = re.compile(r"^(?:un|in|im|non-?|не)(?=\w{4})")
_AXES: Mapping[str, tuple[str, str]] = {
    "amount": (
        r"more|larger|bigger|greater|increas\w+|grow\w*|adds?|повече|по-голям\w*|увелич\w+|расте\w*"
        r"|更多|更大|增加|增大|变大|加倍|较多",
        r"less|fewer|smaller|decreas\w+|reduc\w+|shrink\w*|remov\w+|throws? \w+ away|по-малк\w+|намал\w+"
        r"|маха\w*|更少|更小|减少|减小|变小|较少|降低|删去|去掉",
    ),
    "height": (
        r"high(?:er|est)?|ris(?:e|es|ing)|goes up|up|(?:по-|най-)?висок\w*|раст\w+|高|上升",
        r"low(?:er|est)?|falls?|goes down|down|drops?|(?:по-|най-)?нис(?:ък|ка|ко|ки)\w*|пада\w*"
        r"|спада\w*|低|下降",
    ),
    "speed": (
        r"fast(?:er|est)?|quick\w*|speed\w* up|(?:по-|най-)?бърз\w*|快",
        r"slow(?:er|est|s|ly)?|(?:по-|най-)?бав\w+|慢",
    ),
    "rank": (
        r"most (?:frequent|common|likely)|frequent\w*|най-чест\w*|чест\w+|най-много|最多|最常|频繁|最大",
        r"least (?:frequent|common|likely)|rar(?:e|est|ely)|най-рядк\w*|ряд(?:ък|ка|ко|ки)\w*"
        r"|най-малко|最少|罕见|最小",
    ),
    "weight": (r"heav(?:y|ier)|тежък|по-теж\w+|重(?!要)", r"light(?:er)?|лек|по-лек\w*|轻"),
    "order": (
        r"before|previous\w*|past|preced\w+|преди|предишн\w+|之前|前面|过去",
        r"after|next|future|following|след|следващ\w*|бъдещ\w+|之后|后面|未来",
    ),
    "scope": (
        r"all|every|each|whole|entire|complete\w*|всичк\w+|цял\w+|всек\w+|所有|全部|整个",
        r"only|just|single|само|единствен\w*|只有?|仅",
    ),
    "certainty": (
        r"random\w*|случаен|случайн\w+|随机",
        r"determin\w+|certain|fixed|определен\w*|сигур\w+|确定",
    ),
    "worth": (r"better|best|good|(?:по-|най-)?доб\w+|好", r"worse|worst|bad|(?:по-|най-)?лош\w*|差|坏"),
    "place": (
        r"start\w*|begin\w*|first|начал\w+|първ\w+|开始|首先|从头",
        r"end|last|край\w*|послед\w+|结束|最后",
    ),
    "action": (
        r"merg\w+|join\w*|слив\w*|合并",
        r"split\w*|remov\w+|раздел\w+|разбив\w+|маха\w*|删去|切分|分割",
    ),
    "frozen": (r"freez\w+|frozen|замраз\w+|冻结", r"train(?:s|ed|ing)?\b|обучава\w*|训练"),
    "gain": (r"gain\w*|retain\w*|keeps?|запазва\w*|保留", r"los(?:e|es|t|ing)|губ\w+|丢失"),
}
_HAN = "\u3400-\u9fff"


def _pattern(words: str) -> re.Pattern[str]:
    """Whole words in an alphabet; anywhere in Chinese."""
    parts = re.split(r"\|(?![^(]*\))", words)
    chinese = [part for part in parts if re.search(f"[{_HAN}]", part)]
    spelled = [part for part in parts if part not in chinese]
    return re.compile("|".join((rf"\b(?:{'|'.join(spelled)})\b", *chinese)), re.IGNORECASE)


_SIDES = tuple((axis, _pattern(up), _pattern(down)) for axis, (up, down) in _AXES.items())


def negations(text: str) -> int:
    """How often a text denies something."""
    return len(_NEGATIONS.findall(_NO_DENIAL.sub(" ", text)))


def sides(text: str) -> dict[str, frozenset[int]]:
    """Of each axis that a text speaks of, the ends that it names."""
    found: dict[str, frozenset[int]] = {}
    for axis, up, down in _SIDES:
        ends = {end for end, pattern in ((1, up), (-1, down)) if pattern.search(text)}
        if ends:
            found[axis] = frozenset(ends)
    return found


def axis_words(word: str) -> bool:
    """Whether a word is one of those that name an end of an axis."""
    return any(up.fullmatch(word) or down.fullmatch(word) for _, up, down in _SIDES)


def negated_word(word: str, forms: Collection[str]) -> bool:
    """Whether a word is one of those stems with a prefix that denies it: *unlimited*, *неограничен*."""
    bare = _PREFIX.sub("", word.lower())
    if bare == word.lower() or len(bare) < 4:
        return False
    return any(term in forms for term in terms(bare, loanwords=False)) and not any(
        term in forms for term in terms(word, loanwords=False)
    )
