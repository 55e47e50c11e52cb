from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.terms import clues, is_pair, is_word, query_terms, terms


def words(text: str) -> set[str]:
    return {term for term in terms(text) if is_word(term)}


def test_an_identifier_counts_whole_and_in_parts() -> None:
    assert {"automodelforcausallm", "auto", "model", "causal", "lm"} <= words("AutoModelForCausalLM")
    assert {"input_ids", "input", "id"} <= words("`input_ids`")
    assert {"from_pretrained", "pretrain"} <= words("from_pretrained()")


def test_a_hyphenated_word_meets_its_other_spellings() -> None:
    assert words("pre-trained") & words("pretrained") == {"pretrain"}
    assert {"fine", "tune"} <= words("fine-tuning") & words("fine tuning")


def test_plurals_of_capitals_meet_the_singular() -> None:
    assert words("LLMs") == words("LLM") == {"llm"}


def test_function_words_are_left_out() -> None:
    assert words("What is the model?") == {"model"}
    assert words("Какво представлява моделът?") == {"модел"}


def test_chinese_counts_in_pairs_and_single_characters() -> None:
    found = terms("微调模型")
    assert {"微调", "调模", "模型"} <= set(found)
    assert sum(not is_word(term) for term in found) == 4
    assert is_pair("模型")
    assert not is_pair("lm")


def test_latin_terms_inside_chinese_are_found() -> None:
    assert {"trainer", "训练"} <= words("使用Trainer训练")


def test_full_width_forms_are_levelled() -> None:
    assert words("Ｔｒａｉｎｅｒ") == words("Trainer")


def test_links_leave_their_text_only() -> None:
    assert words("[course](https://example.org/secret) https://example.org/other") == {"cours"}


def test_a_bulgarian_question_finds_the_english_term_in_bulgarian_text() -> None:
    asked = query_terms(clues("Какво е токенизация?"))
    written = terms("Tokenization – процесът на разделяне")
    assert set(asked) & set(written)


def test_english_text_alone_leaves_no_traces_of_loanwords() -> None:
    assert all(is_word(term) for term in terms("Tokenization is a process"))


def test_what_only_makes_a_question_is_no_clue() -> None:
    assert {form for clue in clues("什么是分词器？") for form in clue.forms if is_word(form)} == {
        "分词",
        "词器",
    }
    assert [clue.forms[0] for clue in clues("What is a logit?")] == ["logit"]


def test_a_question_of_function_words_alone_still_has_clues_in_chinese() -> None:
    assert clues("什么是什么？")


def test_weaker_traces_weigh_less() -> None:
    asked = query_terms(clues("токенизация"))
    assert asked["токенизак"] == 1.0
    assert all(weight < 1 for term, weight in asked.items() if term != "токенизак")


@given(st.text(max_size=200))
def test_any_text_gives_terms_without_white_space(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(character.isspace() for character in term)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_every_clue_of_a_question_is_a_term_of_the_same_text(text: str) -> None:
    found = set(terms(text))
    assert all(clue.forms[0] in found for clue in clues(text))


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_text_in_ascii_has_the_terms_that_it_has_beside_other_signs(text: str) -> None:
    assert terms(f"{text} … 模", loanwords=False) == [*terms(text), "·模"]


def test_a_word_too_long_to_be_remembered_has_its_terms() -> None:
    long = "-".join(["attention"] * 20)
    assert terms(f"layer {long}")[1:] == terms(long)
    assert set(terms(long)) >= {"attent"}
