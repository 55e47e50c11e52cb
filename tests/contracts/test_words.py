"""Odd words in, safe words out: mistakes, lengths, mentions, quoted lines, forms, languages."""

from __future__ import annotations

import re

import pytest

from bot.core import catalogue
from knowledge.notes import Language
from tests.contracts.conftest import CALLS, RUDE, Meet
from tests.contracts.messenger import Messenger, Source, words

MISTAKES = {
    "/try nonsense x": "error.choice",
    "/ask": "error.argument_missing",
    "/learn qqqqzzzz": "error.topic_unknown",
    "/settings hour 25": "error.hour_invalid",
    "/try similarity lonely": "error.task_needs_two_texts",
}


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_an_unknown_command_is_named_and_a_near_one_offered(meet: Meet, language: Language) -> None:
    chat = meet(language)
    sentence = catalogue.label(language, "error.command_unknown_near", command="/quizz", near="/quiz")
    chat.say("/help")  # a command tells a platform the person's language, a bare message may not
    assert chat.say("/quizz").says(sentence)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_mistake_gets_its_sentence(meet: Meet, language: Language) -> None:
    chat = meet(language)
    for line, key in MISTAKES.items():
        shown = chat.say(line)
        # The longest run of words between two inserts.
        spoken = max(re.split(r"\{[^}]*\}", catalogue.load(language)[key]), key=len)
        assert shown.says(spoken), (line, shown)
        assert shown.private


@pytest.mark.parametrize("length", [8_001, 19_000, 25_000])
def test_a_text_that_is_too_long_is_refused_with_the_limit(chat: Messenger, length: int) -> None:
    chat.needs("long")
    shown = chat.say("word " * (length // 5) + "end")
    assert re.search(r"8.?000|20.?000", shown.text), shown
    assert chat.say("/help").says("/quiz"), "the next one is taken"


def test_an_answer_that_is_too_long_can_be_given_again_shorter(chat: Messenger) -> None:
    chat.needs("long")
    chat.say("/quiz tokenization")
    chat.say("word " * 2000)
    assert chat.say("Into tokens").says("Into tokens", "The notes say")


def test_a_call_in_a_note_stays_text(chat: Messenger) -> None:
    shown = chat.say("/ask What is a zebra call?")
    assert RUDE in {source.note for source in shown.sources}
    assert shown.says(CALLS)
    note = chat.say("/learn calling people")
    assert note.says(CALLS)
    question = chat.say("/quiz calling people")
    assert question.says("zebra")
    assert chat.press("Answer", {"Your answer": "@everyone knows <@42>"}).says("@everyone knows <@42>")


def test_a_call_that_a_person_or_a_model_makes_stays_text(chat: Messenger) -> None:
    assert chat.say("/@everyone").says("everyone")
    assert chat.say("/try tokenize @everyone <@42>").says("everyone", "42")
    assert chat.say("/learn @everyone").says("everyone")


def test_a_source_opens_the_lines_that_were_quoted(chat: Messenger) -> None:
    chat.needs("open")
    shown = chat.say("What is a tokenizer?")
    lines = (chat.world.folder / "notes" / shown.sources[0].note).read_text("utf-8").splitlines()
    for source in shown.sources:
        opened = chat.open(source)
        assert words("\n".join(opened)) == words("\n".join(lines[source.start - 1 : source.end]))


def test_every_quoted_sentence_stands_in_the_lines_it_names(chat: Messenger) -> None:
    shown = chat.say("/ask What is a zebra call?")
    notes = chat.world.folder / "notes"
    for source in shown.sources:
        lines = (notes / source.note).read_text("utf-8").splitlines()
        assert 1 <= source.start <= source.end <= len(lines)
    assert Source(RUDE, 5, 6) in shown.sources or any(source.note == RUDE for source in shown.sources)


def test_one_of_many_choices_is_taken(chat: Messenger) -> None:
    listed = chat.say("/learn")
    assert len(listed.offered) == 12
    assert chat.press("Stripes of zebras").says("told apart by other zebras")


def test_a_form_changes_the_settings(chat: Messenger) -> None:
    chat.say("/settings")
    form = {"Language": "en", "Time zone": "Asia/Shanghai", "Review hour": "7", "Quiet hours": "22-6"}
    saved = chat.press("Change", form)
    assert saved.says("Saved", "Asia Shanghai", "07 00", "22 00 06 00")


def test_a_form_with_a_mistake_says_which_and_changes_nothing(chat: Messenger) -> None:
    chat.say("/settings")
    form = {"Language": "en", "Time zone": "Nowhere/Land", "Review hour": "7", "Quiet hours": "off"}
    assert chat.press("Change", form).says("time zone Nowhere Land")
    assert chat.say("/settings").says("18 00")


def test_the_chosen_language_is_spoken_from_then_on(chat: Messenger) -> None:
    assert chat.say("/settings language bg").says(catalogue.label("bg", "settings.saved"))
    assert chat.say("/review").says(catalogue.label("bg", "review.none").partition(".")[0])
    chat.restart()
    assert chat.say("/help").says(catalogue.label("bg", "command.quiz.summary"))


def test_the_written_language_is_answered(chat: Messenger) -> None:
    assert chat.say("Какво е токенизация?").says("От записките")
    assert chat.say("如何微调模型？").says("根据笔记")


def test_lines_complete_as_they_are_typed(chat: Messenger) -> None:
    chat.needs("complete")
    assert any("progress" in one for one in chat.complete("/pro"))
    assert any("tokenize" in one for one in chat.complete("/try tok"))
    assert any("Tokenization" in one for one in chat.complete("/learn toke"))


def test_progress_is_a_picture_where_pictures_can_be_seen_and_words_everywhere(chat: Messenger) -> None:
    chat.say("/studied tokenization")
    shown = chat.say("/progress")
    assert shown.says("Tokenization")
    if "pictures" in chat.can:
        assert shown.picture is not None
        assert "Tokenization: step 0 of 4." in shown.picture
    else:
        assert shown.picture is None


def test_among_others_what_concerns_one_person_is_shown_to_them_alone(chat: Messenger) -> None:
    chat.needs("share")
    assert not chat.say("/ask What is a tokenizer?", shared=True).private
    for line in ("/progress", "/settings", "/review"):
        assert chat.say(line, shared=True).private, line
