"""What is said of an answer in words, in the person's language, and what it proposes."""

from __future__ import annotations

import pytest

from bot.core import judged_shown, questions
from bot.core.voice import Voice
from jobs.review.judging.verdict import Judged
from jobs.review.records import Revealed
from knowledge.notes import Citation, Language

CITATION = Citation("a.md", ("A",), 1, 2, "The note's own words.", "s1")
PARTLY = Judged("partly", "meaning", named=("encoder",), missed=("hidden_states", "layers"))


def shown(judged: Judged | None, language: Language = "en") -> tuple[str, list[str]]:
    reply = questions.answer(Voice(language), Revealed(7, "Why?", "so", CITATION, judged=judged))
    return reply.text, [action.label for action in reply.actions if action.style == "primary"]


@pytest.mark.parametrize(
    ("judged", "proposed"),
    [
        (Judged("right", "meaning"), "Good"),
        (PARTLY, "Hard"),
        (Judged("wrong", "unknown"), "Again"),
        (Judged(None, "unread"), "Good"),
        (None, "Good"),
    ],
)
def test_the_verdict_marks_one_rating_and_the_others_stay(judged: Judged | None, proposed: str) -> None:
    text, primary = shown(judged)
    assert primary == [proposed]
    assert text.endswith("How well did you know it?")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "**Partly, as far as I can tell.** You named **encoder**. "
            "I looked for **hidden\\_states**, **layers**.",
        ),
        (
            "bg",
            "**Отчасти, доколкото мога да преценя.** Ти спомена **encoder**. "
            "Търсех **hidden\\_states**, **layers**.",
        ),
        ("zh", "**据我判断，答对了一部分。** 你提到了 **encoder**。 还差 **hidden\\_states**、**layers**。"),
    ],
)
def test_the_reasons_are_told_in_the_person_s_language(language: Language, said: str) -> None:
    assert said in shown(PARTLY, language)[0]


def test_what_the_notes_say_otherwise_is_quoted_back_short() -> None:
    judged = Judged("wrong", "meaning", against=("a *clause* " * 20,), numbers=("3", "4"))
    said = judged_shown.said(Voice("en"), judged)
    assert "otherwise of “a \\*clause\\*" in said
    assert "…”" in said
    assert len(said) < 300
    assert "The notes have none of **3**, **4** there." in said
