"""`recap encoder`, as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from knowledge.encoder.static import load_static
from tests.bot.cli.test_commands import recap
from tests.doubles.parallel import HELD, Parallel
from tests.doubles.static import make_static

SMALL = ("--dimension", "16", "--vocabulary", "500", "--epochs", "2", "--device", "cpu", "--leave-out", HELD)


@pytest.mark.slow
def test_an_encoder_is_trained_measured_and_trained_again_alike(tmp_path: Path) -> None:
    pairs, teacher = Parallel().write(tmp_path / "pairs"), make_static(tmp_path / "teacher")
    folders = [tmp_path / "a" / "encoder", tmp_path / "b" / "encoder"]
    for folder in folders:
        given = ("--pairs", str(pairs), "--out", str(folder), "--teacher", str(teacher), *SMALL)
        done = recap("encoder", "train", *given, data=tmp_path)
        assert done.returncode == 0, done.stderr
        assert str(folder) in done.stdout
        assert "section by heading" in done.stdout
        assert done.stderr == ""
    for file in sorted(folders[0].rglob("*")):
        if file.is_file():
            assert (folders[1] / file.relative_to(folders[0])).read_bytes() == file.read_bytes(), file.name
    assert load_static(folders[0]).dimension == 16
    measured = recap("encoder", "evaluate", str(folders[0]), "--pairs", str(pairs), "--json", data=tmp_path)
    measures = json.loads(measured.stdout)
    assert [one["found"] for one in measures if one["task"] == "heading"] == ["bg", "en", "zh", "en"]
    assert all(0 <= one["pooled"] <= 1 for one in measures)


def test_a_line_that_isn_t_a_pair_is_one_sentence_in_one_s_own_language(tmp_path: Path) -> None:
    (tmp_path / "pairs.en-bg.jsonl").write_text('{"src": "a"}\n')
    given = ("--pairs", str(tmp_path), "--out", str(tmp_path / "out"))
    done = recap("encoder", "train", *given, data=tmp_path, LANGUAGE="bg")
    assert done.returncode == 1
    assert "Ред 1 на" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.slow
def test_whatever_can_t_be_is_one_sentence(tmp_path: Path) -> None:
    pairs = Parallel().write(tmp_path / "pairs", packed=False)
    (pairs / "pairs.en-bg.jsonl").write_text('{"src": "a"}\n')
    out = ("--out", str(tmp_path / "out"))
    for arguments, told in (
        (("train", "--pairs", str(pairs), *out), "Line 1 of"),
        (("train", "--pairs", str(tmp_path / "none"), *out), "There are no pairs"),
        (("train", "--pairs", str(pairs), *out, "--dimension", "0"), "dimension can't be 0"),
        (("train", "--pairs", str(pairs), *out, "--device", "toaster"), "on toaster"),
        (("evaluate", str(pairs), "--pairs", str(Parallel().write(tmp_path / "good"))), "no encoder in"),
    ):
        done = recap("encoder", *arguments, data=tmp_path)
        assert done.returncode == 1, done.stderr
        assert told in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
