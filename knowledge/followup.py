"""Questions that lean on what was asked before: "And why is it slow?", "А само декодер?", "那它的缺点呢？".

Such a question is read together with the last question before it: its own words count in full, those before
it by `CONTEXT`. What was said before never answers by itself: a passage has to hold the question's own words
too (`supported`), so a follow-up without any ("Why?") is not answered, and neither is one whose words the
notes don't have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.index import Generation
from knowledge.notes import Section
from knowledge.question import Question, read_question
from knowledge.retrieve import Evidence
from knowledge.terms import Clue, content

CONTEXT = 0.5
"""What a word of the question before counts beside one of the question itself."""
OWN = 0.5
"""The share of its own words, by idf, that a passage must hold to answer a follow-up."""
BEFORE = 0.3
"""The share of the words before it that the same passage must hold."""
LOOKED_AT = 5
WHOLE = 3
"""Words from which on a question with a pronoun may stand by itself."""
LONGEST = 300
"""Characters of what is taken for an earlier question; what is longer is an answer."""

_OPENING = re.compile(
    r"^(?:(?:ok(?:ay)?|well|yes|no|and|but|so|or|also|then)\b[,\s]*)*(?:(?:what|how)\s+about\b|what\s+if\b|and\b|but\b|so\b|or\b|also\b|then\b)\s*"
    r"|^(?:(?:добре|да|не|ами|а|и|но|значи|тогава|или)\b[,\s]*)+(?:(?:какво\s+(?:за|ще\s+кажеш\s+за)|ако)\b\s*)?"
    r"|^(?:那么?|而|还有|然后|所以|可是|但是?|另外|好的?)[，,\s]*",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|one|ones|those|these|former|latter)\b"
    r"|\b(?:this|that)\b(?=\s*(?:[?.,]|$|one\b|case\b|way\b|work|mean|help|happen|matter|need|do\b|so\b))"
    r"|^(?:is|does|was|did|can|could|should|would|why\s+is|why\s+does|how\s+is|how\s+does)\s+(?:this|that)\b"
    r"|\b(?:той|тя|то|те|него|нея|тях|него[вт]\w*|нейн\w*|неин|негов\w*|техн?\w{0,3}|го|му|им|ѝ|ги|тоя|този|тази|тези|тия|това)\b"
    r"|它|其(?![他它实中余次])|(?<![一-鿿])[这那]|前者|后者|这[个种样些]|那[个种样些]",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"^(?:(?:and|but|or)\s+)?(?:what|how)\s+about\b|^(?:and|or)\s+(?!(?:what|why|how|when|where|which|who|is|are|does|do|did|can|could|in|for)\b)"
    r"|^(?:а|ами|и)\s+(?!(?:какв\w|как|защо|кога|къде|ко[йяе]\w?|кои|колко|има|може|за|в|при|на|с)\b)"
    r"|呢[?？]?$",
    re.IGNORECASE,
)
_LIGHT = re.compile(
    r"\b(?:against|mean|means|happens?|exactly|колко|точно|става|стават|ѝ)\b|具体|到底", re.IGNORECASE
)
"""Words that say nothing of what is asked for."""
_ASKING = re.compile(
    r"^(?:what|why|how|when|where|which|who|is|are|does|do|did|can|could|should|would)\b"
    r"|^(?:какв\w+|как|защо|кога|къде|ко[йяе]|кои|колко|има|може|трябва|дали)\b|\sли\b|吗|呢|什么|哪|为何|怎|多少|几|是否",
    re.IGNORECASE,
)
_QUESTIONING = re.compile(r"[?？]+$|呢[?？]*$")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question with what it leans on."""

    question: Question
    """Its own form; its clues are those of both."""
    own: tuple[Clue, ...]
    before: tuple[Clue, ...]
    text: str
    """Both as one text, for an encoder."""
    earlier: str
    """What it leans on."""
    leans: bool
    """Whether its words say that it goes on from something; else it may as well stand by itself."""
    whole: bool
    """Whether it may stand by itself all the same."""


def follow_up(question: str, thread: Sequence[str]) -> FollowUp | None:
    """The question read after what was said before it, oldest first; None: it leans on nothing."""
    earlier = _earlier(thread)
    if not earlier:
        return None
    plain = " ".join(question.split())
    rest = opened(plain)
    own = tuple(content(_LIGHT.sub(" ", rest)))
    pointing = bool(_POINTING.search(rest))
    read = read_question(rest)
    if not pointing and read.kind in ("definition", "comparison") and not _INSTEAD.search(plain):
        return None
    before = tuple(
        Clue(clue.forms, CONTEXT * clue.weight)
        for clue in dict.fromkeys(content(earlier))
        if not any(set(clue.forms) & set(one.forms) for one in own)
    )
    asked = replace(read, clues=(*own, *before), topic=() if pointing else read.topic)
    if _INSTEAD.search(plain) and not pointing:
        kind = read_question(earlier).kind
        if kind == "definition":
            before, asked = (), read_question(_QUESTIONING.sub("", rest))
        asked = replace(asked, kind=kind)
    leans = pointing or rest != plain or not own
    return FollowUp(
        question=asked,
        own=own,
        before=before,
        text=f"{earlier} {rest}",
        earlier=earlier,
        leans=leans,
        whole=bool(own) and (not leans or len(own) >= WHOLE),
    )


def opened(question: str) -> str:
    """The question without the words that only tie it to what was said before."""
    return _OPENING.sub("", question, count=1).strip() or question


def supported(generation: Generation, evidence: Evidence, asked: FollowUp) -> bool:
    """Whether one of the best passages speaks of what is asked, and of what was talked about."""
    if not asked.own:
        return False
    best = np.argsort(-evidence.fused, kind="stable")[:LOOKED_AT]
    own = generation.lexical.coverage(asked.own)[best]
    before = generation.lexical.coverage(asked.before)[best] if asked.before else np.ones(len(best))
    return bool(((own >= OWN) & (before >= BEFORE)).any())


def shares_of(
    generation: Generation, asked: FollowUp, words: frozenset[str], section: Section
) -> tuple[float, float]:
    """The shares of a follow-up's own words and of those before it among `words` and a section's headings."""
    home = generation.reading(section)
    there = words | home.title | home.parent

    def share(wanted: Sequence[Clue]) -> float:
        worth = [(clue.forms, generation.lexical.worth(clue)) for clue in wanted]
        total = sum(one for _, one in worth)
        return sum(one for forms, one in worth if not there.isdisjoint(forms)) / total if total else 1.0

    return share(asked.own), share(asked.before)


def goes_on(generation: Generation, asked: FollowUp, section: Section) -> bool:
    """Whether a section speaks of what was talked about before."""
    words = frozenset[str]().union(*(unit.words for unit in generation.reading(section).units))
    return shares_of(generation, asked, words, section)[1] >= BEFORE


def _earlier(thread: Sequence[str]) -> str:
    """The last question of a thread, with the one before it where it leans on that; empty: there is none."""
    questions = [text for text in map(_asked, thread) if text]
    if not questions:
        return ""
    last = questions[-1]
    if len(questions) > 1 and (opened(last) != last or _POINTING.search(last)):
        return f"{questions[-2]} {opened(last)}"
    return last


def _asked(text: str) -> str:
    """What was said, if it can be a question; answers are long, or quote, or tell."""
    plain = " ".join(text.removeprefix("/ask ").split())
    quotes = any(line.startswith(("> ", "- ", "|", "```")) for line in text.splitlines())
    if quotes or len(plain) > LONGEST or plain.startswith(("/", "／")):
        return ""
    asks = plain.endswith(("?", "？")) or _ASKING.search(opened(plain)) is not None
    return plain if asks or read_question(plain).kind != "other" else ""
