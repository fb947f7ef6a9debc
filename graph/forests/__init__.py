"""Fitted forests, one JSON file each; `python -m benchmarks.fit_forests` makes them anew."""
