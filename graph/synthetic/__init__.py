"""Made-up worlds: tables by the contract, with planted rings and honest look-alikes, truth beside them."""

from graph.synthetic.adversary import Adversary
from graph.synthetic.writing import SyntheticError, write_world

__all__ = ["Adversary", "SyntheticError", "write_world"]
