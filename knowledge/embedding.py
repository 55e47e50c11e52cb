"""Vectors for the passages of an index; what an index before it has of them is taken from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from knowledge.embed import Encoder, Vectors
from knowledge.index import Generation, PassageVectors
from knowledge.index_dense import Dense
from knowledge.notes import Passage, content_hash
from knowledge.soft_match import PassageTokens

BATCH = 64


def embed_passages(
    passages: Sequence[Passage],
    encoder: Encoder,
    before: Generation | None,
    progress: Callable[[float], None],
) -> PassageVectors:
    """A vector for each passage that the encoder reads, and all passages' tokens if these have vectors.

    Only what `before` doesn't have by this encoder is encoded. `progress` is told the share done.
    """
    texts = [passage.embedding_text for passage in passages]
    known = _known(before, encoder.identity)
    reads = [number for number, text in enumerate(texts) if encoder.reads(text)]
    vectors = np.zeros((len(reads), encoder.dimension), dtype=np.float32)
    new: list[int] = []
    for row, number in enumerate(reads):
        vector = known.get(content_hash(texts[number])) if known else None
        if vector is None:
            new.append(row)
        else:
            vectors[row] = vector
    for start in range(0, len(new), BATCH):
        progress(start / len(new))
        batch = new[start : start + BATCH]
        vectors[batch] = encoder.encode([texts[reads[row]] for row in batch], "passage")
    tokens = encoder.token_encoder
    return PassageVectors(
        encoder.identity,
        vectors,
        np.array(reads, dtype=np.int32),
        len(new),
        PassageTokens.of(tokens.token_ids(texts)) if tokens is not None else None,
    )


def kept_vectors(passages: Sequence[Passage], before: Generation | None) -> PassageVectors | None:
    """What `before` has of the passages by the encoder beside its own; None where there is none."""
    if before is None or before.partner is None or before.manifest.partner is None:
        return None
    known = _known(before, before.manifest.partner)
    found = [
        (number, known[key])
        for number, passage in enumerate(passages)
        if (key := content_hash(passage.embedding_text)) in known
    ]
    if not found:
        return None
    return PassageVectors(
        before.manifest.partner,
        np.stack([vector for _, vector in found]),
        np.array([number for number, _ in found], dtype=np.int32),
        0,
    )


def _known(before: Generation | None, identity: str) -> dict[str, Vectors]:
    """The vectors by that encoder, by the hash of what was encoded."""
    if before is None:
        return {}
    by_identity: dict[str | None, Dense | None] = {
        before.manifest.partner: before.partner,
        before.manifest.encoder: before.dense,
    }
    dense = by_identity.get(identity)
    if dense is None or not len(dense):
        return {}
    texts = (before.passages[number].embedding_text for number in dense.passages)
    return {content_hash(text): vector for text, vector in zip(texts, dense.vectors(), strict=True)}
