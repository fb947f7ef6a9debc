"""The models of member risk."""

from gnn.models.base import Edges, EdgeType, GraphData, Labels, Model, NotFittedError, Tensors, edges
from gnn.models.belief import BeliefPropagation
from gnn.models.folded import Folded
from gnn.models.loss import accelerator
from gnn.models.sage import GraphSage
from gnn.models.stack import Stack, fit_all
from gnn.models.trees import Trees

__all__ = [
    "BeliefPropagation",
    "EdgeType",
    "Edges",
    "Folded",
    "GraphData",
    "GraphSage",
    "Labels",
    "Model",
    "NotFittedError",
    "Stack",
    "Tensors",
    "Trees",
    "accelerator",
    "edges",
    "fit_all",
]
