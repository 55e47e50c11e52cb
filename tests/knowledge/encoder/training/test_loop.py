"""Training brings together what belongs together, whatever table it starts from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from knowledge.embed import Vectors
from knowledge.encoder.training.corpus import read_corpus
from knowledge.encoder.training.device import repeatable
from knowledge.encoder.training.examples import Examples, Tokens, english_texts, make_examples, tokenized
from knowledge.encoder.training.loop import train_table
from knowledge.encoder.training.objective import away, contrast
from knowledge.encoder.training.start import first_table, targets
from knowledge.encoder.training.teacher import Teaching
from knowledge.encoder.training.vocabulary import learn_tokenizers
from tests.doubles.encoder import HashingEncoder
from tests.doubles.parallel import HELD
from tests.knowledge.encoder.training.conftest import SMALL, silent

Made = tuple[Examples, Tokens, Tokens, Vectors, int]


@pytest.fixture(scope="module")
def made(pairs: Path) -> Made:
    corpus = read_corpus(pairs, [HELD])
    english = english_texts(corpus)
    words = tuple(sorted({word for text in english for word in text.split()}))
    encode = HashingEncoder().encode
    teaching = Teaching(
        encode(english, "query").astype(np.float16), words, encode(words, "query").astype(np.float16)
    )
    full, alone = learn_tokenizers(corpus, words, SMALL, silent)
    examples = make_examples(corpus, english, words)
    cut = [tokenized(one, examples.texts, SMALL.longest_text, silent) for one in (full, alone)]
    return examples, cut[0], cut[1], targets(teaching, SMALL.dimension), full.get_vocab_size()


def nearness(table: Vectors, made: Made) -> float:
    """The mean cosine of a pair's two texts, less that of texts that aren't a pair."""
    examples, full, *_rest = made
    sums = np.add.reduceat(table[full.ids], full.starts[:-1], axis=0)
    unit = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    cosines = unit[examples.pairs[:, 0]] @ unit[examples.pairs[:, 1]].T
    return float(np.diag(cosines).mean() - cosines.mean())


def test_training_finds_the_translations_from_a_table_of_chance(made: Made) -> None:
    examples, full, alone, wanted, size = made
    table = np.random.default_rng(3).normal(0, 0.1, (size, SMALL.dimension)).astype(np.float32)
    recipe = replace(SMALL, epochs=12, learning_rate=3e-2)
    trained = train_table(examples, full, alone, wanted, table, recipe, "cpu", silent)
    assert nearness(table, made) < 0.1
    assert nearness(trained, made) > 0.5
    assert not trained[0].any()


def test_the_first_table_knows_them_already(made: Made) -> None:
    examples, full, alone, wanted, size = made
    table = first_table(examples, full, alone, wanted, size)
    assert table.shape == (size, SMALL.dimension)
    assert table.dtype == np.float32
    assert nearness(table, made) > 0.5


def test_tokens_of_the_pieces_are_numbered_as_in_the_whole_vocabulary(made: Made) -> None:
    examples, full, alone, _wanted, size = made
    assert alone.ids.max() < full.ids.max() < size
    assert len(alone.ids) > len(full.ids)
    assert len(full.starts) == len(alone.starts) == len(examples.texts) + 1


def test_torch_is_left_as_it_was() -> None:
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    with pytest.raises(KeyError), repeatable(0, before[0] + 1, "cpu"):
        assert torch.get_num_threads() == before[0] + 1
        assert torch.are_deterministic_algorithms_enabled()
        raise KeyError
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before


def test_contrast_is_the_entropy_of_the_right_one_and_leaves_out_what_says_the_same() -> None:
    ones, others = torch.eye(3), torch.tensor([[1.0, 0, 0], [0.6, 0.8, 0], [0, 0, 1.0]])
    scores = 2 * (ones @ others.T).double()
    rows = -(scores.diag() - scores.logsumexp(1)).mean()
    columns = -(scores.diag() - scores.logsumexp(0)).mean()
    assert contrast(ones, others, np.arange(3), 2.0).item() == pytest.approx((rows + columns).item() / 2)
    assert contrast(ones[:2], others[:2], np.array([7, 7]), 2.0).item() == pytest.approx(0)
    assert away(ones, others).item() == pytest.approx(1 - 2.8 / 3)
