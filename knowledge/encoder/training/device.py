"""Where the training runs, and that it runs alike each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from knowledge.errors import TrainingError

AUTO = "auto"


def chosen_device(setting: str) -> str:
    """`auto`: a GPU with CUDA where there is one, else the CPU; anything else is torch's own name.

    MPS has no sparse tensors, so it is never chosen. TrainingError `error.training_device` where a device
    can't be used.
    """
    import torch

    if setting == AUTO:
        return "cuda:0" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=setting)
    except (RuntimeError, AssertionError, ValueError) as error:  # AssertionError: torch was built without it
        raise TrainingError("error.training_device", device=setting) from error
    return setting


@contextmanager
def repeatable(seed: int, threads: int, device: str) -> Iterator[None]:
    """torch seeded, with a fixed number of threads; what was set before is set again.

    Sums depend on how they are split among threads. Elsewhere than on a CPU some of the operations have no
    deterministic form, so that none is asked for.
    """
    import torch

    untyped: Any = torch
    before, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    untyped.manual_seed(seed)
    torch.set_num_threads(threads)
    untyped.use_deterministic_algorithms(device == "cpu")
    try:
        yield
    finally:
        untyped.use_deterministic_algorithms(strict)
        torch.set_num_threads(before)
