"""A static encoder made on the spot: a small tokenizer of the sample course, random vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from knowledge.encoder.coverage import find_thresholds
from knowledge.encoder.folder import Card, write_folder
from knowledge.encoder.unigram import Unigram

NAME = "tests/static"
DIMENSION = 32
COURSE = Path(__file__).resolve().parents[2] / "knowledge" / "sample_course"
_UNKNOWN = "[UNK]"
_LETTERS = r"\p{Latin}\p{Cyrillic}\p{N}"


def make_static(folder: Path, mapped: bool = True) -> Path:
    """The folder, filled with a model that has an unknown piece of no weight; gives the folder.

    `mapped`: several tokens share a row, as they do in the model that comes with Recap.
    """
    tokenizer = make_tokenizer()
    size = tokenizer.get_vocab_size()
    chance = np.random.default_rng(11)
    table = chance.integers(-127, 128, (size // 2 if mapped else size, DIMENSION)).astype(np.int8)
    scales = chance.uniform(0.001, 0.02, size).astype(np.float32)
    scales[0] = 0.0
    tensors: dict[str, NDArray[Any]] = {"embeddings": table, "weights": scales}
    if mapped:
        tensors["mapping"] = (np.arange(size) % len(table)).astype(np.int32)
    serialized = tokenizer.to_str()
    familiar = find_thresholds(Unigram(serialized.encode()), course_lines(), kept=1.0)
    write_folder(folder, Card(NAME, ("en", "bg", "zh"), 64, familiar), serialized, save(tensors))
    return folder


def make_tokenizer(size: int = 3000) -> Tokenizer:
    """A Unigram tokenizer of English, Bulgarian and Chinese, trained on the sample course."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.Replace(Regex(rf"(?<![{_LETTERS}])(?=[{_LETTERS}])"), "▁"),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Split(Regex(rf"▁[{_LETTERS}]+|\p{{Han}}+|[^\s]"), "isolated"),
        ]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=size, unk_token=_UNKNOWN, special_tokens=[_UNKNOWN], show_progress=False
    )
    tokenizer.train_from_iterator(course_lines(), trainer)
    # The trainer makes a special token of the unknown piece; in the model it is a piece like any other.
    pieces = json.loads(tokenizer.to_str())["model"]["vocab"]
    plain = Tokenizer(models.Unigram([(piece, score) for piece, score in pieces], 0))
    plain.normalizer, plain.pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer
    return plain


def course_lines() -> list[str]:
    """The lines of the sample course."""
    return [line for file in sorted(COURSE.glob("*.md")) for line in file.read_text("utf-8").splitlines()]
