"""How much text a model reads."""

from __future__ import annotations

from typing import Any

_UNSET = 10**6
"""Tokenizers without a limit of their own say 10**30."""


def window(model: Any, tokenizer: Any) -> int | None:
    """The most tokens, special ones included, that the model reads at once; None: no limit known."""
    limits = [tokenizer.model_max_length] if tokenizer.model_max_length < _UNSET else []
    positions = getattr(model.config, "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        limits.append(positions - _reserved(model))
    return min(limits) if limits else None


def count(tokenizer: Any, text: str) -> int:
    """The text's length in tokens, special ones included."""
    return len(tokenizer(text, truncation=False, verbose=False)["input_ids"])


def _reserved(model: Any) -> int:
    """Positions that no token takes: RoBERTa and its kin begin to count after the padding's index."""
    for name, module in model.named_modules():
        if name.endswith("position_embeddings"):
            padding = getattr(module, "padding_idx", None)
            return 0 if padding is None else int(padding) + 1
    return 0
