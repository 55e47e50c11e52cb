"""Choice questions as notes write them: tags of MDX, boxes, letters; and what becomes of broken ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.review.authored import answers_nothing, quiz
from jobs.review.choices import MOST, Choice, from_json, inline, several, shuffled, to_json, usable
from jobs.review.jsx import Unreadable, read_tag
from jobs.review.mdx import tagged
from jobs.review.prompts import Prompt
from knowledge.language import detect_language
from knowledge.notes import Note, content_hash
from knowledge.sections import split_sections

TAG = """<Question
	choices={[
		{
			text: "It tells the <code>Trainer</code> which <em>tokenizer</em> to use.",
			explain: "Correct! See <a href='/chapter2'>chapter 2</a>.",
			correct: true
		},
		{
			text: "It sets the \\"batch\\" size.",
			explain: 'That\\'s what the arguments are for.'
		},
	]}
/>"""


def note(text: str, path: str = "n.mdx") -> Note:
    return Note(path, "N", detect_language(text), text, content_hash(text), split_sections(path, text))


def asked(text: str, path: str = "n.mdx") -> list[Prompt]:
    return [prompt for prompt in quiz(note(text, path)) if prompt.choices]


def right(prompt: Prompt) -> list[str]:
    return [choice.text for choice in prompt.choices if choice.correct]


# Tags


def test_a_tag_gives_its_question_choices_and_explanations() -> None:
    text = f"# Trainer\n\n## Quiz\n\n### 1. What is `processing_class` for?[[what]]\n\n{TAG}\n"
    (prompt,) = asked(text)
    assert prompt.text == "What is `processing_class` for?"
    assert prompt.choices == (
        Choice("It tells the `Trainer` which *tokenizer* to use.", True, "Correct! See chapter 2 ."),
        Choice('It sets the "batch" size.', False, "That's what the arguments are for."),
    )
    lines = note(text).lines
    assert (lines[prompt.start - 1], lines[prompt.end - 1]) == ("<Question", "/>")


def test_what_stands_before_a_tag_is_asked_with_its_code() -> None:
    code = "```py\nprint(1)\n```"
    text = f"# Quiz\n### 2. What does it print?\n\n{code}\n\n{{#if fw === 'pt'}}\n{TAG}\n{{:else}}\n{TAG}\n"
    assert [prompt.text for prompt in asked(text)] == ["What does it print?\n\n```py\nprint(1)\n```"]


@pytest.mark.parametrize("number", ["3. ", "3．", "3、", "3.", "(3) ", "3) "])
def test_the_number_of_a_question_is_no_part_of_it(number: str) -> None:
    assert [prompt.text for prompt in asked(f"# Quiz\n### {number}哪一个是？\n{TAG}\n")] == ["哪一个是？"]


def test_several_tags_under_one_heading_are_asked_by_the_paragraphs_before_them() -> None:
    asking = f"Now you.\n\nWhich one is it?\n\n{TAG}\n\nAnd which of these?\n\n{TAG}\n\n{TAG}\n"
    text = f"# N\n## Check yourself\n\n{asking}"
    assert [prompt.text for prompt in asked(text)][-1] == "And which of these?"
    assert len(asked(text)) == 2


def test_a_section_that_holds_tags_answers_nothing_unless_it_tells_something() -> None:
    told = "It explains at length what the trainer needs. " * 8
    sections = note(f"# N\n## 1. Which?\n{TAG}\n## Trainer\n{told}\n{TAG}\n").sections
    assert [answers_nothing(section) for section in sections] == [True, True, False]


def test_a_tag_within_code_is_an_example() -> None:
    assert asked(f"# Quiz\n## Which?\n```jsx\n{TAG}\n```\n") == []


@pytest.mark.parametrize(
    "broken",
    [
        TAG.replace("},\n\t\t{", "}\n\t\t{"),
        TAG.replace("to use.</code>", "to use."),
        TAG.replace("correct: true\n", "correct: true,,\n"),
        TAG.replace('explain: "Correct!', '// why\n explain: "Correct!'),
        TAG.replace("\\'s", "'s"),
        TAG.replace('\\"batch\\"', '"batch"'),
        TAG.replace("text:", '"text":').replace("correct: true", "'correct': true"),
        TAG.replace('"It tells', '"It" + " tells'),
        TAG.replace('"It tells', "`It tells").replace('to use."', "to use.`"),
        TAG.replace("choices={[", "id={3} shuffle choices = { ["),
        TAG.replace("\t]}\n/>", "\t]\n/>"),
        TAG.replace("\n", "\r\n").replace("\r", ""),
        TAG.replace("text:", "text :"),
    ],
)
def test_a_tag_with_a_mistake_is_read_all_the_same(broken: str) -> None:
    (prompt,) = asked(f"# Quiz\n### Which is it?\n{broken}\n")
    assert right(prompt) == ["It tells the `Trainer` which *tokenizer* to use."]
    assert [choice.text for choice in prompt.choices][1] == 'It sets the "batch" size.'


@pytest.mark.parametrize(
    "useless",
    [
        TAG.replace("correct: true", ""),
        TAG.replace("text:", "txt:", 1),
        TAG.replace("/>", ""),
        "<Question />",
        '<Question choices={[{text: "one", correct: true}]} />',
        '<Question choices={[{text: "same", correct: true}, {text: "Same"}]} />',
        '<Question choices="a, b" />',
        "<Question choices={choices} />",
        '<Question choices={[{text: "", correct: true}, {text: "x"}]} />',
    ],
)
def test_a_tag_that_makes_no_question_is_left_alone(useless: str) -> None:
    assert asked(f"# Quiz\n### Which is it?\n{useless}\n") == []


TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\\<>&[]()*_`!"),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() != "")
CHOICES = st.lists(st.tuples(TEXT, st.booleans(), TEXT), min_size=1, max_size=6)


@given(CHOICES, st.sampled_from(["'", '"', "`"]))
def test_what_is_written_properly_is_read_as_it_is(listed: list[tuple[str, bool, str]], mark: str) -> None:
    def text(value: str) -> str:
        return mark + value.replace(mark, "\\" + mark) + mark

    entries = ",\n".join(
        f"{{text: {text(said)}, explain: {text(why)}{', correct: true' if correct else ''}}}"
        for said, correct, why in listed
    )
    attributes, end = read_tag(source := f"<Question choices={{[{entries}]}} />", 0)
    assert end == len(source)
    assert [(c["text"], c.get("correct", False), c["explain"]) for c in attributes["choices"]] == listed


PIECES = (
    *("<Question", "choices={[", "{", "}", "[", "]", "text:", "explain:", "correct:", "true", ",", "/>"),
    *(">", "\\", "/*", "//", "=", "+", "<code>", "</code>", '"', "'", "`", "\n", "```", "# Quiz\n"),
    *("## a?\n", "- [x] b\n", "- [ ] c\n", "   a) d\n"),
)
BROKEN = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(max_size=8),
    ),
    max_size=60,
)


@given(BROKEN)
def test_nothing_that_is_written_breaks_the_reader(pieces: list[str]) -> None:
    text = "".join(pieces).replace("\r", " ")
    written = note(text)
    for section in written.sections:
        for tag in tagged(section):
            assert section.start <= tag.start <= tag.end <= section.end
    for prompt in quiz(written):
        assert prompt.text.strip()
        assert prompt.section.start <= prompt.start <= prompt.end <= prompt.section.end
        if prompt.choices:
            assert usable(prompt.choices)


@given(st.integers(0, len(TAG)), st.text(max_size=5), st.integers(0, 40))
def test_a_damaged_tag_gives_a_question_or_none(at: int, put: str, cut: int) -> None:
    damaged = TAG[:at] + put + TAG[at + cut :]
    for prompt in asked(f"# Quiz\n### Which is it?\n{damaged}\n"):
        assert usable(prompt.choices)
        assert not any("explain:" in choice.text for choice in prompt.choices)


def test_a_tag_without_an_end_is_no_tag() -> None:
    with pytest.raises(Unreadable):
        read_tag("<Question choices={[", 0)


def test_the_course_s_own_questions_are_all_read(corpora: Path) -> None:
    truth = [json.loads(line) for line in (corpora / "questions.jsonl").read_text("utf-8").splitlines()]
    root = corpora / "hf_course_quiz_originals"
    found = [
        tag.choices
        for file in sorted(root.rglob("*.mdx"))
        for section in split_sections(file.name, file.read_text("utf-8"))
        for tag in tagged(section)
    ]
    assert all(usable(choices) for choices in found)
    assert sorted((len(c), sum(one.correct for one in c)) for c in found) == sorted(
        (len(q["choices"]), len(q["correct_choices"])) for q in truth
    )


# Boxes and letters


@pytest.mark.parametrize(
    "text",
    [
        "1. Which one?\n   - [ ] A cat\n   - [x] A dog\n     > It barks.\n   - [ ] A cow",
        "1. Which one?\n\n   * [ ] A cat\n   * [X] A dog\n\n     It barks.\n\n   * [ ] A cow",
        "Which one?\n\n- [ ] A cat\n- [x] A dog\n  > It barks.\n- [ ] A cow\n",
        "### Which one?\n- [ ] A cat\n- [x] A dog\n  - It barks.\n- [ ] A cow\n",
        "1. Which one?\n   a) A cat\n   b) A dog\n      > It barks.\n   c) A cow\n\n   Answer: b",
        "1. Which one? Answer: b\n   - a) A cat\n   - b) A dog\n     > It barks.\n   - c) A cow",
        "**Въпрос 1:** Which one?\n- [ ] A cat\n- [х] A dog\n  > It barks.\n- [ ] A cow",
    ],
)
def test_boxes_and_letters_give_choices(text: str) -> None:
    (prompt,) = asked(f"# N\nIntro.\n\n## Quiz\n{text}\n", "n.md")
    assert prompt.text == "Which one?"
    assert prompt.choices == (Choice("A cat"), Choice("A dog", True, "It barks."), Choice("A cow"))


@pytest.mark.parametrize(
    "behind",
    ["Explanation: it barks.", "> it barks.", "Обяснение: it barks.", "解释：it barks."],
)
def test_what_stands_behind_the_boxes_explains_the_answer(behind: str) -> None:
    boxes = f"- [ ] A cat\n- [x] A dog\n\n{behind}\n\nWhat else?\n\n- [x] A\n- [ ] B\n"
    text = f"# N\n## Quiz\nWhich one?\n\n{boxes}"
    first, second = asked(text, "n.md")
    assert first.explanation == "it barks."
    assert second.text == "What else?"


def test_a_choice_that_goes_on_in_the_next_line_is_one_text() -> None:
    text = "# N\n## Тест\n1. Which?\n   - [ ] A cat that\n     sleeps\n   - [x] A dog\n"
    assert [choice.text for choice in asked(text, "n.md")[0].choices] == ["A cat that sleeps", "A dog"]


def test_code_between_a_question_and_its_boxes_is_shown() -> None:
    text = "# N\n## Quiz\nWhat does it print?\n\n```py\nprint(1)\n```\n\n- [x] 1\n- [ ] 2\n"
    assert asked(text, "n.md")[0].text == "What does it print?\n\n```py\nprint(1)\n```"


@pytest.mark.parametrize(
    "text",
    [
        "## To do\n- [ ] Read\n- [x] Write",
        "## Quiz\n1. Which?\n   - [ ] A\n   - [ ] B",
        "## Quiz\n1. Which?\n   a) A\n   b) B",
    ],
)
def test_a_list_that_does_not_say_what_is_right_gives_no_choices(text: str) -> None:
    assert asked(f"# N\n{text}\n", "n.md") == []


# What becomes of them


def test_the_order_depends_on_the_seed_alone_and_loses_nothing() -> None:
    choices = tuple(Choice(text, text == "b") for text in "abcdef")
    orders = {shuffled(choices, f"{seed}") for seed in range(50)}
    assert len(orders) > 30
    assert all(sorted(order, key=lambda one: one.text) == list(choices) for order in orders)
    assert shuffled(choices, "7") == shuffled(choices, "7")


@pytest.mark.parametrize("last", ["All of the above", "None of these.", "Всички изброени", "以上都对"])
def test_what_speaks_of_the_others_stays_last(last: str) -> None:
    choices = (Choice("a"), Choice(last, True), Choice("b"), Choice("c"))
    assert {shuffled(choices, f"{seed}")[-1].text for seed in range(20)} == {last}


def test_choices_that_name_others_by_letter_keep_their_order() -> None:
    choices = (Choice("one"), Choice("two"), Choice("Both A and B", True))
    assert {shuffled(choices, f"{seed}") for seed in range(20)} == {choices}


def test_choices_survive_being_stored() -> None:
    choices = (Choice("a", True, "why"), Choice("b"))
    assert from_json(to_json(choices)) == choices
    assert from_json(None) == ()
    assert several((*choices, Choice("c", True)))
    assert not several(choices)
    assert not usable([Choice(str(n), n == 0) for n in range(MOST + 1)])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<code>a_b</code> and <strong>c</strong>", "`a_b` and **c**"),
        ("one<br>two &lt;pad&gt;", "one two <pad>"),
        ("[here](http://x) and `code`", "here and `code`"),
        ("<code>x</code><code>y</code>", "`x` `y`"),
        ("a < b and c > d", "a < b and c > d"),
        ("<code></code>", ""),
    ],
)
def test_html_and_links_become_plain_markdown(written: str, shown: str) -> None:
    assert inline(written) == shown


@given(st.text(max_size=60))
def test_any_text_becomes_one_line(text: str) -> None:
    assert "\n" not in inline(text)
    assert "\0" not in inline(text)
