"""Sentence encoders: the protocol that retrieval relies on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Ids = NDArray[np.int32]
Purpose = Literal["query", "passage"]
EncoderState = Literal["ready", "loading", "missing"]
"""missing: it can't be had, and waiting will not help."""


class TokenEncoder(Protocol):
    """An encoder whose tokens have vectors of their own, whatever stands beside them."""

    def token_ids(self, texts: Sequence[str]) -> list[Ids]:
        """Each text's tokens, in order; int32, of any length."""

    def token_vectors(self, ids: Ids) -> Vectors:
        """Float32 array of shape (len(ids), dimension), not normalised."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def identity(self) -> str:
        """Model id, revision and checksum in one string; vectors of different identities don't mix."""

    @property
    def dimension(self) -> int: ...

    @property
    def window(self) -> int:
        """The tokens that a passage is to have at most, special ones included; more may go unread."""

    def reads(self, text: str) -> bool:
        """Whether the model was trained for the language of `text`, as far as can be told."""

    @property
    def token_encoder(self) -> TokenEncoder | None:
        """The encoder's tokens, where they have vectors of their own."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Each text's length in the encoder's own tokens, special tokens included."""

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        """Float32 array of shape (len(texts), dimension), every row L2-normalised."""


class QueryEncoder(Protocol):
    """The half of an encoder that answering needs; may live in another process."""

    @property
    def identity(self) -> str:
        """As `Encoder.identity`; empty while there is none."""

    def reads(self, text: str) -> bool: ...

    @property
    def token_encoder(self) -> TokenEncoder | None:
        """As `Encoder.token_encoder`; None where they are not to be had in this process."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors | None:
        """Like `Encoder.encode` for queries; None where the encoder isn't to be had in time."""
