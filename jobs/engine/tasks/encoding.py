"""tokenize, similarity, embed, classify: what a tokenizer and a sentence encoder give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jobs.engine.catalog import labels_of, texts_of
from jobs.engine.outputs import MAX_TOKENS, Output, compared, labelled, tokenized, truncation
from jobs.engine.tasks.handler import Handler, Run, clean
from jobs.engine.weights import Located
from knowledge.embed import Encoder, Vectors
from knowledge.embed_loading import load_encoder
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled

VALUES = 8


def _load_tokenizer(located: Located, _device: str) -> Any:
    if located.name == BUNDLED:
        return bundled()
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(located.folder, local_files_only=True, trust_remote_code=False)


def _tokenize(run: Run) -> list[Output]:
    return [(tokenized if run.located.name == BUNDLED else _tokens)(run.model, text) for text in run.texts]


def _tokens(tokenizer: Any, text: str) -> Output:
    ids = tokenizer(text, truncation=False, verbose=False)["input_ids"]
    kept = ids[:MAX_TOKENS]
    return {
        "tokens": tokenizer.convert_ids_to_tokens(kept),
        "ids": kept,
        "decoded": tokenizer.decode(kept, skip_special_tokens=True),
        **truncation(len(kept), len(ids)),
    }


def _load_encoder(located: Located, device: str) -> Encoder:
    return load_encoder(located.name, device, located.folder)


def _embed(run: Run) -> list[Output]:
    vectors, notices = _encode(run, [[text] for text in run.texts])
    return [
        {
            "shape": [int(size) for size in group.shape[1:]],
            "norm": float(np.linalg.norm(group[0])),
            "values": [float(value) for value in group[0][:VALUES]],
            **notice,
        }
        for group, notice in zip(vectors, notices, strict=True)
    ]


def _similarity(run: Run) -> list[Output]:
    texts = [[clean(text) for text in texts_of(request)] for request in run.requests]
    vectors, notices = _encode(run, texts)
    return [
        {**compared(group_texts, group), **notice}
        for group_texts, group, notice in zip(texts, vectors, notices, strict=True)
    ]


def _classify(run: Run) -> list[Output]:
    labels = [[clean(label) for label in labels_of(request)] for request in run.requests]
    groups = [[text, *own] for text, own in zip(run.texts, labels, strict=True)]
    vectors, notices = _encode(run, groups)
    return [
        {**labelled(own, group), **notice}
        for own, group, notice in zip(labels, vectors, notices, strict=True)
    ]


def _encode(run: Run, groups: Sequence[Sequence[str]]) -> tuple[list[Vectors], list[Output]]:
    """Vectors per group of texts, all encoded in one go and each text once; and the notice per group."""
    encoder: Encoder = run.model
    texts = list(dict.fromkeys(text for group in groups for text in group))
    rows = {text: row for row, text in enumerate(texts)}
    vectors = encoder.encode(texts, "query")
    split = [vectors[[rows[text] for text in group]] for group in groups]
    if run.located.name == BUNDLED:  # which cuts nothing
        return split, [{} for _group in groups]
    lengths = encoder.count_tokens(texts)
    longest = [max(lengths[rows[text]] for text in group) for group in groups]
    return split, [truncation(min(length, encoder.window), length) for length in longest]


def _handler(run: Callable[[Run], list[Output]]) -> Handler:
    return Handler("encoder", _load_encoder, run)


HANDLERS = {
    "tokenize": Handler("tokenizer", _load_tokenizer, _tokenize, weighs=False),
    "similarity": _handler(_similarity),
    "embed": _handler(_embed),
    "classify": _handler(_classify),
}
