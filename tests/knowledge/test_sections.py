from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.notes import Section
from knowledge.reader import find_notes, read_note
from knowledge.sections import split_sections

LINES = st.sampled_from(
    [
        "",
        "# One",
        "## Two",
        "### Two",
        "#",
        "text",
        "===",
        "---",
        "```",
        "~~~",
        "    # code",
        "<!--",
        "-->",
        "<div>",
        "- item",
        "  # in item",
        "> # quote",
        "| a | b |",
        "|---|---|",
        "import x",
        "{",
        "}",
        "<Tip",
        "/>",
        "\t",
        "$$",
    ]
)


def titles(text: str, path: str = "note.md") -> list[tuple[int, str]]:
    return [(section.level, section.title) for section in split_sections(path, text)]


def assert_whole(sections: tuple[Section, ...], text: str) -> None:
    """Every line is in exactly one section, and the line numbers are the text's."""
    assert "\n".join(section.text for section in sections) == text
    assert sections[0].start == 1
    assert sections[-1].end == len(text.split("\n"))
    for before, after in pairwise(sections):
        assert after.start == before.end + 1
    for section in sections:
        assert section.text.split("\n") == text.split("\n")[section.start - 1 : section.end]
    assert len({section.id for section in sections}) == len(sections)


@given(st.text(max_size=200), st.sampled_from(["a.md", "a.mdx", "a.txt"]))
def test_every_line_of_any_text_is_in_exactly_one_section(text: str, path: str) -> None:
    assert_whole(split_sections(path, text), text)


@given(st.lists(LINES, max_size=30).map("\n".join), st.sampled_from(["a.md", "a.mdx", "a.txt"]))
def test_every_line_of_any_markdown_is_in_exactly_one_section(text: str, path: str) -> None:
    assert_whole(split_sections(path, text), text)


def test_every_line_of_real_notes_is_in_exactly_one_section(seeds: Path, corpora: Path) -> None:
    for folder in (seeds, corpora / "hf_course"):
        for file in find_notes(folder):
            note = read_note(folder, file)
            assert_whole(note.sections, note.text)


def test_headings_are_plain_text() -> None:
    text = "\n".join(
        [
            "### **Encoder-only models** (auto-encoding models)",
            "# The [Hub](https://hf.co) and `pipeline()` ![logo *new*](a.png) &amp; more ##",
            "## Processing the data[[processing-the-data]]",
            "## 1.7 Sequence-to-sequence models[sequence-to-sequence-models]",
            "## Pinned {#pinned-id}",
            "## snake_case_name and *x* <br/> \\# ~~old~~",
            "## 数据[[数据]]",
        ]
    )
    assert [title for _, title in titles(text)] == [
        "Encoder-only models (auto-encoding models)",
        "The Hub and pipeline() logo new & more",
        "Processing the data",
        "1.7 Sequence-to-sequence models",
        "Pinned",
        "snake_case_name and x # old",
        "数据",
    ]


def test_the_heading_path_is_the_ancestry() -> None:
    text = "intro\n# A\n### B\n## C\n### D\n# E\n"
    assert [(section.level, section.headings) for section in split_sections("n.md", text)] == [
        (0, ()),
        (1, ("A",)),
        (3, ("A", "B")),
        (2, ("A", "C")),
        (3, ("A", "C", "D")),
        (1, ("E",)),
    ]


def test_setext_headings_open_sections() -> None:
    assert titles("Title\n=====\ntext\n\nTwo\nlines\n---\n") == [(1, "Title"), (2, "Two lines")]


@pytest.mark.parametrize(
    "text",
    [
        "```python\n# comment\n```",
        "~~~\n# comment\n```\n# still\n~~~",
        "text\n\n    # indented code",
        "<!--\n# hidden\n-->",
        "<details>\n# html\n</details>",
        "---\ntitle: x\n# a comment in YAML\n---",
        "- # in a list",
        "> # in a quote",
        "#hashtag",
        "\\# escaped",
        "####### seven",
    ],
)
def test_what_only_looks_like_a_heading_opens_no_section(text: str) -> None:
    assert titles(text) == [(0, "")]


@pytest.mark.parametrize(
    "text",
    [
        "import X from 'x'\nexport const a = `\n# no`",
        "<CourseFloatingBanner\n  text={`\n# no\n`}\n/>",
        "{/*\n# no\n*/}",
    ],
)
def test_what_is_no_markdown_in_mdx_opens_no_section(text: str) -> None:
    assert titles(f"{text}\n\n# Yes", "note.mdx") == [(0, ""), (1, "Yes")]


def test_an_unclosed_brace_or_tag_hides_nothing() -> None:
    assert titles("{#if fw === 'pt'}\n# One\n{\n# Two\n<Tip\n# Three", "note.mdx")[1:] == [
        (1, "One"),
        (1, "Two"),
        (1, "Three"),
    ]


def test_ids_stay_when_the_wording_below_changes() -> None:
    before = split_sections("n.md", "# A\nold\n## B\n## B\n")
    after = split_sections("n.md", "# A\nnew\n\nmore\n## B\ntext\n## B\n")
    assert [section.id for section in before] == [section.id for section in after]
    assert before[0].hash != after[0].hash
    assert split_sections("other.md", "# A\nold\n")[0].id != before[0].id
    assert all(len(section.id) == 16 for section in before)


def test_an_empty_text_is_one_empty_section() -> None:
    assert [(s.start, s.end, s.text) for s in split_sections("n.md", "")] == [(1, 1, "")]


@pytest.mark.parametrize(
    "piece",
    ["# a\n", "- a\n", "[a]: b\n", "a\n-\n", "> ", "`", "[", "<div>\n", "*a ", "{\n", "<A\n", "|a|b|\n"],
)
def test_the_work_grows_with_the_length_only(piece: str) -> None:
    def calls(size: int) -> int:
        """Function calls that splitting takes: a measure of work that no busy machine disturbs."""
        text = piece * (size // len(piece))
        count = 0

        def counted(_frame: object, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            split_sections("n.mdx", text)
        finally:
            sys.setprofile(None)
        return count

    calls(1_000)
    assert calls(40_000) < 12 * calls(5_000)


def test_a_quotation_mark_that_is_escaped_does_not_end_a_tag_s_text() -> None:
    text = "# A\n<Question choices={[{text: 'That\\'s it'}]} />\n## B\n<Tip it='1' />\n"
    assert [section.title for section in split_sections("n.mdx", text)] == ["A", "B"]
