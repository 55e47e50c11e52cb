"""Weights on disk: which files a model folder holds, how large, and whether they may be loaded."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.embed_families import MINILM
from knowledge.embed_minilm import COMMAND
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled_folder
from knowledge.errors import ModelUnavailable

WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Located:
    """A model on disk, complete."""

    name: str
    folder: Path
    revision: str | None
    bytes: int
    """Size of the weights."""


def unavailable(name: str) -> ModelUnavailable:
    """The error that says which command would fetch the model."""
    if name == BUNDLED:
        return ModelUnavailable("error.encoder_missing", folder=str(bundled_folder()))
    command = COMMAND if name == MINILM else f"recap models pull {name}"
    return ModelUnavailable(model=name, command=command)


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model folder, in the index's order; empty if one is missing."""
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    index = folder / INDEX
    if not index.is_file():
        return []
    shards = dict.fromkeys(json.loads(index.read_text())["weight_map"].values())
    files = [folder / Path(shard).name for shard in shards]
    return files if all(file.is_file() for file in files) else []


def weights_size(folder: Path) -> int | None:
    """Bytes of all weight files together; None if they are not complete."""
    files = weight_files(folder)
    return sum(file.stat().st_size for file in files) if files else None


def identity(located: Located) -> str:
    """What vectors of this model are known by: its name with the commit, else with the weights' SHA-256."""
    if located.revision is not None and _COMMIT.fullmatch(located.revision):
        return f"{located.name}@{located.revision}"
    digest = hashlib.sha256()
    for file in weight_files(located.folder):
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return f"{located.name}@sha256:{digest.hexdigest()}"


def pickled(folder: Path) -> bool:
    """Whether the folder holds only weights in formats that can run code when loaded."""
    if (folder / WEIGHTS).exists() or (folder / INDEX).exists():
        return False
    return any(folder.glob("pytorch_model*.bin")) or any(folder.glob("*.pt")) or any(folder.glob("*.pth"))


def check_size(name: str, size: int, limit: int) -> None:
    """ModelUnavailable (`error.model_too_large`) for more than `limit` bytes."""
    if size > limit:
        raise ModelUnavailable(
            "error.model_too_large",
            model=name,
            size=f"{size / 1e9:.1f} GB",
            limit=f"{limit / 1e9:.1f} GB",
        )
