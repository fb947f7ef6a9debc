"""Units."""

from __future__ import annotations

from typing import Final

DAY_S: Final = 86_400.0

Span = tuple[float, float]
"""Least and most."""
