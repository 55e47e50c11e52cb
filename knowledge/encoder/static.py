"""A static sentence encoder: a vector for each token, a text's vector their mean.

Its table lies in memory as it was stored, int8 with a scale for each token; only the rows that a text needs
become float32. Neither torch nor sentence-transformers is needed, and both give the same vectors
(`sentence_transformers...StaticEmbedding`; the layout is model2vec's, https://github.com/MinishLab/model2vec).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from knowledge.embed import Ids, Purpose, Vectors
from knowledge.encoder.coverage import Coverage
from knowledge.encoder.folder import TOKENIZER, WEIGHTS, Card
from knowledge.encoder.unigram import Unigram
from knowledge.errors import ModelUnavailable

_TEXTS_KEPT = 2**14
"""Texts whose tokens are remembered: a passage is counted, encoded and stored one after the other."""
_LONG_TEXT = 1_000
_AT_ONCE = 2**14
"""Tokens whose rows are in memory as float32 at one time: 8 MB at 128 dimensions."""


class StaticEncoder:
    """Implements `knowledge.embed.Encoder` and `knowledge.embed.QueryEncoder`; thread-safe.

    Queries and passages are encoded alike, and nothing is ever cut off. A text without tokens, or whose
    tokens cancel out, has no direction; it is given the last axis, which says least (the axes are those of
    a PCA, in order), so that every row has length one and nothing seems near it.
    """

    def __init__(
        self,
        vocabulary: Unigram,
        table: NDArray[np.generic],
        rows: NDArray[np.generic] | None,
        scales: NDArray[np.generic] | None,
        card: Card,
        digest: str,
    ) -> None:
        """`table`: (rows, dimension); `rows`: each token's row; `scales`: each token's factor.

        ValueError where these don't fit together.
        """
        size = len(vocabulary)
        if table.ndim != 2 or 0 in table.shape:
            raise ValueError(f"a table of shape {table.shape}")
        if rows is None and len(table) != size:
            raise ValueError(f"{len(table)} rows for {size} tokens")
        if rows is not None and (
            rows.shape != (size,) or not 0 <= int(rows.min()) <= int(rows.max()) < len(table)
        ):
            raise ValueError("tokens without a row")
        if scales is not None and (
            scales.shape != (size,) or not np.isfinite(scales.astype(np.float32)).all()
        ):
            raise ValueError("tokens without a scale")
        self._vocabulary = vocabulary
        self._table = table
        self._rows = None if rows is None else rows.astype(np.int32)
        self._scales = None if scales is None else scales.astype(np.float32)
        self._coverage = Coverage(vocabulary, card.languages, card.familiar)
        self._ids = lru_cache(_TEXTS_KEPT)(self._cut)
        self.card = card
        self.identity = f"{card.name}@sha256:{digest}"

    @property
    def dimension(self) -> int:
        return int(self._table.shape[1])

    @property
    def window(self) -> int:
        return self.card.window

    @property
    def vocabulary_size(self) -> int:
        """Token ids are below it."""
        return len(self._vocabulary)

    @property
    def token_encoder(self) -> StaticEncoder:
        return self

    def reads(self, text: str) -> bool:
        """Whether the text is in a language that the model was trained for."""
        return self._coverage.reads(text)

    def token_ids(self, texts: Sequence[str]) -> list[Ids]:
        """Each text's tokens, in order; int32, of any length, empty for an empty text."""
        return [self._ids(text) if len(text) <= _LONG_TEXT else self._cut(text) for text in texts]

    def _cut(self, text: str) -> Ids:
        ids = np.array(self._vocabulary.ids(text), dtype=np.int32)
        ids.flags.writeable = False
        return ids

    def tokens(self, ids: Ids) -> list[str]:
        """The tokens as the vocabulary spells them."""
        return self._vocabulary.pieces(ids.tolist())

    def token_vectors(self, ids: Ids) -> Vectors:
        """Float32 array of shape (len(ids), dimension): the tokens' own vectors, not normalised."""
        rows = ids if self._rows is None else self._rows[ids]
        vectors: Vectors = self._table[rows].astype(np.float32)
        if self._scales is not None:
            vectors *= self._scales[ids][:, None]
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) for ids in self.token_ids(texts)]

    def encode(self, texts: Sequence[str], purpose: Purpose = "query") -> Vectors:
        """Float32 array of shape (len(texts), dimension), every row of length one."""
        del purpose
        sums = np.zeros((len(texts), self.dimension), dtype=np.float32)
        ids = self.token_ids(texts)
        if any(map(len, ids)):
            flat = np.concatenate(ids)
            owner = np.repeat(np.arange(len(texts)), [len(one) for one in ids])
            for start in range(0, len(flat), _AT_ONCE):
                own = owner[start : start + _AT_ONCE]
                first = np.flatnonzero(np.diff(own, prepend=-1))
                vectors = self.token_vectors(flat[start : start + _AT_ONCE])
                sums[own[first]] += np.add.reduceat(vectors, first, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        nothing = lengths[:, 0] <= np.finfo(np.float32).tiny
        sums[nothing, -1] = lengths[nothing] = 1.0
        sums /= lengths
        return sums

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode(texts, "query")


def load_static(folder: Path) -> StaticEncoder:
    """The encoder of a folder (`knowledge.encoder.folder`).

    ModelUnavailable `error.encoder_missing` or `error.encoder_damaged`, with `folder`.
    """
    try:
        card = Card.read(folder)
        tokenizer = (folder / TOKENIZER).read_bytes()
        weights = (folder / WEIGHTS).read_bytes()
        digest = hashlib.sha256(weights)
        digest.update(tokenizer)
        tensors = safetensors.load(weights)
        return StaticEncoder(
            Unigram(tokenizer),
            tensors["embeddings"],
            tensors.get("mapping"),
            tensors.get("weights"),
            card,
            digest.hexdigest(),
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ModelUnavailable("error.encoder_missing", folder=str(folder)) from error
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelUnavailable("error.encoder_damaged", folder=str(folder)) from error
