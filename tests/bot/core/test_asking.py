"""Forms for what a command was typed without, and what is wrong with a form."""

from __future__ import annotations

import pytest

from bot.core.asking import asking, is_asked_for
from bot.core.commands import COMMANDS
from bot.core.complete import Choice
from bot.core.faults import faults
from bot.core.turn import Call
from knowledge.notes import Language
from tests.bot.conftest import Chat


def known(parameter: str) -> list[Choice]:
    return [Choice("tokenize", "cuts text"), Choice("classify", "")] if parameter == "task" else []


@pytest.mark.parametrize(
    ("call", "missing"),
    [
        (Call("ask"), True),
        (Call("ask", {"question": " "}), True),
        (Call("ask", {"question": "What?"}), False),
        (Call("try"), True),
        (Call("try", {"task": "tokenize"}), True),
        (Call("try", {"task": "tokenize", "text": "x"}), False),
        (Call("try", {"task": "inspect"}), False),
        (Call("quiz"), False),
        (Call("nothing"), False),
    ],
)
def test_a_command_without_what_it_needs_has_a_form(call: Call, missing: bool) -> None:
    assert is_asked_for(call) is missing


def test_the_form_offers_the_tasks_and_keeps_what_was_typed() -> None:
    form = asking(Call("try", {"task": "classify", "labels": "a, b"}), "en", known)
    assert form is not None
    task, text, model, labels = form.fields
    assert task.choices == (("tokenize", "tokenize – cuts text"), ("classify", "classify"))
    assert (task.value, task.required, labels.value) == ("classify", True, "a, b")
    assert text.multiline
    assert not model.choices, "none are known, so any name can be written"


def test_a_task_that_is_not_offered_is_kept_as_text() -> None:
    form = asking(Call("try", {"task": "summon"}), "en", known)
    assert form is not None
    assert (form.fields[0].value, form.fields[0].choices) == ("summon", ())


@pytest.mark.parametrize("language", ["en", "bg", "zh"])
def test_every_form_speaks_the_person_s_language(language: Language) -> None:
    titles = set()
    for name in ("ask", "try"):
        form = asking(Call(name), language, known)
        assert form is not None
        titles.add(form.title)
        assert len(form.title) <= 24
        assert [field.name for field in form.fields] == [one.name for one in COMMANDS[name].parameters]
    assert len(titles) == 2


def test_only_commands_that_need_something_ask_for_it() -> None:
    assert asking(Call("progress"), "en", known) is None
    assert asking(Call("no-such"), "en", known) is None


def test_a_submitted_form_is_the_command(chat: Chat) -> None:
    assert chat.press("try", task="tokenize", text="Hello").tone == "progress"
    assert chat.press("try", task="tokenize", text="").tone == "error"
    assert chat.press("ask", question="What does a tokenizer do?").citations


@pytest.mark.parametrize(
    ("action", "fields", "wrong"),
    [
        ("answer?attempt=1", {"response": " "}, {"response"}),
        ("group_answer?round=1", {"response": "B"}, set()),
        ("settings", {"zone": "Sofia", "hour": "8", "quiet": "22-8", "language": "auto"}, set()),
        ("settings", {"zone": "Nowhere/Town", "hour": "25", "quiet": "sometimes"}, {"zone", "hour", "quiet"}),
        ("settings", {"zone": "", "hour": ""}, set()),
        (
            "group_plan",
            {"time": "half past", "zone": "x", "days": "moonday", "closes": "1y"},
            {"time", "zone", "days", "closes"},
        ),
        ("group_plan", {"time": "18:00", "zone": "UTC", "days": "mon-fri", "closes": "12h"}, set()),
        ("ask", {"question": ""}, {"question"}),
        ("try", {"task": "tokenize", "text": ""}, {"text"}),
        ("try", {"task": "inspect", "text": ""}, set()),
        ("try", {"task": "classify", "text": "x", "labels": "one"}, {"labels"}),
        ("try", {"task": "summon", "text": "x"}, {"task"}),
        ("try", {}, {"text"}),
        ("rate?attempt=1&rating=3", {}, set()),
    ],
)
def test_what_is_wrong_is_told_at_its_field(action: str, fields: dict[str, str], wrong: set[str]) -> None:
    for language in ("en", "bg", "zh"):
        found = faults(action, fields, language)
        assert set(found) == wrong
        assert all(found.values())


def test_a_form_s_own_values_are_never_wrong(chat: Chat) -> None:
    fields = {field.name: field.value for field in chat.call("settings").actions[0].fields}
    assert faults("settings", fields, "en") == {}
