"""The encoders that can be had, by name."""

from __future__ import annotations

from knowledge.embed import Encoder
from knowledge.embed_minilm import load_minilm
from knowledge.errors import ModelUnavailable


def load_encoder(name: str = "minilm", device: str = "cpu") -> Encoder:
    """The encoder of that name, ready to use. Imports torch: for the worker process only.

    ModelUnavailable when its weights can't be had, with the command that would fetch them.
    """
    if name != "minilm":
        raise ModelUnavailable(model=name, command=f"recap models pull {name}")
    return load_minilm(device)
