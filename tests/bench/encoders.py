"""Encoders by name or folder, and one that can hear all questions of a bench beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from knowledge.embed import Encoder, Vectors
from knowledge.embed_families import OFF, full_name
from knowledge.embed_loading import load_encoder
from knowledge.encoder.folder import CARD
from knowledge.encoder.static import load_static

AT_ONCE = 256


def encoder_of(name: str) -> Encoder | None:
    """`off`, a name as in the settings, or a folder: a static encoder's, or one of sentence-transformers."""
    if full_name(name) == OFF:
        return None
    folder = Path(name)
    if (folder / CARD).is_file():
        return load_static(folder)
    return (
        load_encoder(name, folder=folder, identity=f"{name}@folder")
        if folder.is_dir()
        else load_encoder(name)
    )


class Foretold:
    """Implements `knowledge.embed.QueryEncoder`; a question that it has heard costs nothing again."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}
        self.identity = encoder.identity
        self.token_encoder = encoder.token_encoder

    def hear(self, texts: Sequence[str]) -> None:
        """Encodes what of `texts` it hasn't heard yet, many at once."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(new), AT_ONCE):
            some = new[start : start + AT_ONCE]
            self._known.update(zip(some, self._encoder.encode(some, "query"), strict=True))

    def reads(self, text: str) -> bool:
        return self._encoder.reads(text)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.hear(texts)
        return np.stack([self._known[text] for text in texts])
