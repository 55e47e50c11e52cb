"""Encoders by name or folder, and two that remember: vectors of passages on disk, of questions in memory."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from knowledge.embed import Encoder, Purpose, Vectors
from knowledge.embed_families import OFF, full_name
from knowledge.embed_loading import load_encoder
from knowledge.encoder import BUNDLED
from knowledge.encoder.folder import CARD
from knowledge.encoder.static import load_static

AT_ONCE = 256


def encoder_of(name: str, cache: Path) -> Encoder | None:
    """`off`, a name as in the settings, or a folder: a static encoder's, or one of sentence-transformers.

    What a slow one makes of passages is kept in the folder `cache`.
    """
    name = full_name(name)
    folder = Path(name)
    if name == OFF:
        return None
    if name == BUNDLED:
        return load_encoder(name)
    if (folder / CARD).is_file():
        return load_static(folder)
    if folder.is_dir():
        return Kept(load_encoder(name, folder=folder, identity=f"{name}@{_digest(folder)}"), cache)
    return Kept(load_encoder(name), cache)


def _digest(folder: Path) -> str:
    """Of the weights, so that a model that was trained on is another."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


class Kept:
    """Implements `knowledge.embed.Encoder`; a passage is encoded once, whatever index it is in."""

    def __init__(self, encoder: Encoder, cache: Path) -> None:
        self._encoder = encoder
        self.identity = encoder.identity
        self.dimension = encoder.dimension
        self.window = encoder.window
        self.token_encoder = encoder.token_encoder
        cache.mkdir(parents=True, exist_ok=True)
        self._file = cache / f"passages-{hashlib.sha256(encoder.identity.encode()).hexdigest()[:16]}.db"

    def reads(self, text: str) -> bool:
        return self._encoder.reads(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        if purpose == "query" or not texts:
            return self._encoder.encode(texts, purpose)
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        with closing(sqlite3.connect(self._file)) as kept, kept:
            kept.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, row BLOB) WITHOUT ROWID")
            find = "SELECT row FROM vector WHERE key = ?"
            rows = [kept.execute(find, (key,)).fetchone() for key in keys]
            new = [number for number, row in enumerate(rows) if row is None]
            vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
            for number, row in enumerate(rows):
                if row is not None:
                    vectors[number] = np.frombuffer(row[0], dtype=np.float32)
            if new:
                vectors[new] = self._encoder.encode([texts[number] for number in new], purpose)
                kept.executemany(
                    "INSERT OR IGNORE INTO vector VALUES (?, ?)",
                    [(keys[number], vectors[number].tobytes()) for number in new],
                )
        return vectors


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
