"""What kind of answer a question wants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.terms import Clue, clues

Kind = Literal["definition", "instruction", "comparison", "time", "number", "other"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read for its form."""

    text: str
    kind: Kind
    clues: tuple[Clue, ...]
    topic: tuple[Clue, ...]
    """What a definition or a date is asked of; empty for other kinds."""
    wanted: tuple[Clue, ...] = ()
    """What is to be named: "Which *models* are ...?"."""
    sides: tuple[tuple[Clue, ...], ...] = ()
    """The two things that a comparison is asked of."""
    many: bool = False
    """Asks for several things, not for one."""


_DEFINITIONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:what|who)(?:'s|’s|\s+(?:is|are|was|were))\s+(?:meant\s+by\s+)?(?:(?:an?|the)\s+)?(?P<topic>[^?,;]{1,60}?)\s*\??$",
        r"^what\s+(?:does|do)\s+(?:(?:an?|the)\s+)?(?P<topic>[^?,;]{1,50}?)\s+(?:mean|do|stand\s+for)\s*\??$",
        r"^(?:define|explain|describe)\s+(?:what\s+(?:is|are)\s+)?(?:(?:an?|the)\s+)?(?P<topic>[^?,;]{1,60}?)[?.]?$",
        r"^(?:какво|що|кое|коя|кой)\s+(?:е|са|означават?|значи|представлява(?:т)?|прави|правят)\s+(?P<topic>[^?,;]{1,60}?)\s*\??$",
        r"^(?:обясни(?:те)?|опиши|опишете|дефинирай(?:те)?)\s+(?:какво\s+(?:е|са|представлява(?:т)?)\s+)?(?P<topic>[^?,;]{1,60}?)[?.]?$",
        r"^(?:请?问?)?(?:什么是|什么叫做?|何为|何谓|请?解释(?:一下)?)\s*(?P<topic>[^?？，,;；]{1,40}?)[?？。]?$",
        r"^(?P<topic>[^?？，,;；]{1,40}?)\s*(?:是什么(?:意思)?|是指?什么|指(?:的是)?什么|的定义(?:是什么)?)[?？。]?$",
    )
]
_ADDENDUM = re.compile(
    r"\s*,?\s+and\s+why\s+(?:does\s+it\s+matter|is\s+it\s+(?:important|needed|useful)|do\s+we\s+need\s+it)(?=\s*\??$)"
    r"|\s*,?\s+и\s+защо\s+(?:е|са)\s+(?:важ\w+|нуж\w+|полез\w+)(?=\s*\??$)"
    r"|[，,]?(?:以及|并且|和)?为什么(?:很|它)?重要(?=[?？]?$)",
    re.IGNORECASE,
)
"""What is often said behind a question for a definition, in words that no note repeats."""
_BARE = re.compile(r"[\w+#-]+(?: [\w+#-]+){0,2}")
"""A few words and nothing else, as one types them into a search box."""
_COMPARISONS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:differences?|distinction)\s+between\s+(?:an?\s+|the\s+)?(?P<one>[^?,;]{1,50}?)\s+and\s+(?:an?\s+|the\s+)?(?P<other>[^?,;]{1,50}?)\s*[?.]?$",
        r"^(?:please\s+)?compare\s+(?P<one>[^?,;]{1,50}?)\s+(?:and|with|to)\s+(?P<other>[^?,;]{1,50}?)\s*[?.]?$",
        r"^(?:how\s+(?:is|are|does|do)\s+)(?:an?\s+|the\s+)?(?P<one>[^?,;]{1,50}?)\s+(?:different|differ)\s+from\s+(?:an?\s+|the\s+)?(?P<other>[^?,;]{1,50}?)\s*\?*$",
        r"^(?:what\s+is\s+)?(?P<one>[^?,;]{1,40}?)\s+(?:vs\.?|versus|срещу)\s+(?P<other>[^?,;]{1,40}?)\s*\?*$",
        r"\b(?:разликата|разлика|разликите|разлики)\s+(?:има\s+)?между\s+(?P<one>[^?,;]{1,50}?)\s+и\s+(?P<other>[^?,;]{1,50}?)\s*[?.]?$",
        r"^(?:сравни|сравнете)\s+(?P<one>[^?,;]{1,50}?)\s+(?:и|със?)\s+(?P<other>[^?,;]{1,50}?)\s*[?.]?$",
        r"^(?:请?问?|比较(?:一下)?)(?P<one>[^?？，,;；]{1,25}?)\s*(?:和|与|跟|同)\s*(?P<other>[^?？，,;；]{1,25}?)\s*(?:之间)?的?(?:有什么|有何|有哪些)?(?:区别|不同|差别|差异)(?:是什么|在哪里?|呢)?[?？。]?$",
    )
]
_TIME = re.compile(
    r"^(?:when\b|(?:in\s+)?(?:what|which)\s+(?:year|month)\b|кога\b|(?:през|в)\s+коя\s+година)|什么时候|何时|哪一?年",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:introduced|released|published|created|invented|announced|launched|presented|come\s+out|came\s+out|year|month|when"
    r"|кога|коя|година|излезе|излиза|създаден[аои]?|представен[аои]?|публикуван[аои]?|пуснат[аои]?|въведен[аои]?)\b"
    r"|什么时候|何时|哪一?年|发布|提出|推出|出现|发表|创建",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(?:how\s+(?:many|much)\b|колко\b)|多少|几个", re.IGNORECASE)
_REQUEST = re.compile(
    r"^(?:please\s+)?(?:(?:can|could)\s+you\s+)?(?:list|name|enumerate|give|tell|show)\s+(?:(?:me|us|all|about|of|the|some|any|two|three|four|five|more)\s+)+"
    r"|^(?:моля\s+)?(?:изброй(?:те)?|посочи(?:те)?|назови|назовете|покажи(?:те)?|кажи(?:те)?|разкажи|разкажете)\s+(?:(?:ми|ни|за|всички|всичките)\s+)*"
    r"|^请?(?:列出|列举|告诉我|介绍)(?:一下)?(?:所有的?)?",
    re.IGNORECASE,
)
"""What only asks for an answer and is no word of it."""
_MANY = re.compile(
    r"^(?:please\s+)?(?:list|name|enumerate)\s"
    r"|^(?:which|what)\s+are\s|^(?:which|what)\s+(?:\w+\s+){0,2}?\w+s\s+(?:are|do|can|should|exist|were|have)\b"
    r"|^(?:кои|какви)\s|^(?:изброй|посочи|назови)|有哪些|哪些|列出|列举",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"^(?:(?:in|for|at|to|on)\s+)?(?:which|what)\s+(?:of\s+these\s+)?(?P<noun>[\w-]{3,})\b"
    r"|^(?:(?:за|в|на|при|с)\s+)?(?:кои|коя|кой|кое|какви|какъв|каква|какво)\s+(?P<bg>[\w-]{4,})\b"
    r"|(?:哪一?[些个种项]|什么)(?P<zh>[\u4e00-\u9fff]{2})",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(?:how\s+(?:do|does|can|could|to|should|would|is|are)\b|show\s+me\b|как\s|по\s+какъв\s+начин)|如何|怎么(?!理解|看)|怎样(?!理解)",
    re.IGNORECASE,
)


def read_question(text: str) -> Question:
    """The form of a question in English, Bulgarian or Chinese."""
    plain = _ADDENDUM.sub("", " ".join(text.split()))
    rest = _REQUEST.sub("", plain, count=1)
    asked = tuple(clues(rest or plain))
    many = bool(_MANY.search(plain))
    if sides := _sides(plain):
        compared = " ".join(sides)
        return Question(compared, "comparison", tuple(clues(compared)), (), sides=_clues(sides))
    for pattern in _DEFINITIONS:
        match = pattern.match(plain)
        if match and (topic := match["topic"].strip(" `*\"'“”„«»")):
            return Question(plain, "definition", tuple(clues(plain)), tuple(clues(topic)), many=many)
    if _TIME.search(plain):
        topic_clues = tuple(clues(_EVENT.sub(" ", plain)))
        return Question(plain, "time", topic_clues or asked, topic_clues)
    if _BARE.fullmatch(rest) and not many and not _INSTRUCTION.search(plain):
        return Question(rest, "definition", asked, asked)
    wanted = _WANTED.search(plain)
    named = tuple(clues(wanted["noun"] or wanted["bg"] or wanted["zh"])) if wanted else ()
    kind: Kind = "instruction" if _INSTRUCTION.search(plain) else "other"
    if _NUMBER.search(plain):
        kind = "number"
    return Question(rest or plain, kind, asked, (), named, many=many)


def _clues(sides: tuple[str, ...]) -> tuple[tuple[Clue, ...], ...]:
    return tuple(tuple(clues(side)) for side in sides)


def _sides(plain: str) -> tuple[str, ...]:
    """The two things compared."""
    for pattern in _COMPARISONS:
        if match := pattern.search(plain):
            sides = (match["one"], match["other"])
            one, other = _clues(sides)
            if one and other and one != other:
                return sides
    return ()


_DATED = re.compile(r"^(?:[^\W\d]{3,12}\.?\s+)?(?:1\d|20)\d{2}\s*(?:年(?:\d+月)?|г\.?)?\s*[:：,，–—-]\s*")
"""What a line of a history begins with: "June 2018: ..."."""
_DEFINIENDUM = re.compile(
    r"^\W{0,6}(?P<term>[^.。:：!?？]{1,70}?)"
    r"(?=[\s(*_`\"”»:：是指，也])"  # what the rest may begin with: nothing else needs to be tried
    r"(?:\s*\((?P<short>[^()]{1,30})\))?[*_`\"”»]*"
    r"(?:\s*[:：]\s*[*_]*|\s+[–—-]\s+"
    r"|\s+(?:is|are|means?|refers?\s+to|stands?\s+for|represents?|е|са|означават?|представляват?)\s+"
    r"|\s*(?:是指|指的是|是一[种个类项]|是一|指|是|，它将|也称))",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"[*`_]{1,3}")


def definienda(text: str) -> tuple[str, ...]:
    """What a text explains, as in "**Term** (T) – ...", "Term is ...", "X 是指..."; with its short form."""
    plain = _MARKUP.sub("", text.lstrip(' *_`#>"“„«'))
    if dated := _DATED.match(plain):
        name = re.match(r"[^,，.:：]{1,50}(?=[,，])", plain[dated.end() :])
        return (name[0].strip(),) if name else ()
    match = _DEFINIENDUM.match(plain)
    if not match:
        return ()
    term = re.split(r"[,，、]", match["term"])[-1]
    return tuple(name.strip() for name in (term, match["short"]) if name and name.strip())
