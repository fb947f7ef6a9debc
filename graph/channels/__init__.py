"""Channels: each file finds the partner pairs tied in one way, with a weight and a surprise."""
