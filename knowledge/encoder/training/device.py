"""Where the training runs."""

from __future__ import annotations

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
