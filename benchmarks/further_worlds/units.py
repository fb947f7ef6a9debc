"""Units and array types."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

DAY_S: Final = 86_400.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Span = tuple[float, float]
"""Least and most."""
