"""Pairs of numbers."""

from __future__ import annotations

Span = tuple[float, float]
"""Least and most, or since and until."""
