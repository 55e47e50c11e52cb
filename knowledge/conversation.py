"""Answers in a conversation: whether a question is read by itself or with what was asked before it.

By itself where it leans on nothing. One that leans is read with what it leans on first, and by itself where
that gives nothing and what it then finds speaks of the same things, or where it has words enough of its own.
One that doesn't say that it leans is read with it only where the notes have no answer to it alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from knowledge.answer import Answer, answer, answer_after
from knowledge.followup import FollowUp, follow_up, goes_on
from knowledge.hearing import Heard
from knowledge.index import Generation
from knowledge.notes import Language


def answer_in_thread(
    generation: Generation,
    question: str,
    language: Language,
    thread: Sequence[str],
    heard: Callable[[str], Heard],
) -> Answer:
    """Answers a question after what was said before it, oldest first."""
    asked = follow_up(question, thread)

    def led(asked: FollowUp) -> Answer:
        return answer_after(generation, question, language, asked, heard(asked.text))

    if asked is None:
        return answer(generation, question, language, heard(question))
    together = led(asked) if asked.leans else None
    if together is not None and together.answered:
        return together
    alone = answer(generation, question, language, heard(question))
    if alone.answered and asked.own and (asked.whole or _related(generation, asked, alone)):
        return alone
    if together is not None:
        return together
    together = led(asked)
    return together if together.answered else alone


def _related(generation: Generation, asked: FollowUp, alone: Answer) -> bool:
    section = generation.sections[alone.parts[0].citation.section_id]
    return goes_on(generation, asked, section)
