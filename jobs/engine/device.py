"""The device that models run on. Only `choose` needs torch, and only the worker process calls it."""

from __future__ import annotations

import gc
import sys


def choose(setting: str) -> str:
    """`auto` becomes the best there is; anything else is taken as torch's own name for a device."""
    import torch

    if setting != "auto":
        return str(torch.device(setting))
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def out_of_memory(error: BaseException) -> bool:
    """Whether it is for want of memory that a model failed."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":  # torch's own
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def give_back() -> None:
    """Returns freed memory to the device."""
    gc.collect()
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    if cuda is not None and cuda.is_available():
        cuda.empty_cache()
