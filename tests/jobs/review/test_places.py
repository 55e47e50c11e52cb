"""The lines that a card quotes: nothing that belongs together is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.places import telling_span
from knowledge.notes import Section
from knowledge.sections import split_sections

TEXT = """## Steps
Three things are done.

1. Cut the text.
   Into pieces.
2. Look up numbers.
3. Run the model.

| What | How |
|---|---|
| padding | fills up |
| truncation | cuts off |

```python
one()

two()
```

Nothing follows but this."""


def section(text: str = TEXT) -> Section:
    return split_sections("n.md", text)[0]


@pytest.mark.parametrize(
    ("cut", "whole"),
    [
        ((2, 2), (2, 2)),
        ((1, 3), (2, 2)),
        ((6, 6), (4, 7)),
        ((5, 8), (4, 7)),
        ((11, 11), (9, 12)),
        ((6, 10), (4, 12)),
        ((12, 15), (9, 18)),
        ((17, 17), (9, 18)),
        ((18, 20), (14, 20)),
    ],
)
def test_lists_with_numbers_tables_and_code_are_quoted_whole(
    cut: tuple[int, int], whole: tuple[int, int]
) -> None:
    assert telling_span(section(), *cut) == whole


def test_code_at_the_beginning_comes_with_the_paragraph_after_it() -> None:
    text = "## Code\n```python\none()\n```\n\nIt says one.\nAnd more.\n\nAnother paragraph."
    assert telling_span(section(text), 2, 3) == (2, 7)


def test_a_section_of_code_is_quoted_as_it_is() -> None:
    assert telling_span(section("## Code\n```python\none()\n```"), 3, 3) == (2, 4)


def test_what_is_too_long_to_be_read_whole_is_left_cut() -> None:
    rows = "\n".join(f"| {number} | b |" for number in range(60))
    assert telling_span(section(f"## T\n| a | b |\n|---|---|\n{rows}"), 20, 22) == (20, 22)


LINES = st.lists(
    st.sampled_from(["", "a", "1. b", "2) c", "| d |", "|---|", "```", "```py", "  e", "- f"]), max_size=20
)


@given(LINES, st.integers(1, 25), st.integers(0, 8))
def test_a_span_never_leaves_its_section_and_holds_what_was_found(
    lines: list[str], start: int, more: int
) -> None:
    own = section("\n".join(["## S", *lines]))
    found = telling_span(own, start, start + more)
    if found is not None:
        first, last = found
        assert own.start < first <= last <= own.end
        written = [
            number
            for number in range(max(start, own.start + 1), min(start + more, own.end) + 1)
            if own.text.split("\n")[number - own.start].strip()
        ]
        assert first <= written[0]
        assert written[-1] <= last
