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

__all__ = [
    "HIDDEN",
    "BeliefPropagation",
    "EdgeType",
    "Edges",
    "GraphData",
    "GraphSAGE",
    "Labels",
    "Model",
    "NotFittedError",
    "SageGraph",
    "Tensors",
    "WeightedMean",
    "edges",
    "grow_trees",
    "mean_matrix",
    "neighbour_table",
    "propagate_belief",
    "sage_graph",
    "tied_matrix",
]
