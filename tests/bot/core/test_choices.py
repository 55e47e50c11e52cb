"""A question with choices: asked with buttons, answered by button, letter or words, judged and rated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import choosing, questions
from bot.core.reply import Reply
from bot.core.voice import Voice
from bot.wiring import App
from jobs.review.choices import Choice
from jobs.review.records import Asked, Revealed
from knowledge.notes import Citation, Language
from tests.bot.conftest import Chat
from tests.bot.core.test_reviews import delivered
from tests.doubles.clock import FrozenClock

EN, BG, ZH = Voice("en"), Voice("bg"), Voice("zh")
FAMILIES = (Choice("Encoder"), Choice("Both of them", True), Choice("Decoder"))
SEVERAL = (Choice("a", True), Choice("b"), Choice("c", True))


def labels(reply: Reply) -> list[str]:
    return [action.label for action in reply.actions]


def primary(reply: Reply) -> list[str]:
    return [action.label for action in reply.actions if action.style == "primary"]


def right(reply: Reply) -> str:
    """The label of the button that is right: of the sample course's first question."""
    return next(label for label in labels(reply) if "far back had faded" in label)


def wrong(reply: Reply) -> str:
    return next(label for label in labels(reply) if "Their vocabularies" in label)


def test_a_question_lists_its_choices_and_has_a_button_for_each(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    assert "What problem of recurrent models does the Transformer solve?" in question.text
    for letter in "ABCD":
        assert f"- **{letter})** " in question.text
    assert [label[:2] for label in labels(question)[:4]] == ["A)", "B)", "C)", "D)"]
    assert labels(question)[4:] == ["Show answer"]
    assert len({action.group for action in question.actions}) == 1
    assert all(len(action.label) <= choosing.LABEL and len(action.id) <= 100 for action in question.actions)


def test_the_right_choice_is_confirmed_with_the_passage_and_suggests_good(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    verdict = chat.click(question, right(question))
    assert "**Right:**" in verdict.text
    assert "Attention reaches every word in one step" in verdict.text
    assert "The notes say:" in verdict.text
    assert verdict.citations[0].note == "01-transformers.md"
    assert "[x]" not in verdict.text
    assert primary(verdict) == ["Good"]


def test_a_wrong_choice_tells_why_and_what_is_right_and_suggests_again(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    verdict = chat.click(question, wrong(question))
    assert "**Not quite.**" in verdict.text
    assert "That is what subword tokenization solves." in verdict.text
    assert "Right is **" in verdict.text
    assert primary(verdict) == ["Again"]
    assert chat.click(verdict, "Again").tone == "success"


def test_a_choice_counts_once(chat: Chat) -> None:
    question = chat.say("/quiz transformers")
    verdict = chat.click(question, right(question))
    assert chat.click(question, right(question)).text == verdict.text
    assert "answered this one already" in chat.click(question, wrong(question)).text


def test_a_letter_or_the_words_of_a_choice_can_be_typed(chat: Chat) -> None:
    for _ in range(2):
        question = chat.say("/quiz transformers")
        if right(question)[:1] != "A":
            break
    verdict = chat.say(f"{right(question)[0].lower()})")
    assert "I took that as your answer" in verdict.text
    assert "**Right:**" in verdict.text


def test_an_answer_in_other_words_is_compared_with_what_is_right(chat: Chat) -> None:
    chat.say("/quiz transformers")
    shown = chat.say("What stood far back had faded when it was needed, and they couldn't train in parallel")
    assert "You wrote:" in shown.text
    assert "**Right, as far as I can tell.** You named " in shown.text
    assert "Right is **" in shown.text
    assert primary(shown) == ["Good"]


def test_an_answer_that_speaks_of_something_else_proposes_to_ask_again(chat: Chat) -> None:
    chat.say("/quiz transformers")
    shown = chat.say("Cats sleep most of the day")
    assert "**Not what the notes say, as far as I can tell.**" in shown.text
    assert primary(shown) == ["Again"]


def test_show_answer_names_what_is_right(chat: Chat) -> None:
    shown = chat.click(chat.say("/quiz transformers"), "Show answer")
    assert "Right is **" in shown.text
    assert "The notes say:" in shown.text


@pytest.mark.parametrize(
    "press", ["choose?attempt=1&choice=9", "choose?attempt=1", "choose?attempt=99&choice=0"]
)
def test_a_choice_that_is_not_there_gets_a_sentence(chat: Chat, press: str) -> None:
    question = chat.say("/quiz transformers")
    assert chat.press(f"choose?{press}").tone == "error"
    assert "**Right:**" in chat.click(question, right(question)).text


def test_a_missed_choice_comes_back_with_its_choices_the_next_day(
    app: App, chat: Chat, clock: FrozenClock
) -> None:
    note = app.course.notes_path() / "01-transformers.md"
    note.write_text(note.read_text("utf-8").partition("## 10. Spaced")[0], encoding="utf-8")
    app.course.refresh(app.engine)
    chat.say("/studied transformers")
    clock.move(timedelta(days=1, hours=8))
    (review,) = delivered(app)
    chat.click(chat.click(review, wrong(review)), "Again")
    clock.move(timedelta(days=1))
    again = next(reply for reply in delivered(app) if "Once more" in reply.text)
    assert sorted(label[3:] for label in labels(again)[:4]) == sorted(
        label[3:] for label in labels(review)[:4]
    )


@pytest.mark.parametrize(
    ("language", "topic", "letters", "head"),
    [
        ("en", "transformers", "ABCD", "**Right:**"),
        ("bg", "първи стъпки", "АБВ", "**Вярно:**"),
        ("zh", "微调", "ABC", "**正确：**"),
    ],
)
def test_choices_are_lettered_and_judged_in_the_person_s_language(
    app: App, chat: Chat, language: Language, topic: str, letters: str, head: str
) -> None:
    chat.say(f"/settings language {language}")
    for _ in range(7):
        question = chat.say(f"/quiz {topic}")
        choices = [action for action in question.actions if action.id.startswith("choose")]
        if choices:
            break
    assert "".join(action.label[0] for action in choices) == letters
    attempt = int(choices[0].id.partition("attempt=")[2].partition("&")[0])
    at = next(n for n, choice in enumerate(app.reviews.asked(attempt).choices) if choice.correct)
    assert head in chat.say(letters[at]).text


def test_where_several_are_right_a_form_takes_the_letters() -> None:
    asked = Asked(7, "Which?", "N", "n.md", None, 0, None, False, "quiz", "open", choices=SEVERAL)
    shown = questions.question(EN, asked)
    assert "More than one is right" in shown.text
    assert labels(shown) == ["Answer", "Show answer"]
    (field,) = shown.actions[0].fields
    assert field.label == "Letters of all that are right, as A, C"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("b", (1,)),
        ("B)", (1,)),
        ("(b)", (1,)),
        ("Б", (1,)),
        ("В", (2,)),
        ("a, c", (0, 2)),
        ("A and C", (0, 2)),
        ("а и в", (0, 2)),
        ("a、c", (0, 2)),
        ("ac", (0, 2)),
        ("both of them.", (1,)),
        ("BOTH OF THEM", (1,)),
        ("d", None),
        ("aa", None),
        ("a cat", None),
        ("because it can", None),
        ("", None),
        ("?", None),
    ],
)
def test_letters_are_understood_however_they_are_typed(typed: str, meant: tuple[int, ...] | None) -> None:
    assert choosing.picks(typed, FAMILIES) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("encodr", 0), ("the Encoders", 0), ("ＢＯＴＨ of them", 1), ("“both of them”", 1), ("decoder.", 2)],
)
def test_a_slip_or_another_form_still_names_the_one_choice(typed: str, meant: int) -> None:
    assert choosing.picks(typed, FAMILIES) == (meant,)


@pytest.mark.parametrize("typed", ["coder", "tokenizers", "Both", "encoding"])
def test_words_that_fit_none_of_the_choices_pick_none(typed: str) -> None:
    assert choosing.picks(typed, FAMILIES) is None


def test_words_that_fit_two_choices_pick_neither() -> None:
    assert choosing.picks("tokenisers", (Choice("Tokenizer"), Choice("The tokenizers", True))) is None


@given(st.text(max_size=40))
def test_whatever_is_typed_means_choices_that_are_there(typed: str) -> None:
    meant = choosing.picks(typed, FAMILIES)
    assert meant is None or (meant and all(0 <= at < len(FAMILIES) for at in meant))


@given(st.text(min_size=1, max_size=300))
def test_a_button_is_never_too_long_and_keeps_its_letter(text: str) -> None:
    for voice, letter in ((EN, "B"), (BG, "Б"), (ZH, "B")):
        label = choosing.button(voice, 1, Choice(text))
        assert len(label) <= choosing.LABEL
        assert label.startswith(f"{letter}) ")


@pytest.mark.parametrize(
    ("language", "response", "matched", "said", "suggested"),
    [
        ("en", "Batching", True, "**Right:** **batching**", "Good"),
        ("en", "pooling", False, "**Not quite.** In the gap belongs **batching**", "Again"),
        ("bg", "друго", False, "**Не съвсем.** Липсва **batching**", "Отново"),
        ("zh", "池化", False, "**不太对。** 空格处应填 **batching**", "再来"),
        ("en", None, None, "Right is **batching**", "Good"),
    ],
)
def test_what_is_typed_into_a_gap_is_judged_beside_what_belongs_there(
    language: Language, response: str | None, matched: bool | None, said: str, suggested: str
) -> None:
    citation = Citation("n.md", ("N",), 1, 1, "It is called batching.", "s")
    revealed = Revealed(
        1, "_____ sends several.", response, citation, expected=("batching",), matched=matched
    )
    reply = questions.answer(Voice(language), revealed)
    assert said in reply.text
    assert ("**Right:**" in reply.text) is (matched is True)
    assert [label[: len(suggested)] for label in primary(reply)] == [suggested]
