"""Opaque ids: every kind has one process for honest and planted alike, so that an id says nothing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from graph.synthetic.firm import stream

BITS = 40
MASK = np.uint64((1 << BITS) - 1)
ALPHABETS = ("0123456789", "0123456789abcdef", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class Identifiers:
    """Ids of one kind in one world: a fixed-width text for each code below 2**40, all different."""

    def __init__(self, seed: int, kind: str) -> None:
        rng = stream(seed, "ids", kind)
        self.letters = np.frombuffer(ALPHABETS[int(rng.integers(3))].encode(), dtype=np.uint8)
        self.prefix = f"{kind[: int(rng.integers(1, 4))]}{('', '-', '_')[int(rng.integers(3))]}".encode()
        self.width = int(np.ceil(BITS / np.log2(len(self.letters))))
        self.factors = [np.uint64(int(rng.integers(1 << 38)) * 2 + 1) for _ in range(2)]
        self.offset = np.uint64(int(rng.integers(1 << 40)))

    def text(self, codes: NDArray[np.integer]) -> pa.Array:
        """The ids of those codes; a negative code has none (null)."""
        codes = np.asarray(codes)
        mixed = np.maximum(codes, 0).astype(np.uint64) + self.offset & MASK
        for factor in self.factors:  # each step is a bijection on 40 bits
            mixed = mixed * factor & MASK
            mixed = mixed ^ (mixed >> np.uint64(19))
        size = len(self.prefix) + self.width
        letters = np.empty((len(codes), size), dtype=np.uint8)
        letters[:, : len(self.prefix)] = np.frombuffer(self.prefix, dtype=np.uint8)
        base = np.uint64(len(self.letters))
        for place in range(size - 1, len(self.prefix) - 1, -1):
            mixed, digit = np.divmod(mixed, base)
            letters[:, place] = self.letters[digit.astype(np.int64)]
        offsets = np.arange(len(codes) + 1, dtype=np.int32) * size
        whole = pa.StringArray.from_buffers(len(codes), pa.py_buffer(offsets), pa.py_buffer(letters))
        if (codes >= 0).all():
            return whole
        return pa.compute.if_else(pa.array(codes >= 0), whole, pa.scalar(None, pa.string()))
