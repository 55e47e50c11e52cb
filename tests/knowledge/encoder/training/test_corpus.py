"""Files of pairs that are in order are read whole; of others a person learns where they aren't."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from knowledge.encoder.training.corpus import read_corpus
from knowledge.errors import TrainingError
from tests.doubles.parallel import HELD, SOURCES, Parallel, write_rows

GOOD = {"src": "a/b", "kind": "sent", "en": "one", "xx": "едно"}


def test_packed_and_plain_files_say_the_same_and_held_back_sources_are_kept_apart(tmp_path: Path) -> None:
    packed = read_corpus(Parallel().write(tmp_path / "packed"), [HELD])
    plain = read_corpus(Parallel().write(tmp_path / "plain", packed=False), [HELD])
    assert packed == plain
    assert packed.languages == ("en", "bg", "zh")
    assert {pair.source for pair in packed.pairs} == set(SOURCES)
    assert {one.source for one in packed.held} == {HELD}
    assert not {one.source for one in packed.headings} & {HELD}
    assert packed.sources == {*SOURCES, HELD}


def test_what_stands_beside_the_pairs_in_a_language_without_pairs_is_left_alone(tmp_path: Path) -> None:
    folder = Parallel().write(tmp_path)
    (folder / "pairs.en-zh.jsonl.gz").unlink()
    corpus = read_corpus(folder)
    assert {one.language for one in corpus.headings} == {one.language for one in corpus.dev} == {"bg"}


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "1", '{"src": "a/b"}', '{"src": "a", "kind": "b", "en": "", "xx": "x"}', "\xff",
     '{"src": "a", "kind": "b", "en": 1, "xx": "x"}', '{"src": "a", "kind": "b", "en": null, "xx": "x"}'],
)  # fmt: skip
def test_a_line_that_isn_t_a_pair_is_told_by_file_and_line(tmp_path: Path, line: str) -> None:
    file = write_rows(tmp_path, "pairs.en-bg", [GOOD, GOOD])
    file.write_bytes(file.read_bytes() + b"\n" + line.encode("latin-1") + b"\n")
    with pytest.raises(TrainingError) as refused:
        read_corpus(tmp_path)
    assert refused.value.key == "error.training_line"
    assert refused.value.params == {"file": str(file), "line": 4, "fields": "src, kind, en, xx"}


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b"x" * 9_000, mtime=0)[:-12], gzip.compress(b"{}", mtime=0)[:5]],
    ids=["no gzip", "cut off", "five bytes"],
)
def test_a_damaged_file_is_told_by_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pairs.en-bg.jsonl.gz").write_bytes(content)
    with pytest.raises(TrainingError) as refused:
        read_corpus(tmp_path)
    assert refused.value.key == "error.training_file"
    assert refused.value.params["line"] == 1


def test_a_folder_without_pairs_or_with_none_left_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(TrainingError, match="training_no_pairs"):
            read_corpus(folder)
    write_rows(tmp_path, "pairs.en-bg", [GOOD])
    with pytest.raises(TrainingError, match="training_no_text"):
        read_corpus(tmp_path, ["a/b"])


def test_a_language_whose_script_can_t_be_told_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path, "pairs.en-el", [GOOD])
    with pytest.raises(TrainingError, match="training_language"):
        read_corpus(tmp_path)


def test_half_a_character_is_read_as_a_question_mark(tmp_path: Path) -> None:
    write_rows(tmp_path, "pairs.en-bg", [GOOD])
    file = tmp_path / "pairs.en-bg.jsonl"
    file.write_text(r'{"src": "a/b", "kind": "sent", "en": "a \ud800 b", "xx": "x"}')
    assert read_corpus(tmp_path).pairs[0].english == "a ? b"
