"""Judges an answer in the learner's own words against the passage that answers the question.

Two logistic models on the evidence (`evidence`): is the answer wrong? and if not, is it complete? Their
weights are fitted to the half of a labelled set that is meant for it, by `python -m tests.bench.judge --fit`;
without `--fit` that tells how the judge agrees with the labels of the other half.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from jobs.review.exact import same_answer
from jobs.review.examples import prose_of
from jobs.review.judging.evidence import Evidence, gather
from jobs.review.judging.verdict import Judged, Verdict
from knowledge.language import detect_language

if TYPE_CHECKING:
    from knowledge.encoder.static import StaticEncoder
    from knowledge.notes import Language

SOUND = {"support": 2.65, "met_across": 1.46, "contradiction": -3.22}
SOUND_BASE = -0.55
"""The log-odds that an answer isn't wrong."""
COMPLETE = {"met": 3.11}
COMPLETE_BASE = -4.81
"""The log-odds that one that isn't wrong is all that was asked for."""
BRIEF = 2.0
"""What is added to these where one thing is asked for by name, a number or a date: one word says it all."""
SAID_NOTHING = 0.6
"""The weight up to which an answer adds nothing to the question's words."""
CHANCE, UNLIKE = 1.2, 0.2
"""What a long reference may have in common with any answer: about a word, where the meaning is so unlike."""
MOST_OF_IT = 0.6
"""From this share of the reference on nothing is missing, however little it says."""

_ADMITS = (
    r"i (?:really )?(?:do ?n['’o]?t|have no) (?:know|remember|recall|idea|clue)|i forgot(?: it)?"
    r"|no (?:idea|clue)|dunno|idk|(?:i['’]m )?not sure|do ?n['’]?t know|pass|skip"
    r"|(?:аз )?не (?:го |ги )?(?:знам|помня|се сещам|си спомням|съм сигур(?:ен|на))"
    r"|нямам (?:никаква )?(?:представа|идея)|забравих(?: го)?|без идея"
    r"|我?(?:真的)?(?:不知道|不清楚|不记得|不会|忘了|忘记了|没(?:有)?(?:印象|想法|概念)|想不起来|不懂|不确定)了?"
)
_ASIDE = (
    r"sorry|hm+|well|it|this|that|the answer|yet|съжалявам|честно|това|отговора|още|вече"
    r"|抱歉|对不起|答案|这个"
)
_UNKNOWN = re.compile(rf"(?:(?:{_ASIDE})\W*)*(?:{_ADMITS})(?:\W*(?:{_ASIDE}|{_ADMITS}))*", re.IGNORECASE)
_BRIEF = re.compile(
    r"^(?:which|who|when|how (?:many|much|large|long))\b|^(?:кой|коя|кое|кога|колко|през коя)\b"
    r"|哪[一个种年]|谁|多少|多大|几个|什么时候",
    re.IGNORECASE,
)
_BESIDES = re.compile(
    r"\b(?:and|why|how (?!many|much|large|long)\w+|explain)\b|\b(?:и|защо|как|обясн\w+)\b"
    r"|为什么|怎么|怎样|如何|以及|并",
    re.IGNORECASE,
)


class Judge:
    """Judges answers. Thread-safe."""

    def __init__(self, encoder: Callable[[], StaticEncoder | None] | None = None) -> None:
        """`encoder`: what reads for meaning, asked for when it is first needed; without it words decide."""
        self._encoder = encoder

    def judge(self, question: str, reference: str, answer: str) -> Judged:
        """The verdict on an answer; in whichever of our languages each of the three texts is.

        It is held against the reference's prose. Where most of the reference is code, what the prose doesn't
        say may be right all the same.
        """
        if says_unknown(answer):
            return Judged("wrong", "unknown")
        encoder = self._encoder() if self._encoder else None
        across = detect_language(answer) != detect_language(reference)
        readable = not across if encoder is None else encoder.reads(answer) and encoder.reads(reference)
        if not readable:
            return Judged(None, "unread")
        prose = prose_of(reference).strip()
        in_code = len(prose) < len(reference.strip()) / 2
        found = gather(question, prose or reference, answer, across, encoder)
        if found.added <= SAID_NOTHING:
            return Judged("wrong", "question", missed=found.missed)
        verdict = decide(found, is_brief(question))
        if in_code and (verdict == "wrong" or not prose):
            return Judged(None, "code")
        return Judged(
            verdict,
            "meaning",
            named=found.named,
            missed=found.missed,
            against=found.against,
            numbers=found.strange,
            support=found.support,
            coverage=found.coverage,
            cosine=found.cosine or 0.0,
        )

    @staticmethod
    def gap(expected: tuple[str, ...], answer: str, language: Language) -> Judged:
        """The verdict on what was typed into a gap; `expected`: what is accepted, the note's word first."""
        if says_unknown(answer):
            return Judged("wrong", "unknown", expected=expected[0])
        right = same_answer(answer, expected, language)
        return Judged("right" if right else "wrong", "exact", expected=expected[0])


def decide(found: Evidence, brief: bool = False) -> Verdict:
    """The verdict that evidence leads to."""
    chance = found.cosine is not None and found.cosine < UNLIKE and found.met < CHANCE
    if chance or sound(found) < 0:
        return "wrong"
    return "right" if complete(found, brief) >= 0 else "partly"


def sound(found: Evidence) -> float:
    """The log-odds that the answer isn't wrong."""
    return SOUND_BASE + sum(SOUND[name] * value for name, value in of_soundness(found).items())


def complete(found: Evidence, brief: bool = False) -> float:
    """The log-odds that it is complete, if it isn't wrong."""
    if found.coverage >= MOST_OF_IT:
        return math.inf
    odds = sum(COMPLETE[name] * value for name, value in of_completeness(found).items())
    return COMPLETE_BASE + odds + (BRIEF if brief else 0.0)


def of_soundness(found: Evidence) -> dict[str, float]:
    """What the first model looks at."""
    return {
        "support": found.support,
        "met_across": math.log1p(found.met) if found.across else 0.0,
        "contradiction": found.contradiction,
    }


def of_completeness(found: Evidence) -> dict[str, float]:
    """What the second model looks at."""
    return {"met": math.log1p(found.met)}


def says_unknown(answer: str) -> bool:
    """Whether an answer says nothing, or no more than that it isn't known."""
    said = " ".join(answer.split()).strip(" .!?…。！？")
    if not re.search(r"\w", said):
        return True
    return _UNKNOWN.fullmatch(said) is not None


def is_brief(question: str) -> bool:
    """Whether a question asks for one thing by name, for a number or for a date, and for nothing besides."""
    return _BRIEF.search(question) is not None and _BESIDES.search(question) is None
