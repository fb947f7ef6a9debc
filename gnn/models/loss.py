"""The loss of few and biased labels, and training that gives the same bytes for a seed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import softplus

_ALONE: Final = RLock()

LEGIT_SHARE: Final = 0.5
"""How much of the loss is what reviewed partners say alone; the rest is positive-unlabelled."""


def positive_unlabelled_loss(fraud: Tensor, legit: Tensor, unlabelled: Tensor, prior: float) -> Tensor:
    """The loss of logits by what is known of their nodes; lower is better.

    Non-negative positive-unlabelled risk (Kiryo et al. 2017, eq. 6) mixed with the plain risk of the reviewed
    (PNU, Sakai et al. 2017): the unlabelled are negatives less the frauds that must be among them, so
    frauds nobody reviewed cost nothing. Verdicts are not drawn at random, and no propensity is known to
    correct for it: that is why legit verdicts count for half only.
    """
    positive = prior * softplus(-fraud).mean()
    parts: list[tuple[float, Tensor]] = []
    if len(unlabelled):
        hidden = prior * softplus(fraud).mean()
        parts.append((1 - LEGIT_SHARE, (softplus(unlabelled).mean() - hidden).clamp(min=0)))
    if len(legit):
        parts.append((LEGIT_SHARE, (1 - prior) * softplus(legit).mean()))
    total = sum(share for share, _ in parts)
    return positive + sum((share / total * part for share, part in parts), start=fraud.new_zeros(()))


def accelerator() -> str:
    """The device that networks are trained and asked on: CUDA where there is one, else the processor."""
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def reproducible(seed: int) -> Iterator[None]:
    """Seeded torch, deterministic kernels, one thread; everything as it was afterwards.

    One thread because torch cuts a product's sums by the number of threads; at this size two save nothing.
    Seed and settings are the process's: who comes meanwhile waits.
    """
    with _ALONE, torch.random.fork_rng(range(torch.cuda.device_count())):
        threads, strict = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(strict)
            torch.set_num_threads(threads)
