"""Any encoder that sentence-transformers can load, from its folder. For the worker process: imports torch.

Covers a transformer with pooling, dense layers and normalisation, from safetensors alone; what else a folder
may ask for (code of its own, other modules, pickled weights) is refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embed import Purpose, Vectors
from knowledge.embed_families import family, reader
from knowledge.embed_window import window as window_of
from knowledge.errors import ModelUnavailable

_MODULES = {"Transformer", "Pooling", "Dense", "Normalize"}
_LONGEST = 512
"""Tokens of a text where neither the folder nor the model names a limit."""
_loading = threading.Lock()


class SentenceEncoder:
    """Implements `knowledge.embed.Encoder`; thread-safe."""

    def __init__(
        self,
        model: Any,
        identity: str,
        reads: Callable[[str], bool],
        prompts: tuple[str, str] = ("", ""),
        window: int | None = None,
        batch_size: int = 32,
    ) -> None:
        """`model`: a `SentenceTransformer`; `prompts`: what goes before a query, and before a passage;
        `window`: fewer tokens than the model could take.
        """
        transformer = model[0]
        limits = (window, model.max_seq_length, window_of(transformer.auto_model, model.tokenizer))
        model.max_seq_length = min((limit for limit in limits if limit), default=_LONGEST)
        self._model = model
        self._reads = reads
        self._query, self._passage = prompts
        self._batch_size = batch_size
        self._one_at_a_time = threading.Lock()
        self.identity = identity
        self.dimension = int(model.get_embedding_dimension())
        self.window = int(model.max_seq_length)
        # A tokenizer of our own that cuts nothing: the model's is set to the window for encoding.
        backend = model.tokenizer.backend_tokenizer
        self._tokenizer = type(backend).from_str(backend.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    token_encoder = None
    """Theirs depend on what stands beside them."""

    def reads(self, text: str) -> bool:
        return self._reads(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As for a passage: what is put before it counts too."""
        prompted = [_clean(self._passage + text) for text in texts]
        return [len(encoding.ids) for encoding in self._tokenizer.encode_batch(prompted)]

    def words(self) -> tuple[str, ...]:
        """Whole words of the vocabulary, of two letters or more, sorted."""
        return tuple(sorted(word for word in self._tokenizer.get_vocab() if word.isalpha() and len(word) > 1))

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._one_at_a_time:
            vectors = self._model.encode(
                [_clean(text) for text in texts],
                prompt=self._query if purpose == "query" else self._passage,
                batch_size=self._batch_size,
                convert_to_numpy=True,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def load_sentence(
    folder: Path, name: str, identity: str, device: str = "cpu", window: int | None = None
) -> SentenceEncoder:
    """The encoder of a folder on disk; `name` tells its family (`knowledge.embed_families`).

    ModelUnavailable `error.model_not_for_task` where the folder holds another kind of model,
    `error.model_not_safetensors` for pickled weights. ImportError, OSError and ValueError as they come where
    the libraries or the files are not in order.
    """
    _check_modules(folder, name)
    with _loading:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(
            str(folder),
            device=device,
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
    known, own = family(name), model.prompts
    query = own.get("query") or known.query
    passage = own.get("document") or own.get("passage") or known.passage
    return SentenceEncoder(model, identity, reader(name), (query, passage), window)


def import_libraries() -> None:
    """What `load_sentence` imports, where that is to happen at a time of one's choice."""
    import sentence_transformers  # noqa: F401


def _check_modules(folder: Path, name: str) -> None:
    file = folder / "modules.json"
    modules = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    for module in modules:
        library, _, _rest = module["type"].partition(".")
        if library != "sentence_transformers" or module["type"].rpartition(".")[2] not in _MODULES:
            raise ModelUnavailable("error.model_not_for_task", model=name)
        part = folder / module["path"]
        if (part / "pytorch_model.bin").exists() and not (part / "model.safetensors").exists():
            raise ModelUnavailable("error.model_not_safetensors", model=name)


def _clean(text: str) -> str:
    """What no tokenizer can encode (a lone surrogate) as a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
