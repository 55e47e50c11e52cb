"""Every sentence in three languages, all of them used."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import bot.core.errors
import jobs.errors
from bot.core import catalogue
from bot.core.catalogue import FORMS, LANGUAGES, closed
from bot.core.commands import COMMANDS
from jobs.engine.catalog import TASKS
from knowledge.errors import RecapError
from knowledge.notes import Language

ROOT = Path(__file__).resolve().parents[3]
DECLARED = (bot.core.errors, jobs.errors)
SOURCES = [
    path.read_text(encoding="utf-8")
    for package in ("bot", "jobs", "knowledge")
    for path in sorted((ROOT / package).rglob("*.py"))
]
STATIC = ROOT / "bot" / "platforms" / "web" / "static"
PAGE = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted(STATIC.rglob("*")) if path.suffix in (".js", ".html")
)
"""The page is given the sentences under `web.` and names them without that."""
SPOKEN = re.compile(
    r"(?:\b(?:say|label|reply|progress_bar|_label))\(\s*(?:[\w.]+,\s*)?\"([a-z_]+(?:\.[a-z_0-9]+)+)\""
)
RAISED = re.compile(r"\"((?:web\.)?error\.[a-z_]+)\"")
PAGE_DYNAMIC = re.compile(r"`([a-z_.]+\.)\$\{")
DYNAMIC = re.compile(r"f\"([a-z_]+(?:\.[a-z_]+)*[._])\{")


def base(key: str) -> str:
    head, _, form = key.rpartition(".")
    return head if form in ("one", "other") else key


def keys(language: Language) -> set[str]:
    return {base(key) for key in catalogue.load(language)}


def placeholders(sentence: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences(language: Language) -> None:
    assert keys(language) == keys("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_their_language(language: Language) -> None:
    plural = {base(key) for key in catalogue.load("en") if key != base(key)}
    for key in plural:
        forms = {form for form in ("one", "other") if f"{key}.{form}" in catalogue.load(language)}
        assert forms == set(FORMS[language]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_same_placeholders(language: Language) -> None:
    for key, sentence in catalogue.load(language).items():
        reference = catalogue.load("en")[key]
        missing = placeholders(reference) ^ placeholders(sentence)
        # "one note" may be said without the number.
        assert missing <= {("count", "")}, (language, key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_are_in_their_script(language: Language) -> None:
    script = {"en": r"[A-Za-z]", "bg": r"[а-яА-Я]", "zh": r"[\u4e00-\u9fff]"}[language]
    neutral = {"doctor.notes_folder", "doctor.python", "refresh.skipped_file", "job.try.foot", "when.day"}
    neutral |= {"terminal.source", "terminal.source_top", "doctor.discord", "doctor.slack", "passage.head"}
    neutral |= {"web.kilobytes", "session.head", "session.comma"}
    for key, sentence in catalogue.load(language).items():
        assert key in neutral or re.search(script, sentence), (language, key, sentence)


def test_every_error_has_a_sentence() -> None:
    for kind in subclasses(RecapError):
        if kind.__module__.startswith(("bot.", "jobs.", "knowledge.")):
            assert kind.key in keys("en"), kind
    raised = {key for source in SOURCES for key in RAISED.findall(source)}
    assert raised - keys("en") == set()


def test_every_sentence_that_code_speaks_exists() -> None:
    spoken = {key for source in SOURCES for key in SPOKEN.findall(source)}
    assert len(spoken) > 60
    assert spoken - keys("en") == set()


def test_no_sentence_is_unused() -> None:
    text = "\n".join(SOURCES)
    prefixes = (*DYNAMIC.findall(text), *(f"web.{prefix}" for prefix in PAGE_DYNAMIC.findall(PAGE)))
    unused = {
        key
        for key in keys("en")
        if f'"{key}"' not in text
        and not key.startswith(prefixes)
        and not (key.startswith("web.") and re.search(rf"\b{re.escape(key[4:])}\b", PAGE))
    }
    assert unused == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_parameter_and_task_is_explained(language: Language) -> None:
    for command in COMMANDS.values():
        assert catalogue.say(language, f"command.{command.name}.summary")
        for parameter in command.parameters:
            assert catalogue.say(language, f"parameter.{parameter.name}")
            for choice in parameter.choices:
                assert catalogue.say(language, f"choice.{parameter.name}.{choice}")
    for task in TASKS:
        assert catalogue.say(language, f"task.{task}")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1))
def test_an_insert_shows_as_it_is_and_never_as_markup(text: str) -> None:
    html = MarkdownIt("commonmark").render(f"x {catalogue.escape(text.strip())} x")
    tags = set(re.findall(r"<(\w+)", html))
    assert tags == {"p"}


def test_plural_and_code_and_plain_labels() -> None:
    assert catalogue.say("en", "welcome.notes", count=1) == "The course has 1 note."
    assert catalogue.say("bg", "welcome.notes", count=3) == "В курса има 3 записки."
    assert catalogue.say("zh", "welcome.notes", count=1) == "本课程共有 1 篇笔记。"
    assert "`` a`b ``" in catalogue.say(
        "en", "error.model_unknown", model="a`b"
    ) or "``a`b``" in catalogue.say("en", "error.model_unknown", model="a`b")
    assert catalogue.label("en", "error.topic_unknown", topic="a*b").count("a*b") == 1


def subclasses(kind: type[RecapError]) -> Iterator[type[RecapError]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ("a\n```python\nx = 1", "a\n```python\nx = 1\n```"),
        ("~~~~\n```\nx", "~~~~\n```\nx\n~~~~"),
        ("```\nx\n```\nb", "```\nx\n```\nb"),
        ("no code", "no code"),
    ],
)
def test_code_that_was_cut_off_ends_where_it_was_cut(cut: str, whole: str) -> None:
    assert closed(cut) == whole
