"""The encoders that can be had, by name."""

from __future__ import annotations

from pathlib import Path

from knowledge.embed import Encoder
from knowledge.embed_families import MINILM, full_name
from knowledge.embed_minilm import WINDOW, load_minilm
from knowledge.encoder import BUNDLED
from knowledge.encoder.bundled import bundled
from knowledge.errors import ModelUnavailable


def load_encoder(
    name: str = "bundled",
    device: str = "cpu",
    folder: Path | None = None,
    identity: str = "",
    window: int | None = None,
) -> Encoder:
    """The encoder of that name, ready to use. All but the bundled one import torch: for the worker alone.

    `folder` is where a model lies that comes neither with Recap nor as a wheel, and `identity` what its
    vectors are known by. `window`: fewer tokens of a text than it could read.
    ModelUnavailable when it can't be had, with the command that would fetch it.
    """
    name = full_name(name)
    if name == BUNDLED:
        return bundled()
    if name == MINILM:
        return load_minilm(device, window=window or WINDOW)
    if folder is None:
        raise ModelUnavailable(model=name, command=f"recap models pull {name}")
    from knowledge.embed_sentence import load_sentence

    return load_sentence(folder, name, identity or name, device, window)
