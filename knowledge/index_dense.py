"""Vectors of the passages that an encoder can read, searched by FAISS."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Vectors

NO_ROW = -1


class Dense:
    """Unit vectors with the passage that each belongs to.

    The file is read when the generation is opened, so that it may be deleted while we search; FAISS itself
    is imported at the first search.
    """

    def __init__(self, stored: NDArray[np.uint8], passages: NDArray[np.int32], size: int) -> None:
        self._stored = stored
        self._index: Any = None
        self._opening = threading.Lock()
        self.passages = passages
        """Passage number of each row, ascending."""
        self._size = size

    def __len__(self) -> int:
        return len(self.passages)

    def cosines(self, query: Vectors) -> NDArray[np.float32]:
        """Cosine of one query, shape (dimension,), with every passage; NaN for those without a vector."""
        cosines = np.full(self._size, np.nan, dtype=np.float32)
        if len(self):
            scores, rows = self._opened().search(query.reshape(1, -1), len(self))
            cosines[self.passages[rows[0]]] = scores[0]
        return cosines

    def vectors(self) -> Vectors:
        """All vectors, shape (rows, dimension)."""
        index = self._opened()
        vectors: Vectors = index.reconstruct_n(0, index.ntotal)
        return vectors

    def _opened(self) -> Any:
        with self._opening:
            if self._index is None:
                import faiss

                self._index = faiss.deserialize_index(self._stored)
                self._stored = np.zeros(0, dtype=np.uint8)
            return self._index

    @classmethod
    def load(cls, folder: Path, size: int) -> Dense | None:
        """Of `size` passages. None where the generation was made without that encoder."""
        file = folder / "vectors.faiss"
        if not file.is_file():
            return None
        return cls(np.fromfile(file, dtype=np.uint8), np.load(folder / "rows.npy", allow_pickle=False), size)


def save_dense(folder: Path, vectors: Vectors, passages: NDArray[np.int32]) -> None:
    """Writes `vectors.faiss` (exact inner product) and `rows.npy` into a folder, made if it isn't there."""
    folder.mkdir(exist_ok=True)
    import faiss

    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    faiss.serialize_index(index).tofile(folder / "vectors.faiss")
    np.save(folder / "rows.npy", passages)
