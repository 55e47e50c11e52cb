"""The vectors that the encoder learns to give: a teacher's, of the English texts.

A translation is to have its original's vector (N. Reimers & I. Gurevych, "Making Monolingual Sentence
Embeddings Multilingual using Knowledge Distillation", EMNLP 2020, https://arxiv.org/abs/2004.09813).
"""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.embed import Encoder
from knowledge.embed_loading import load_encoder
from knowledge.embed_sentence import SentenceEncoder, load_sentence
from knowledge.encoder.folder import CARD
from knowledge.encoder.static import load_static
from knowledge.encoder.training.progress import Progress
from knowledge.errors import ModelUnavailable, TrainingError

log = logging.getLogger(__name__)

Halves = NDArray[np.float16]

_AT_ONCE = 2048


@dataclass(frozen=True, slots=True)
class Teaching:
    """What the teacher made of the texts and of its own words."""

    vectors: Halves
    """(texts, dimension), of length one."""
    words: tuple[str, ...]
    word_vectors: Halves


def load_teacher(name: str, device: str, window: int | None = None) -> Encoder:
    """A model by its name, or by its folder; it reads `window` tokens where it can be told to.

    ModelUnavailable where it can't be had, TrainingError `error.training_no_encoder` for another folder.
    """
    folder = Path(name)
    if (folder / CARD).is_file():
        return load_static(folder)
    if (folder / "modules.json").is_file():
        try:
            return load_sentence(folder, name, f"{folder.name}@sha256:{_digest(folder)}", device, window)
        except (ImportError, OSError, ValueError) as error:
            raise ModelUnavailable("error.model_unloadable", model=name) from error
    if folder.is_dir():
        raise TrainingError("error.training_no_encoder", folder=name)
    return load_encoder(name, device, window=window)


def own_words(encoder: Encoder) -> tuple[str, ...]:
    """Whole words of the teacher's vocabulary, sorted; none where it doesn't tell them."""
    return encoder.words() if isinstance(encoder, SentenceEncoder) else ()


def teach(encoder: Encoder, texts: Sequence[str], cache: Path, window: int, progress: Progress) -> Teaching:
    """The teacher's vectors, from a file beside `cache` where the same were computed before."""
    words = own_words(encoder)
    told = json.dumps([encoder.identity, window, *texts, *words], ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).hexdigest()
    file = cache.with_name(f"{cache.name}.teacher-{digest[:16]}.npz")
    kept = _kept(file, len(texts), len(words), encoder.dimension)
    if kept is None:
        kept = _encoded(encoder, texts, progress), _encoded(encoder, words, lambda _share, _stage: None)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        with part.open("wb") as stream:
            np.savez(stream, texts=kept[0], words=kept[1])
        part.replace(file)
    return Teaching(kept[0], words, kept[1])


def _encoded(encoder: Encoder, texts: Sequence[str], progress: Progress) -> Halves:
    """Longest first, so that texts of a batch have about the same length, and memory runs out at once."""
    order = sorted(range(len(texts)), key=lambda one: (-len(texts[one]), texts[one]))
    lengths = np.cumsum([len(texts[one]) for one in order])
    found = np.zeros((len(texts), encoder.dimension), dtype=np.float16)
    for start in range(0, len(order), _AT_ONCE):
        part = order[start : start + _AT_ONCE]
        found[part] = encoder.encode([texts[one] for one in part], "passage").astype(np.float16)
        progress(float(lengths[start + len(part) - 1] / lengths[-1]), "teacher")
    return found


def _kept(file: Path, texts: int, words: int, dimension: int) -> tuple[Halves, Halves] | None:
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as read:
            vectors: tuple[Any, Any] = read["texts"], read["words"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.info("the teacher's vectors in %s can't be read: %s", file, error)
        return None
    if vectors[0].shape != (texts, dimension) or vectors[1].shape != (words, dimension):
        return None
    return vectors


def _digest(folder: Path) -> str:
    """Of all weights in the folder."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
