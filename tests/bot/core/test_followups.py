"""Follow-ups in a conversation: what a question may lean on, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.handlers.ask import LATELY
from bot.core.reply import Reply
from bot.core.turn import Call, Line, Turn
from bot.wiring import App
from tests.bot.conftest import LEARNER, Chat
from tests.doubles.clock import FrozenClock


@pytest.mark.parametrize(
    ("question", "follow_up", "words"),
    [
        ("What is a cross-encoder?", "And why is it slow?", "too slow for more than"),
        ("За какво е подходящ само енкодер?", "А само декодер?", "писане на текст"),
        ("什么是LoRA？", "它对应的库是什么？", "peft"),
    ],
)
def test_a_question_in_the_chat_goes_on_from_the_one_before(
    chat: Chat, question: str, follow_up: str, words: str
) -> None:
    chat.say(question)
    reply = chat.say(follow_up)
    assert words in reply.text
    assert question in reply.text, "it says how it was read"


def test_after_a_while_a_question_is_a_new_one(chat: Chat, clock: FrozenClock) -> None:
    chat.say("What is BPE?")
    clock.move(LATELY + timedelta(seconds=1))
    assert "What is BPE?" not in chat.say("Which models use it?").text


def turn(did: Line | Call) -> Turn:
    return Turn("discord", LEARNER, "channel:1", "r", did, shared=True)


def said(app: App, text: str, thread: tuple[str, ...] = ()) -> Reply:
    return app.core.dispatch(turn(Line(text, thread)))


def test_among_others_a_question_leans_on_its_thread_alone(app: App) -> None:
    app.core.dispatch(turn(Call("ask", {"question": "What is BPE?"})))
    assert "What is BPE?" not in said(app, "Which models use it?").text
    reply = said(app, "Which models use it?", ("What is WordPiece?", "From the notes:\n\n> It merges pairs"))
    assert "What is WordPiece?" in reply.text
    assert "BERT, DistilBERT" in reply.text


def test_a_reply_to_an_answer_goes_on_from_the_question_that_the_person_asked(app: App) -> None:
    """Of a command, the thread shows the answer alone."""
    app.core.dispatch(turn(Call("ask", {"question": "What is BPE?"})))
    reply = said(app, "Which models use it?", ("From the notes:\n\n> begins with characters or bytes",))
    assert "GPT-2, RoBERTa, Llama" in reply.text


@pytest.mark.parametrize(
    ("question", "follow_up"),
    [("What is an embedding?", "Why?"), ("什么是分词？", "为什么？"), ("Какво е softmax?", "Защо?")],
)
def test_what_was_asked_before_never_answers_alone(chat: Chat, question: str, follow_up: str) -> None:
    assert chat.say(question).citations
    assert not chat.say(follow_up).citations


@pytest.mark.parametrize("hidden", [False, True])
def test_among_others_no_question_is_named_that_they_did_not_see(app: App, hidden: bool) -> None:
    asked = Call("ask", {"question": "What is BPE?"})
    private = Turn("discord", LEARNER, "dm:1", "r", asked)
    app.core.dispatch(replace(turn(asked), hidden=True) if hidden else private)
    reply = said(app, "Which models use it?", ("From the notes:\n\n> begins with characters or bytes",))
    assert "What is BPE?" not in reply.text
