"""pyvis's data model and its vis-network file, without its template, tooltips or writer.

Stock pyvis 0.3.2 lets a node's name run as script and asks a CDN for its code, so nothing of it but the model
and the shipped library reaches a page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import pyvis
from pyvis.network import Network

_LIBRARY: Final = Path("lib") / "vis-9.1.2" / "vis-network.min.js"


class RingNetwork(Network):  # type: ignore[misc]  # pyvis is untyped
    """A directed network under opaque ids (`n0`, `n1` …): names are data, never keys, options or markup.

    Adding is by dictionary: pyvis itself scans the list of nodes for every node and twice for every edge.
    Parallel edges are kept, as each is evidence.
    """

    def __init__(self) -> None:
        super().__init__(directed=True, cdn_resources="in_line")
        self.toggle_physics(False)

    def add_node(self, n_id: str, label: str = "", shape: str = "custom", **options: Any) -> None:
        """Add a node under an id of ours; ValueError where the id is taken."""
        if n_id in self.node_map:
            raise ValueError(f"The node id {n_id} is taken; number the nodes of a page from n0 on.")
        node = {"id": n_id, "label": label, "shape": shape, **options}
        self.nodes.append(node)
        self.node_ids.append(n_id)
        self.node_map[n_id] = node

    def add_edge(self, source: str, to: str, **options: Any) -> None:
        """Add one more edge between two nodes that are there; ValueError where one is not."""
        for end in (source, to):
            if end not in self.node_map:
                raise ValueError(f"The edge {source} to {to} names {end}, which is no node of this page.")
        self.edges.append({"from": source, "to": to, **options})

    def generate_html(self, *_: Any, **__: Any) -> str:
        """Refused: pyvis's own template is unsafe; `graph.visuals.page.ring_page` writes pages."""
        raise NotImplementedError(
            "Pages are written by graph.visuals.page.ring_page, not by pyvis's template."
        )


@cache
def library_code() -> str:
    """The vis-network 9.1.2 file that pyvis ships, without the source map that a debugger would ask for."""
    code = (Path(pyvis.__file__).parent / _LIBRARY).read_text(encoding="utf-8")
    return code.rpartition("//# sourceMappingURL=")[0] or code
