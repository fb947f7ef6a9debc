"""Worlds of a fourth maker, written apart from the other three.

Everybody lives an honest life first; ring stories and honest look-alikes are then written into it, and the
numbers of every story are drawn anew for each world. Moments and spans are days from the window's start;
shares and chances are of 1; partners, consumers, devices and accounts are numbers until they are written.
"""

from benchmarks.fourth_worlds.making import write_fourth_world

__all__ = ["write_fourth_world"]
