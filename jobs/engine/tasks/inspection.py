"""inspect: what a model is, read from its files without loading it."""

from __future__ import annotations

import json
from collections import Counter
from math import prod
from pathlib import Path
from typing import Any

from jobs.engine.outputs import Output
from jobs.engine.tasks.handler import Handler, Run
from jobs.engine.weights import Located, weight_files
from knowledge.encoder import BUNDLED
from knowledge.encoder.folder import TOKENIZER

_FLOATS = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "F8_E4M3": "float8"}
_DTYPES = {**_FLOATS, "I8": "int8"}
_HEADER_LIMIT = 100_000_000


def _load(located: Located, _device: str) -> Located:
    return located


def _run(run: Run) -> list[Output]:
    folder = run.located.folder
    description = describe_static(folder) if run.located.name == BUNDLED else describe(folder)
    return [dict(description) for _request in run.requests]


def describe(folder: Path) -> Output:
    """Shape and size of the model in that folder; None where its configuration doesn't say."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    parameters, dtype = _weights(folder)
    return {
        "architecture": (config.architectures or [type(config).__name__.removesuffix("Config")])[0],
        "layers": getattr(config, "num_hidden_layers", None),
        "hidden_size": getattr(config, "hidden_size", None),
        "heads": getattr(config, "num_attention_heads", None),
        "vocabulary": getattr(config, "vocab_size", None),
        "window": _window(folder, getattr(config, "max_position_embeddings", None)),
        "parameters": parameters,
        "dtype": dtype,
    }


def describe_static(folder: Path) -> Output:
    """The same for a static encoder, which has no layers, no heads and no limit of its own."""
    [file] = weight_files(folder)
    table = _header(file)["embeddings"]
    tokenizer = json.loads((folder / TOKENIZER).read_text(encoding="utf-8"))
    return {
        "architecture": "StaticEmbedding",
        "layers": None,
        "hidden_size": table["shape"][1],
        "heads": None,
        "vocabulary": len(tokenizer["model"]["vocab"]),
        "window": None,
        "parameters": prod(table["shape"]),
        "dtype": _DTYPES.get(table["dtype"]),
    }


def _weights(folder: Path) -> tuple[int, str | None]:
    """The number of parameters and their most frequent type, from the headers of the safetensors files."""
    sizes: Counter[str] = Counter()
    for file in weight_files(folder):
        for tensor in _header(file).values():
            if tensor.get("dtype") in _FLOATS:  # integers are buffers, such as position ids
                sizes[tensor["dtype"]] += prod(tensor["shape"])
    most = sizes.most_common(1)
    return sizes.total(), _DTYPES[most[0][0]] if most else None


def _header(file: Path) -> dict[str, dict[str, Any]]:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header: dict[str, dict[str, Any]] = json.loads(stream.read(min(length, _HEADER_LIMIT)))
    header.pop("__metadata__", None)
    return header


def _window(folder: Path, positions: int | None) -> int | None:
    """The smallest of the limits that the files name."""
    limits = [positions] if positions else []
    for name, key in (
        ("sentence_bert_config.json", "max_seq_length"),
        ("tokenizer_config.json", "model_max_length"),
    ):
        file = folder / name
        if file.is_file():
            value = json.loads(file.read_text(encoding="utf-8")).get(key)
            if isinstance(value, int) and 0 < value < 10**6:
                limits.append(value)
    return min(limits) if limits else None


HANDLERS = {"inspect": Handler("inspect", _load, _run, weighs=False)}
