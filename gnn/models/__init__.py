"""The models of member risk."""

from gnn.models.base import Edges, EdgeType, GraphData, Labels, Model, NotFittedError, Tensors, edges
from gnn.models.belief import BeliefPropagation
from gnn.models.full_batch import (
    HIDDEN,
    GraphSAGE,
    SageGraph,
    WeightedMean,
    grow_trees,
    mean_matrix,
    neighbour_table,
    propagate_belief,
    sage_graph,
    tied_matrix,
)
from gnn.models.sage import GraphSage
from gnn.models.stack import Stack
from gnn.models.trees import Trees

__all__ = [
    "HIDDEN",
    "BeliefPropagation",
    "EdgeType",
    "Edges",
    "GraphData",
    "GraphSAGE",
    "GraphSage",
    "Labels",
    "Model",
    "NotFittedError",
    "SageGraph",
    "Stack",
    "Tensors",
    "Trees",
    "WeightedMean",
    "edges",
    "grow_trees",
    "mean_matrix",
    "neighbour_table",
    "propagate_belief",
    "sage_graph",
    "tied_matrix",
]
