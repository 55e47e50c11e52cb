"""What is minimised. Functions of torch's tensors; torch is imported when they run.

Distillation: a text and its translation get the teacher's vector (Reimers & Gurevych 2020, see `teacher`).
Contrast: a text is told from the others of its batch (InfoNCE; A. van den Oord, Y. Li & O. Vinyals,
"Representation Learning with Contrastive Predictive Coding", 2018, https://arxiv.org/abs/1807.03748).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor


def away(vectors: Tensor, wanted: Tensor) -> Tensor:
    """One minus the mean cosine of (n, dimension) vectors of length one to those that they should be."""
    return 1 - (vectors * wanted).sum(dim=1).mean()


def contrast(ones: Tensor, others: Tensor, same: NDArray[np.int64], scale: float) -> Tensor:
    """InfoNCE, both ways: row i of `ones` belongs to row i of `others`, both (n, dimension) of length one.

    `same`: a number for each row; rows of one number say the same, and aren't held against each other.
    """
    import torch

    alike = (same[:, None] == same[None, :]) & ~np.eye(len(same), dtype=bool)
    scores = (ones @ others.T * scale).masked_fill(torch.from_numpy(alike).to(ones.device), -1e9)
    right = torch.arange(len(same), device=ones.device)
    entropy = torch.nn.functional.cross_entropy
    return (entropy(scores, right) + entropy(scores.T, right)) / 2
