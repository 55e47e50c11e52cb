"""The folder of a static encoder: what lies in it, how it is read and written.

It is a model of sentence-transformers (modules `StaticEmbedding` and `Normalize`), its weights in the layout
of model2vec, so that that library reads it too:

    modules.json, config_sentence_transformers.json, 1_Normalize/config.json
    tokenizer.json      a Unigram tokenizer of `tokenizers`, see `knowledge.encoder.unigram`
    model.safetensors   embeddings (rows, dimension), int8; mapping (pieces,), int32, a piece's row;
                        weights (pieces,), float32, a piece's scale; these two may be left out
    recap.json          what is ours: `Card`
    README.md           the model card, for people
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
CARD = "recap.json"
WINDOW = 96

_MODULES = (
    ("", "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"),
    ("1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
)


@dataclass(frozen=True, slots=True)
class Card:
    """What a folder says of itself in `recap.json`."""

    name: str
    """As in `org/name`; part of the encoder's identity."""
    languages: tuple[str, ...]
    """Those it was trained for: en, bg, zh."""
    window: int = WINDOW
    """Tokens that a passage had best be cut to. Nothing is cut when it is encoded."""
    familiar: Mapping[str, float] = field(default_factory=dict)
    """Script -> least familiarity of a text that is read; see `knowledge.encoder.coverage`."""

    @classmethod
    def read(cls, folder: Path) -> Card:
        """OSError, or ValueError where the file isn't as it should be."""
        told = json.loads((folder / CARD).read_text(encoding="utf-8"))
        try:
            card = cls(
                name=str(told["name"]),
                languages=tuple(str(one) for one in told["languages"]),
                window=int(told.get("window", WINDOW)),
                familiar={str(script): float(least) for script, least in told.get("familiar", {}).items()},
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{CARD} lacks something: {error!r}") from error
        if not card.name or not card.languages or card.window < 1:
            raise ValueError(f"{CARD} says too little")
        return card


def write_folder(folder: Path, card: Card, tokenizer: str, weights: bytes) -> None:
    """Writes all of it but the README. `tokenizer`: the JSON; `weights`: a safetensors file's content."""
    (folder / "1_Normalize").mkdir(parents=True, exist_ok=True)
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": kind}
        for number, (path, kind) in enumerate(_MODULES)
    ]
    config = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    _write(folder / "modules.json", modules)
    _write(folder / "config_sentence_transformers.json", config)
    _write(folder / "1_Normalize" / "config.json", {})
    _write(folder / CARD, asdict(card))
    (folder / TOKENIZER).write_text(tokenizer, encoding="utf-8")
    (folder / WEIGHTS).write_bytes(weights)


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
