from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.reading import read_section, reading_from_json, reading_json
from knowledge.sections import split_sections
from knowledge.units import Unit, is_outline, split_units


def units(text: str, path: str = "note.md") -> list[Unit]:
    return [unit for section in split_sections(path, text) for unit in split_units(section)]


def test_prose_is_cut_into_sentences_with_their_lines() -> None:
    found = units("# A\n\nOne is here. Two\nis there.\n")
    assert [(unit.text, unit.start, unit.end) for unit in found] == [
        ("One is here.", 3, 3),
        ("Two\nis there.", 3, 4),
    ]


def test_code_stays_whole() -> None:
    found = units("# A\n\n```python\nx = 1\n\ny = 2\n```\n")
    assert [(unit.kind, unit.text, unit.start, unit.end) for unit in found] == [
        ("code", "```python\nx = 1\n\ny = 2\n```", 3, 7)
    ]


def test_a_list_item_loses_its_marker_and_keeps_its_continuation() -> None:
    found = units("- **One** – first\n  and more\n- [ ] two\n1. three\n")
    assert [unit.text for unit in found] == ["**One** – first and more", "two", "three"]
    assert (found[0].start, found[0].end) == (1, 2)
    assert found[1].task


def test_a_nested_item_knows_its_parent() -> None:
    found = units("- parent\n  - child\n")
    assert [(unit.text, unit.context) for unit in found] == [("parent", ""), ("child", "parent")]


def test_a_line_that_leads_a_list_in_goes_with_it() -> None:
    found = units("It has two parts:\n\n- one part\n- other part\n")
    whole = next(unit for unit in found if unit.kind == "list")
    assert (whole.start, whole.end) == (1, 4)
    assert found[0].leads


def test_a_table_row_knows_its_header() -> None:
    found = units("| Task | Model |\n|---|---|\n| NER | BERT |\n| Text | GPT |\n")
    assert [(unit.text, unit.context, unit.start) for unit in found] == [
        ("NER – BERT", "Task Model", 3),
        ("Text – GPT", "Task Model", 4),
    ]


def test_pictures_bare_links_rules_and_tags_are_left_out() -> None:
    assert (
        units("![x](y.png)\n\nhttps://example.org/a\n\n---\n\n<br>\n\n[only a link](https://example.org)\n")
        == []
    )


def test_questions_and_prompts_are_marked() -> None:
    text = "1. What is it?\n2. Въпроси: Какво е това? Защо?\n3. 什么是模型？\n4. It is a model.\n"
    assert [unit.question for unit in units(text)] == [True, True, True, False]
    plan = "| Време | Промпт |\n|---|---|\n| 1 ден | Обяснете какво е това. |\n| 1周 | 解释它。 |\n"
    assert all(unit.question for unit in units(plan))


def test_a_line_all_in_bold_only_leads() -> None:
    assert [unit.leads for unit in units("1. **Working with it**\n2. **It** is good.\n")] == [True, False]


def test_outlines_are_known_by_their_heading() -> None:
    for heading in (
        "Table of Contents",
        "What You'll Learn",
        "Short Retrieval Quiz",
        "目录",
        "练习题",
        "Упражнения",
    ):
        assert is_outline(split_sections("a.md", f"# {heading}\n\ntext\n")[0])
    assert not is_outline(split_sections("a.md", "# Transformer Architecture\n\ntext\n")[0])


def test_a_reading_comes_back_from_json_as_it_was() -> None:
    text = "# **Токени** и tokens\n\n**Tokenization** – делене.\n\n- one: a\n- two\n\n```py\nx\n```\n"
    for section in split_sections("a.md", text):
        reading = read_section(section)
        assert reading_from_json(section, reading_json(reading)) == reading


@given(st.text(alphabet="# -*|`>1.ab?：\n中文да!", max_size=200))
def test_any_text_gives_units_that_stand_on_their_lines(text: str) -> None:
    lines = text.split("\n")
    for unit in units(text):
        assert 1 <= unit.start <= unit.end <= len(lines)
        assert unit.text.strip()
        written = "".join("\n".join(lines[unit.start - 1 : unit.end]).replace(">", "").split())
        assert "".join(unit.quote.replace(">", "").split()) in written
