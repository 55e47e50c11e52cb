"""A sentence encoder from any folder in sentence-transformers' layout, for `model:` of the encoder tasks.

Covers a transformer with mean, CLS or max pooling; other modules (a dense layer on top) are refused, as the
vectors would be wrong without them. Retrieval's own encoders live in `knowledge.embed`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from jobs.engine.tasks.window import count, window
from jobs.engine.weights import Located
from knowledge.embed import Purpose, Vectors
from knowledge.errors import ModelUnavailable

_KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")
_BATCH = 32


class PoolingEncoder:
    """Implements `knowledge.embed.Encoder`."""

    def __init__(self, located: Located, device: str) -> None:
        from transformers import AutoModel, AutoTokenizer

        self.identity = f"{located.name}@{located.revision}"
        self._pooling = _pooling(located)
        self._device = device
        self._tokenizer = AutoTokenizer.from_pretrained(
            located.folder, local_files_only=True, trust_remote_code=False
        )
        self._model = (
            AutoModel.from_pretrained(
                located.folder,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=torch.float32,
            )
            .to(device)
            .eval()
        )
        self.dimension = int(self._model.config.hidden_size)
        own = _json(located.folder / "sentence_bert_config.json").get("max_seq_length")
        limits = [limit for limit in (own, window(self._model, self._tokenizer)) if limit]
        self.window = min(limits) if limits else 512

    def reads(self, text: str) -> bool:
        """True: nothing is known about the scripts of a model that a person names."""
        return True

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [count(self._tokenizer, text) for text in texts]

    def encode(self, texts: Sequence[str], purpose: Purpose) -> Vectors:
        parts = [self._encode(texts[start : start + _BATCH]) for start in range(0, len(texts), _BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), dtype=np.float32)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        inputs = self._tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.window, return_tensors="pt"
        ).to(self._device)
        with torch.inference_mode():
            states = self._model(**inputs).last_hidden_state
            pooled = self._pool(states, inputs["attention_mask"].unsqueeze(-1))
            vectors: Vectors = torch.nn.functional.normalize(pooled, dim=-1).float().cpu().numpy()
        return vectors

    def _pool(self, states: Any, mask: Any) -> Any:
        if self._pooling == "cls":
            return states[:, 0]
        if self._pooling == "max":
            return states.masked_fill(mask == 0, -torch.inf).amax(dim=1)
        return (states * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)


def _pooling(located: Located) -> str:
    modules = _json(located.folder / "modules.json") or []
    if any(module["type"].rpartition(".")[2] not in _KNOWN_MODULES for module in modules):
        raise ModelUnavailable("error.model_not_for_task", model=located.name)
    config = _json(located.folder / "1_Pooling" / "config.json")
    for name, key in (("cls", "pooling_mode_cls_token"), ("max", "pooling_mode_max_tokens")):
        if config.get(key):
            return name
    return "mean"


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
