"""What each kind of question gets: both sides, the date, the whole list, the term, the word meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.answer import LONGEST_CODE, LONGEST_PROSE
from knowledge.library import Library
from knowledge.refresh import refresh
from tests.doubles.clock import FrozenClock

NOTES = {
    "animals.md": """# Animals

## Key Concepts
- **Quokka** – A small marsupial of one island.
- **Wombat** – A digging marsupial with a pouch that opens to the back.
- **Marsupial** – A mammal that carries its young in a pouch.

## Discoveries
- June 1658: Quokka, the small one, first described by Volkertszoon.
- May 1797: The wombat was introduced to science after a shipwreck.

## Common Mistakes
- **Feeding** – Human food makes a quokka ill.
- **Chasing** – A wombat bites when it is chased.
- **Petting** – Wild things are left alone.

## Quick Recap
- A quokka smiles and a wombat digs; both live in Australia.
- Look at a quokka first.

## Exercises

### Task 1: Count the burrows
- Load the burrow from the map
""",
    "животни.md": "# Животни\n\n- **Quokka** – Малко торбесто животно.\n- **Емблема** – Знак на остров.\n",
    "动物.md": "# 动物\n\n袋熊是会挖洞的有袋动物。熊猫很好看。\n",
    "guide.md": """# Guide

## Burrows

```python
burrow = dig("wombat")
```

## Something Else

```python
other = dig("wombat", burrow=None)
```
""",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    root = tmp_path_factory.mktemp("forms")
    (root / "notes").mkdir()
    for name, text in NOTES.items():
        (root / "notes" / name).write_text(text, encoding="utf-8")
    refresh("animals", root / "notes", root / "index", None, FrozenClock())
    return Library(root / "index")


def quoted(library: Library, question: str) -> list[str]:
    return [part.text for part in library.ask("animals", question).parts]


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between a quokka and a wombat?",
        "quokka vs wombat",
        "Compare quokka with wombat",
    ],
)
def test_a_comparison_quotes_both_sides_from_one_section(library: Library, question: str) -> None:
    one, other = quoted(library, question)
    assert one.startswith("**Quokka** – A small")
    assert other.startswith("**Wombat** –")


def test_when_quotes_the_dated_line_of_the_thing_asked_for(library: Library) -> None:
    assert quoted(library, "When was the quokka introduced?")[0].startswith("June 1658: Quokka")


@pytest.mark.parametrize("question", ["What are common mistakes?", "list the common mistakes"])
def test_a_question_for_several_things_gets_the_whole_list(library: Library, question: str) -> None:
    (part,) = library.ask("animals", question).parts
    assert part.text == part.citation.quote
    assert [line[:6] for line in part.text.split("\n")] == ["- **Fe", "- **Ch", "- **Pe"]
    note = library.note("animals", "animals.md")
    assert note.lines[part.citation.start - 1 : part.citation.end] == part.text.split("\n")


def test_a_bare_term_is_defined_in_the_language_of_the_asker(library: Library) -> None:
    assert quoted(library, "quokka") == ["**Quokka** – A small marsupial of one island."]
    assert quoted(library, "Какво е quokka?")[0] == "**Quokka** – Малко торбесто животно."


@pytest.mark.parametrize("slip", ["marsupal", "marsuppial", "masrupial"])
def test_a_slip_of_the_pen_is_understood(library: Library, slip: str) -> None:
    assert quoted(library, f"What is a {slip}?")[0].startswith("**Marsupial** –")


def test_a_short_word_of_its_own_is_no_slip(library: Library) -> None:
    assert not library.ask("animals", "What is a combat?").answered


@pytest.mark.parametrize("greeting", ["你好", "您好", "谢谢", "hi", "Здравей"])
def test_a_greeting_is_no_question_and_nothing_is_near_it(library: Library, greeting: str) -> None:
    answer = library.ask("animals", greeting)
    assert not answer.answered
    assert answer.nearest == ()


def test_a_request_is_no_word_of_the_answer(library: Library) -> None:
    assert quoted(library, "Tell me about the quokka")[0].startswith("**Quokka**")


def test_code_of_another_section_needs_its_heading(library: Library) -> None:
    parts = library.ask("animals", "How do I dig burrows for a wombat?").parts
    assert {part.citation.heading for part in parts if part.kind == "code"} == {"Burrows"}


def test_what_nobody_would_read_to_its_end_is_quoted_from_its_beginning(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "line.md").write_text("# Line\n\n" + "zebras run and " * 20_000, encoding="utf-8")
    (notes / "open.md").write_text("# Open\n\n```python\n" + "okapi = walk()\n" * 5_000, encoding="utf-8")
    cells = "|".join(f"gnu{number}" for number in range(2_000))
    (notes / "wide.md").write_text(
        f"# Wide\n\n|{cells}|\n|{'|'.join('-' * 2_000)}|\n|{cells}|\n", encoding="utf-8"
    )
    refresh("big", notes, tmp_path / "index", None, FrozenClock())
    library = Library(tmp_path / "index")
    for question, longest in (("zebras", LONGEST_PROSE), ("okapi", LONGEST_CODE), ("gnu7", LONGEST_PROSE)):
        parts = library.ask("big", question).parts
        assert parts
        for part in parts:
            assert len(part.text) <= longest + 10
            lines = library.note("big", part.citation.note).lines
            assert part.citation.quote in "\n".join(lines[part.citation.start - 1 : part.citation.end])
    (code,) = library.ask("big", "okapi").parts
    assert code.text.endswith("okapi = walk()\n```")


@pytest.mark.parametrize("question", ["What is a tokenizer?", "What is tokenization?"])
def test_neither_a_related_term_nor_a_step_of_a_recipe_is_taken_for_the_definition(
    question: str, tmp_path: Path
) -> None:
    sample = Path(__file__).resolve().parents[2] / "knowledge" / "sample_course"
    refresh("sample", sample, tmp_path, None, FrozenClock())
    best = Library(tmp_path).ask("sample", question).parts[0]
    assert best.citation.note == "02-tokenization.md"
    assert best.text.startswith("Tokenization ")
