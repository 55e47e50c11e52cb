"""The device that models run on. Only the worker process imports this."""

from __future__ import annotations

import gc

import torch


def choose(setting: str) -> str:
    """`auto` becomes the best there is; anything else is taken as torch's own name for a device."""
    if setting != "auto":
        return str(torch.device(setting))
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def out_of_memory(error: BaseException) -> bool:
    """Whether it is for want of memory that a model failed."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "allocate memory" in str(error)


def give_back() -> None:
    """Returns freed memory to the device."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
