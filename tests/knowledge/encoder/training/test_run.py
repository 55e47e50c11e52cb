"""What a training gives: a folder like any other encoder's, always the same, that knows translations."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.encoder.folder import TOKENIZER, Card
from knowledge.encoder.static import StaticEncoder, load_static
from knowledge.encoder.training.corpus import read_corpus
from knowledge.encoder.training.evaluation import evaluate
from knowledge.encoder.training.export import MOST_BYTES
from knowledge.encoder.training.recipe import RECIPE, Recipe
from knowledge.encoder.training.run import README, train_encoder
from knowledge.errors import TrainingError
from tests.doubles.encoder import HashingEncoder
from tests.doubles.parallel import HELD, SOURCES, Parallel, write_rows
from tests.knowledge.encoder.training.conftest import SMALL, silent


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def margin(encoder: StaticEncoder, pairs: Path) -> float:
    """By how much a translation is nearer than the mean of the other texts, in cosine."""
    dev = read_corpus(pairs).dev
    cosines = encoder.encode([one.english for one in dev]) @ encoder.encode([one.other for one in dev]).T
    return float(np.diag(cosines).mean() - cosines.mean())


def test_sentence_transformers_reads_the_folder_and_gives_the_same_vectors(trained: Path) -> None:
    library: Any = importlib.import_module("sentence_transformers")
    words = Parallel().words
    texts = [" ".join(words[language][:7]) for language in words] + ["Something else, 1 2 3.", "未知 текст"]
    theirs = library.SentenceTransformer(str(trained), device="cpu").encode(texts, show_progress_bar=False)
    np.testing.assert_allclose(load_static(trained).encode(texts), theirs, atol=1e-3)


def test_the_same_pairs_and_seed_give_the_same_bytes_and_another_seed_others(
    pairs: Path, trained: Path, tmp_path: Path
) -> None:
    train_encoder(pairs, tmp_path / "again", SMALL, HashingEncoder, "cpu", silent)
    assert contents(tmp_path / "again") == contents(trained)
    train_encoder(pairs, tmp_path / "other", replace(SMALL, seed=1), HashingEncoder, "cpu", silent)
    assert load_static(tmp_path / "other").identity != load_static(trained).identity


def test_a_translation_is_nearer_than_other_texts_and_found_among_them(pairs: Path, trained: Path) -> None:
    assert margin(load_static(trained), pairs) > 0.5
    measures = evaluate(load_static(trained), read_corpus(pairs, [HELD]), silent)
    assert len(measures) == 8
    for one in measures:
        assert one.soft is not None
        assert one.soft > 0.4, one
        assert one.pooled > (0.7 if one.task == "translation" else 0.05), one


def test_a_source_that_is_left_out_is_neither_taught_nor_counted(
    pairs: Path, trained: Path, tmp_path: Path
) -> None:
    teacher = HashingEncoder()
    train_encoder(pairs, tmp_path / "encoder", SMALL, lambda: teacher, "cpu", silent)
    held = {one["en"] for rows in Parallel().pairs.values() for one in rows if one["src"] == HELD}
    assert held
    assert not held & set(teacher.encoded)
    told = json.loads((trained / RECIPE).read_text("utf-8"))
    assert set(told["data"]["sources"]) == set(SOURCES)
    assert Recipe.read(trained) == SMALL


def test_a_fourth_language_comes_by_its_pairs_alone(tmp_path: Path) -> None:
    parallel = Parallel(("bg", "de", "zh"), pairs=200)
    folder = parallel.write(tmp_path / "pairs", packed=False)
    train_encoder(folder, tmp_path / "encoder", SMALL, HashingEncoder, "cpu", silent)
    assert Card.read(tmp_path / "encoder").languages == ("en", "bg", "de", "zh")
    assert Card.read(tmp_path / "encoder").name == "recap/static-en-bg-de-zh"
    encoder = load_static(tmp_path / "encoder")
    german, english = (" ".join(parallel.words[language][:6]) for language in ("de", "en"))
    other = " ".join(parallel.words["en"][-6:])
    [ours, same, different] = encoder.encode([german, english, other])
    assert ours @ same > ours @ different + 0.3
    assert "- de" in (tmp_path / "encoder" / README).read_text("utf-8")


def test_the_teacher_isn_t_asked_again_for_what_it_said_before(pairs: Path, tmp_path: Path) -> None:
    teacher = HashingEncoder()
    train_encoder(pairs, tmp_path / "encoder", SMALL, lambda: teacher, "cpu", silent)
    first = contents(tmp_path / "encoder")
    assert teacher.encoded
    teacher.encoded.clear()
    train_encoder(pairs, tmp_path / "encoder", SMALL, lambda: teacher, "cpu", silent)
    assert teacher.encoded == []
    assert contents(tmp_path / "encoder") == first
    [kept] = tmp_path.glob("encoder.teacher-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    train_encoder(pairs, tmp_path / "encoder", SMALL, lambda: teacher, "cpu", silent)
    assert teacher.encoded
    assert contents(tmp_path / "encoder") == first
    other = HashingEncoder("hashing@2")
    train_encoder(pairs, tmp_path / "encoder", SMALL, lambda: other, "cpu", silent)
    assert other.encoded


def test_one_that_would_be_too_large_is_refused_and_what_was_there_stays(
    pairs: Path, trained: Path, tmp_path: Path
) -> None:
    train_encoder(pairs, tmp_path / "encoder", SMALL, HashingEncoder, "cpu", silent)
    with pytest.raises(TrainingError, match="training_size") as refused:
        train_encoder(pairs, tmp_path / "encoder", SMALL, HashingEncoder, "cpu", silent, most_bytes=20_000)
    assert refused.value.params["most"] == "0.0"
    assert contents(tmp_path / "encoder") == contents(trained)
    assert sum(map(len, contents(trained).values())) < MOST_BYTES


def test_a_folder_with_other_things_in_it_is_not_written_to(pairs: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.md").write_text("mine")
    with pytest.raises(TrainingError, match="training_folder"):
        train_encoder(pairs, tmp_path / "mine", SMALL, HashingEncoder, "cpu", silent)
    assert [file.name for file in (tmp_path / "mine").iterdir()] == ["notes.md"]


def test_more_dimensions_than_the_teacher_has_and_unknown_sources_are_refused(
    pairs: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match="training_dimension"):
        train_encoder(pairs, tmp_path / "a", replace(SMALL, dimension=65), HashingEncoder, "cpu", silent)
    with pytest.raises(TrainingError, match="training_source"):
        train_encoder(
            pairs, tmp_path / "b", replace(SMALL, left_out=("no/one",)), HashingEncoder, "cpu", silent
        )
    with pytest.raises(TrainingError, match="training_number"):
        replace(SMALL, dropout=1.0)


def test_the_card_says_what_it_was_made_from_and_how_well_it_does(
    pairs: Path, trained: Path, tmp_path: Path
) -> None:
    card = (trained / README).read_text("utf-8")
    assert card.startswith(
        "---\nlicense: cc-by-sa-4.0\nlanguage:\n- en\n- bg\n- zh\nlibrary_name: sentence-transformers"
    )
    assert f"| not stated | {', '.join(SOURCES)} |" in card
    assert "| heading | zh | en | 20 |" in card
    assert str(trained.parent) not in card
    folder = Parallel().write(tmp_path / "pairs")
    (folder / "licences.json").write_text(json.dumps({SOURCES[0]: "MIT", SOURCES[1]: "MIT"}))
    train_encoder(folder, tmp_path / "encoder", SMALL, HashingEncoder, "cpu", silent)
    assert f"| MIT | {', '.join(SOURCES)} |" in (tmp_path / "encoder" / README).read_text("utf-8")
    assert ": " not in (trained / TOKENIZER).read_text("utf-8")[:200]


def test_without_texts_held_back_there_is_an_encoder_but_nothing_to_measure(tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    write_rows(folder, "pairs.en-bg", Parallel(("bg",)).pairs["bg"])
    assert (
        train_encoder(
            folder, tmp_path / "encoder", replace(SMALL, left_out=()), HashingEncoder, "cpu", silent
        )
        == []
    )
    assert load_static(tmp_path / "encoder").card.familiar == {}
    with pytest.raises(TrainingError, match="training_nothing_held"):
        evaluate(load_static(tmp_path / "encoder"), read_corpus(folder), silent)
