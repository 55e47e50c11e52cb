from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.notes import Passage, Section
from knowledge.passages import split_passages
from knowledge.reader import find_notes, read_note
from knowledge.sections import split_sections


class Counter:
    """Tokens are words, signs and CJK characters, with two special ones around; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, texts: Sequence[str]) -> list[int]:
        self.calls += 1
        return [2 + len(re.findall(r"[\u3000-\u9fff]|[^\W\u3000-\u9fff]+|[^\w\s]", text)) for text in texts]


def bytes_in_fours(texts: Sequence[str]) -> list[int]:
    """A tokenizer whose counts don't add up, and to which a newline is a token."""
    return [1 + -(-len(text.encode("utf-8", "replace")) // 4) + text.count("\n") for text in texts]


def passages(text: str, window: int = 32, path: str = "note.md") -> list[Passage]:
    return [p for section in split_sections(path, text) for p in split_passages(section, Counter(), window)]


def assert_covered(section: Section, found: list[Passage]) -> None:
    """The passages follow one another, are on the lines they say, and hold all of the section's text."""
    lines = section.text.split("\n")
    for passage in found:
        said = "\n".join(lines[passage.start - section.start : passage.end - section.start + 1])
        assert passage.text in said
        assert passage.text.count("\n") == passage.end - passage.start
    assert [p.start for p in found] == sorted(p.start for p in found)
    text = re.sub(r"\s", "", "".join(passage.text for passage in found))
    whole = re.sub(r"\s", "", section.text)
    assert whole.endswith(text)
    if not section.level:
        assert whole == text
    assert len({passage.id for passage in found}) == len(found)


BLOCKS = st.sampled_from(
    [
        "",
        "A sentence of words. Another one!",
        "- item one\n  more\n- item two",
        "```\ncode = 1\n\nmore = 2\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "模型需要训练。数据很多！",
        "x" * 70,
        "word " * 60,
        "> quote",
        "👨‍👩‍👧" * 30,
    ]
)


@settings(deadline=None)
@given(st.lists(BLOCKS | st.text(max_size=60), max_size=8).map("\n".join), st.integers(24, 80))
def test_passages_cover_any_section_and_fit_any_window(body: str, window: int) -> None:
    for count in (Counter(), bytes_in_fours):
        for section in split_sections("note.md", f"intro\n# Heading\n{body}"):
            found = split_passages(section, count, window)
            assert_covered(section, found)
            assert all(tokens <= window for tokens in count([p.embedding_text for p in found]))


@pytest.mark.parametrize("window", [48, 256])
def test_passages_cover_real_notes(seeds: Path, window: int) -> None:
    count = Counter()
    for file in find_notes(seeds):
        for section in read_note(seeds, file).sections:
            found = split_passages(section, count, window)
            assert_covered(section, found)
            assert all(tokens <= window for tokens in count([p.embedding_text for p in found]))


def test_a_short_section_is_one_passage_without_its_heading_line() -> None:
    (passage,) = passages("# Models\n\nBERT is an encoder.\n\n")
    assert passage.text == "BERT is an encoder."
    assert (passage.start, passage.end) == (3, 3)
    assert passage.embedding_text == "Models\nBERT is an encoder."


def test_a_heading_with_nothing_under_it_is_a_passage_of_its_own() -> None:
    found = passages("# Course\n\n## 2.4.1 Word-based\n\n## 2.4.2 Character-based\n")
    assert [(p.text, p.start) for p in found] == [
        ("# Course", 1),
        ("## 2.4.1 Word-based", 3),
        ("## 2.4.2 Character-based", 5),
    ]


def test_blank_text_gives_no_passage() -> None:
    assert passages("") == []
    assert passages(" \n\t\n\n") == []


def test_a_code_block_that_fits_is_never_cut() -> None:
    code = "```python\na = 1\n\nb = 2\n```"
    found = passages(f"# T\n{'Words before it. ' * 5}\n\n{code}\n\n{'Words after it. ' * 5}\n")
    assert any(code in passage.text for passage in found)


def test_a_code_block_longer_than_the_window_is_cut_at_its_blank_lines() -> None:
    stanzas = [f"def f{number}():\n    return {number} + {number} + {number}" for number in range(6)]
    found = passages("# T\n```\n" + "\n\n".join(stanzas) + "\n```\n", window=40)
    assert len(found) > 1
    for stanza in stanzas:
        assert any(stanza in passage.text for passage in found)


def test_list_items_and_table_rows_stay_whole() -> None:
    items = [f"- item {number} has these words\n  and these on its next line" for number in range(8)]
    rows = [f"| row {number} | with some | words |" for number in range(8)]
    text = "# T\n" + "\n".join(items) + "\n\n| a | b | c |\n|---|---|---|\n" + "\n".join(rows)
    found = passages(text, window=40)
    assert len(found) > 2
    for whole in items + rows:
        assert any(whole in passage.text for passage in found)


def test_what_announces_stays_with_what_it_announces() -> None:
    text = "# T\n" + "Several words stand here first. " * 3 + "\n\nThe models are these:\n\n- BERT\n- GPT\n"
    assert any("these:\n\n- BERT" in passage.text for passage in passages(text, window=28))


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    found = passages("# T\n" + " ".join(f"Sentence number {n} is here." for n in range(20)), window=40)
    assert len(found) > 2
    assert all(passage.text.rstrip().endswith(".") for passage in found)


def test_long_chinese_prose_is_cut_between_sentences() -> None:
    found = passages("# 模型\n" + "预训练模型需要大量的数据。" * 10, window=40)
    assert len(found) > 2
    assert all(passage.text.endswith("。") for passage in found)


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "word " * 200_000, "模" * 300_000, "e\u0301" * 100_000, "." * 300_000]
)
def test_one_very_long_line_is_cut_in_few_calls(text: str) -> None:
    count = Counter()
    (section,) = split_sections("note.md", text)
    found = split_passages(section, count, 256)
    assert "".join(passage.text for passage in found) == text
    assert max(count([p.embedding_text for p in found])) <= 256
    assert max(len(p.text) for p in found) < 5_000
    assert count.calls < 20
    assert {(p.start, p.end) for p in found} == {(1, 1)}


def test_an_emoji_is_not_cut_apart() -> None:
    family = "👨‍👩‍👧‍👦"
    (section,) = split_sections("note.md", family * 500)
    found = split_passages(section, bytes_in_fours, 64)
    assert len(found) > 1
    assert all(passage.text.startswith("👨") and passage.text.endswith("👦") for passage in found)


def test_a_heading_longer_than_the_window_is_not_lost() -> None:
    heading = " ".join(f"word{number}" for number in range(300))
    (section,) = split_sections("note.md", f"# {heading}\nbody text")
    found = split_passages(section, Counter(), 32)
    assert all(tokens <= 32 for tokens in Counter()([p.embedding_text for p in found]))
    text = " ".join(passage.text for passage in found)
    assert all(f"word{number}" in text.split() for number in range(300))
    assert "body text" in text
    assert all(passage.headings[-1].startswith("word0 word1") for passage in found)


def test_a_deep_ancestry_loses_its_outermost_headings_first() -> None:
    text = (
        "\n".join(f"{'#' * level} heading of level {level} with words" for level in range(1, 7))
        + "\n"
        + "body " * 40
    )
    deepest = passages(text)[-1]
    assert deepest.headings[-1] == "heading of level 6 with words"
    assert len(deepest.headings) < 6


def test_only_what_may_fit_is_handed_to_the_tokenizer() -> None:
    counted: list[str] = []

    def listening(texts: Sequence[str]) -> list[int]:
        counted.extend(texts)
        return Counter()(texts)

    lines = [f"Sentence number {number} is here.\n" for number in range(200)]
    (section,) = split_sections("note.md", "# T\n" + "\n".join(lines))
    found = split_passages(section, listening, 40)
    assert len(found) > 20
    assert max(len(text.split()) for text in counted) <= 40
    assert sum(len(text) for text in counted) < 3 * len(section.text)
