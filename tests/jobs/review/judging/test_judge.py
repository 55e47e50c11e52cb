"""The judge of answers in words: what is right, partly right and wrong, and what it says of why."""

from __future__ import annotations

import json

import pytest

from jobs.review.judging.judge import Judge, is_brief, says_unknown
from jobs.review.judging.verdict import Judged
from knowledge.encoder.bundled import bundled

QUESTION = "What can the attention layers of an encoder see, and what can those of a decoder see?"
REFERENCE = (
    "In the encoder, the attention layers see all words of a sentence. "
    "The decoder works step by step and sees only the words before the current one."
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(bundled)


@pytest.mark.parametrize(
    "answer",
    [
        "The encoder's layers see all words of the sentence, the decoder's only those before the current.",
        "Енкодерът вижда всички думи в изречението, а декодерът само думите преди текущата.",
        "编码器可以看到句子中的所有词，解码器只能看到当前词之前的词。",
    ],
)
def test_an_answer_in_any_language_is_right(judge: Judge, answer: str) -> None:
    judged = judge.judge(QUESTION, REFERENCE, answer)
    assert judged.verdict == "right"
    assert judged.rating == 3
    assert "sentence" in judged.named


def test_half_an_answer_is_partly_right(judge: Judge) -> None:
    judged = judge.judge(QUESTION, REFERENCE, "The encoder sees the whole sentence.")
    assert (judged.verdict, judged.rating) == ("partly", 2)
    assert judged.missed


@pytest.mark.parametrize(
    ("question", "reference", "answer"),
    [
        (
            QUESTION,
            REFERENCE,
            "The decoder sees all words of a sentence, the encoder only the words before the current one.",
        ),
        (
            "Is a higher or a lower perplexity better?",
            "A lower perplexity means a better language model.",
            "A higher perplexity means a better language model.",
        ),
        (
            "Какво прави отрязването?",
            "Текстът над прозореца на модела се отрязва и моделът не го вижда.",
            "Текстът над прозореца на модела никога не се отрязва и моделът го вижда.",
        ),
        ("微调会降低成本吗？", "共享权重可以降低社区的计算成本。", "共享权重会增加社区的计算成本。"),
    ],
)
def test_the_right_words_turned_round_are_wrong_and_named(
    judge: Judge, question: str, reference: str, answer: str
) -> None:
    judged = judge.judge(question, reference, answer)
    assert judged.verdict == "wrong"
    assert judged.against


def test_a_number_that_the_reference_does_not_have_is_named(judge: Judge) -> None:
    judged = judge.judge(
        "Which learning rate is usual?", "A rate of 2e-5 to 5e-5 is usual.", "A rate of 0.1 is usual."
    )
    assert judged.verdict == "wrong"
    assert judged.numbers == ("0.1",)


@pytest.mark.parametrize("answer", [QUESTION, "the attention layers of an encoder and a decoder"])
def test_the_question_said_back_is_no_answer(judge: Judge, answer: str) -> None:
    judged = judge.judge(QUESTION, REFERENCE, answer)
    assert (judged.verdict, judged.reason) == ("wrong", "question")


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know",
        "Sorry, no idea!",
        "idk",
        "Не знам, не си спомням.",
        "нямам представа",
        "我不知道。",
        "忘了",
        "?",
        " - ",
    ],
)
def test_not_knowing_is_told_from_an_answer(judge: Judge, answer: str) -> None:
    assert judge.judge(QUESTION, REFERENCE, answer) == Judged("wrong", "unknown")


@pytest.mark.parametrize(
    "answer",
    [
        "The model doesn't know the word",
        "Не знам дали, но вижда думите",
        "模型不知道下一个词",
        "pass the ids",
    ],
)
def test_an_answer_that_speaks_of_not_knowing_is_an_answer(answer: str) -> None:
    assert not says_unknown(answer)


def test_a_language_that_the_encoder_does_not_read_is_left_to_the_learner(judge: Judge) -> None:
    answer = "Der Kodierer sieht alle Wörter, der Dekodierer nur die vorherigen Wörter im Satz"
    judged = judge.judge(QUESTION, REFERENCE, answer)
    assert (judged.verdict, judged.reason, judged.rating) == (None, "unread", None)


def test_without_an_encoder_words_decide_and_other_languages_are_left_to_the_learner() -> None:
    judge = Judge(lambda: None)
    same = "The encoder sees all words of a sentence. The decoder sees only the words before the current one."
    assert judge.judge(QUESTION, REFERENCE, same).verdict == "right"
    assert judge.judge(QUESTION, REFERENCE, "Cats sleep on warm roofs.").verdict == "wrong"
    assert judge.judge(QUESTION, REFERENCE, "Енкодерът вижда всички думи.").verdict is None


LIST = """- **Embedding** – A vector of fixed size for a text. Here it has 384 numbers, however long it is.
- **Cosine similarity** – The cosine of the angle between vectors: 1 in one direction, 0 at a right angle.
- **Normalisation** – Dividing a vector by its length so that the length becomes 1.
- **Vector index** – A structure that finds the nearest vectors quickly; a library is widely used for it.
- **Lexical search** – Search by words that occur in both texts; names, numbers and code are found well.
- **Hybrid search** – Lexical and semantic search side by side, with the results of both fused into one list.
- **Generation from passages** – Finding passages first, then letting a language model answer from them.
- **Cross-encoder** – A model that reads question and passage together and gives one score."""


@pytest.mark.parametrize("answer", ["It is a fast kind of database.", "It draws pictures quickly."])
def test_a_word_that_any_passage_of_that_length_would_hold_is_chance(judge: Judge, answer: str) -> None:
    assert judge.judge("What is an embedding, and how do you compare two?", LIST, answer).verdict == "wrong"


def test_nobody_must_name_all_that_a_long_passage_holds(judge: Judge) -> None:
    answer = "A vector of fixed size for a text, compared by the cosine."
    judged = judge.judge("What is an embedding, and how do you compare two?", LIST, answer)
    assert judged.verdict == "right"
    assert "Cosine" in judged.named
    assert judged.missed == ()


CODE = '```python\nids = tokenizer("Tokenizers turn text into numbers.", padding=True)["input_ids"]\n```'


@pytest.mark.parametrize("reference", [CODE, CODE.removesuffix("```"), f"{CODE}\n\nPadding fills up."])
def test_what_the_notes_say_in_code_is_not_held_against_an_answer_in_words(
    judge: Judge, reference: str
) -> None:
    judged = judge.judge("How does text become numbers?", reference, "Pieces are looked up in a vocabulary.")
    assert (judged.verdict, judged.rating, judged.reason) == (None, None, "code")


def test_terms_come_from_the_prose_and_never_from_the_code(judge: Judge) -> None:
    judged = judge.judge(QUESTION, f"{REFERENCE}\n\n{CODE}", "The encoder sees the whole sentence.")
    assert judged.verdict == "partly"
    assert "sentence" in judged.named
    assert not {"ids", "input_ids", "padding", "True"} & {*judged.named, *judged.missed}


def test_one_word_is_enough_where_one_thing_is_asked_for(judge: Judge) -> None:
    judged = judge.judge(
        "Which function turns scores into weights?",
        "**Softmax** – The function that turns scores into weights that sum to one.",
        "softmax",
    )
    assert judged.verdict == "right"


@pytest.mark.parametrize(
    ("question", "brief"),
    [
        ("Which library loads models?", True),
        ("Which library loads models, and why?", False),
        ("Why does it matter?", False),
        ("Коя библиотека зарежда модели?", True),
        ("Защо е важно?", False),
        ("哪个库加载模型？", True),
        ("为什么重要？", False),
    ],
)
def test_a_question_for_one_thing_is_told_by_its_form(question: str, brief: bool) -> None:
    assert is_brief(question) is brief


def test_a_gap_takes_the_word_and_nothing_else() -> None:
    assert Judge.gap(("AutoTokenizer",), "autotokenizer", "en").verdict == "right"
    assert Judge.gap(("AutoTokenizer",), "AutoModel", "en").verdict == "wrong"
    assert Judge.gap(("AutoTokenizer",), "не знам", "bg").reason == "unknown"


@pytest.mark.parametrize(
    "judged",
    [
        Judged(None, "unread"),
        Judged("wrong", "exact", expected="softmax"),
        Judged("partly", "meaning", ("a", "b"), ("c",), ("d",), ("1",), "", 0.5, 0.25, 0.125),
    ],
)
def test_a_verdict_comes_back_from_the_database_as_it_went_in(judged: Judged) -> None:
    assert Judged.from_json(json.loads(json.dumps(judged.to_json()))) == judged
