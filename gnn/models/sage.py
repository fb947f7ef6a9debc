"""GraphSAGE over typed edges with attributes: trained on sampled mini-batches, asked layer by layer."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Final, Self

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor

from gnn.models.base import Codes, EdgeType, Floats, GraphData, Labels, NotFittedError, Tensors
from gnn.models.loss import accelerator, positive_unlabelled_loss, reproducible
from gnn.models.neighbours import told
from gnn.models.sage_net import CHUNK, SageNet, layerwise
from gnn.models.sampling import Batch, Block, Sampler
from graph.parts import in_copies

MOST_HELD: Final = 0.5
"""Share of an accelerator's free memory that the inputs of all nodes may take; batches need the rest."""

AT_ONCE: Final = 2
"""Fits that are asked together: each holds two layers of all nodes, some 0.5 GB at 2.8 million of them."""


@dataclass(frozen=True)
class _Signature:
    """What graph a network is for: the kind with a risk, widths of inputs, of attributes by edge type."""

    kind: str
    widths: dict[str, int]
    attributes: tuple[tuple[str, str, str, int], ...]

    def by_edge(self, said: int) -> dict[EdgeType, int]:
        """The widths of attributes, `said` wider between nodes of the kind with a risk."""
        return {
            (source, name, target): width + said * (source == target == self.kind)
            for source, name, target, width in self.attributes
        }


def _signature(data: GraphData) -> _Signature:
    widths = {kind: x.shape[1] + len(data.incoming(kind)) for kind, x in sorted(data.x.items())}
    attributes = ((*edge, data.edges[edge].attributes.shape[1]) for edge in sorted(data.edges))
    return _Signature(data.kind, widths, tuple(attributes))


def _check_like(data: GraphData, signature: _Signature) -> None:
    if _signature(data) != signature:
        raise ValueError("GraphSAGE was fitted to a graph with other inputs or other types of edge.")


@dataclass(frozen=True)
class _Fitted:
    """Networks trained alike from different seeds, and the scale of inputs: mean and deviation by kind."""

    nets: tuple[SageNet, ...]
    signature: _Signature
    centre: dict[str, Floats]
    scale: dict[str, Floats]


@dataclass(frozen=True)
class GraphSage:
    """GraphSAGE with a mini-batch of sampled neighbours a step, `fanouts` from the inputs up.

    `nets` networks are trained and their logits averaged. Where it `hears`, the last layer is told the
    verdicts on neighbours of the same kind, never a node's own. It learns from `most` of each group of labels
    at most, drawn. Adam's rate falls to 0 as a cosine. Training has one thread and one order: the same bytes
    for a seed on one core or two, but not across devices; a CUDA device is used where there is one, and what
    was trained there can be asked anywhere.
    """

    hidden: int = 32
    fanouts: tuple[int, ...] = (10, 10)
    batch: int = 512
    epochs: int = 30
    rate: float = 0.005
    decay: float = 0.001
    dropout: float = 0.2
    nets: int = 1
    hears: bool = False
    most: int | None = None
    device: str = field(default_factory=accelerator, repr=False, compare=False)
    name: str = "GraphSAGE"
    fitted: _Fitted | None = field(default=None, repr=False, compare=False)

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """The model trained on these labels; raises `ValueError` where there is no fraud or nothing else."""
        return self.fits([data], [labels])[0]

    def fits(self, heard: Sequence[GraphData], labels: Sequence[Labels]) -> list[Self]:
        """The model trained on each of these labels, which its own graph says; graphs differ in nothing else.

        Processors train one network each, at the same time.
        """
        if any(not len(one.fraud) or not len(one.legit) + len(one.unlabelled) for one in labels):
            raise ValueError("GraphSAGE needs known frauds, and others to tell them from.")
        data = heard[0]
        centre, scale = _moments(data)
        x, signature = _Inputs(data, centre, scale, self.device), _signature(data)

        def train(number: int) -> SageNet:
            fit, net = divmod(number, self.nets)
            seed = labels[fit].seed * self.nets + net
            return self._train(heard[fit], x, labels[fit].at_most(self.most), signature, seed)

        count = len(labels) * self.nets
        with _seeded(0, self.device):  # another's lock, once copied, would never be let go
            if self.device == "cpu":
                nets = in_copies(count, train, least=1)
            else:
                nets = [train(number) for number in range(count)]
        return [
            replace(self, fitted=_Fitted(tuple(nets[first : first + self.nets]), signature, centre, scale))
            for first in range(0, count, self.nets)
        ]

    def _train(
        self, data: GraphData, x: _Inputs, labels: Labels, signature: _Signature, seed: int
    ) -> SageNet:
        with _seeded(seed, self.device):
            net = self._net(signature).to(self.device)
            optimiser = torch.optim.AdamW(net.parameters(), lr=self.rate, weight_decay=self.decay)
            sampler = Sampler(data, self.fanouts, self.device, self._last(data))
            rng, step = np.random.default_rng(seed), 0
            batches = _batches(labels, self.batch)
            net.train()
            for _ in range(self.epochs):
                for codes, sizes in _shuffled(labels, batches, rng):
                    done = step / (self.epochs * batches)
                    optimiser.param_groups[0]["lr"] = self.rate * 0.5 * (1 + math.cos(math.pi * done))
                    optimiser.zero_grad()
                    # a step's own seed: epochs see different neighbours of the same node
                    logit = self._logits(net, x, sampler.batch(codes, seed * 1_000_003 + step))
                    fraud, legit, others = torch.split(logit, sizes)
                    loss = positive_unlabelled_loss(fraud, legit, others, labels.class_prior)
                    loss.backward()  # type: ignore[no-untyped-call]
                    optimiser.step()
                    step += 1
        return net.eval()

    def _logits(self, net: SageNet, x: _Inputs, batch: Batch) -> Tensor:
        logit: Tensor = net({kind: x(kind, codes) for kind, codes in batch.nodes.items()}, batch.blocks)
        return logit

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The probability of fraud by the mean logit of all networks, (n,) or (rows,), no edge left out."""
        risk: NDArray[np.float64] = self.risks([self], [data], rows)[0]
        return risk

    def risks(
        self, fits: Sequence[GraphSage], heard: Sequence[GraphData], rows: Codes | None = None
    ) -> NDArray[np.float64]:
        """The risk by every one of these fits of a model, (fits, n) or (fits, rows).

        Each hears what its own graph says; graphs differ in nothing else. `AT_ONCE` of them read the graph
        together, where what they hear and how they scale it is the same.
        """
        result = np.empty((len(fits), heard[0].size))
        for first in range(0, len(fits), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            alike = not self.hears and _scaled_alike(fits[some])
            for part in [some] if alike else [slice(one, one + 1) for one in range(len(fits))[some]]:
                result[part] = self._risks(fits[part], heard[part.start])
        return result if rows is None else result[:, rows]

    def _risks(self, fits: Sequence[GraphSage], data: GraphData) -> NDArray[np.float64]:
        states = [one.state() for one in fits]
        for state in states:
            _check_like(data, state.signature)
        x = _Inputs(data, states[0].centre, states[0].scale, self.device)
        with _seeded(0, self.device), torch.no_grad():
            nets = [net for state in states for net in state.nets]
            logits = layerwise(nets, data, x, self._last(data), self.device).double().cpu().numpy()
        probability: NDArray[np.float64] = expit(logits.reshape(len(fits), -1, data.size).mean(axis=1))
        return probability

    def state(self) -> _Fitted:
        """What fitting found; raises `NotFittedError` before."""
        if self.fitted is None:
            raise NotFittedError("GraphSAGE is not fitted.")
        return self.fitted

    def gradients(
        self, data: GraphData, codes: Codes, *, steps: int = 128
    ) -> Iterator[tuple[float, dict[str, NDArray[np.float64]], dict[EdgeType, NDArray[np.float64]]]]:
        """Integrated gradients (Sundararajan et al. 2017) of the logit of each of these nodes, one by one.

        From inputs at their mean and edges that say 0 to what is there, by Gauss and Legendre's rule of
        `steps` points: the logit at the start; what each input of each node that it depends on adds, by kind,
        (nodes, width), the node itself first; what each attribute of edges adds, by type. Together they are
        the logit, but for the error of the rule.
        """
        state = self.state()
        _check_like(data, state.signature)
        x = _Inputs(data, state.centre, state.scale, self.device, held=False)
        everyone = max((int(found.degree().max(initial=0)) for found in data.edges.values()), default=0)
        sampler = Sampler(data, (everyone,) * len(self.fanouts), self.device, self._last(data))
        for code in codes.tolist():
            batch = sampler.batch(np.array([code], dtype=np.int64), 0)
            rows = {kind: x(kind, nodes) for kind, nodes in batch.nodes.items()}
            with _seeded(0, self.device):
                found = [_integrated(net, rows, batch.blocks, steps) for net in state.nets]
            starts, inputs, attributes = zip(*found, strict=True)
            yield (
                float(np.mean(starts)),
                {kind: np.mean([one[kind] for one in inputs], axis=0) for kind in rows},
                {edge: np.mean([one[edge] for one in attributes], axis=0) for edge in attributes[0]},
            )

    def _last(self, data: GraphData) -> GraphData:
        """The graph that the last layer reads."""
        return told(data) if self.hears else data

    def _net(self, signature: _Signature) -> SageNet:
        return SageNet(
            signature.kind,
            signature.widths,
            signature.by_edge(0),
            hidden=self.hidden,
            layers=len(self.fanouts),
            dropout=self.dropout,
            last=signature.by_edge(2 * self.hears),
        )

    def tensors(self) -> Tensors:
        """Weights by network, the scale of inputs, and as JSON in bytes what graph they are for."""
        if self.fitted is None:
            raise NotFittedError("GraphSAGE is not fitted.")
        signature = json.dumps(asdict(self.fitted.signature), sort_keys=True).encode()
        found: Tensors = {"signature": np.frombuffer(signature, dtype=np.uint8)}
        for kind in self.fitted.centre:
            found[f"centre/{kind}"] = self.fitted.centre[kind]
            found[f"scale/{kind}"] = self.fitted.scale[kind]
        for number, net in enumerate(self.fitted.nets):
            for name, value in net.state_dict().items():
                found[f"net/{number}/{name}"] = value.cpu().numpy().copy()
        return found

    def restore(self, tensors: Tensors) -> Self:
        """The fitted model; raises `ValueError` where the tensors are those of other settings."""
        try:
            content = json.loads(tensors["signature"].tobytes())
            attributes = tuple((str(s), str(n), str(t), int(w)) for s, n, t, w in content["attributes"])
            signature = _Signature(content["kind"], content["widths"], attributes)
            centre = {kind: np.asarray(tensors[f"centre/{kind}"], np.float32) for kind in signature.widths}
            scale = {kind: np.asarray(tensors[f"scale/{kind}"], np.float32) for kind in signature.widths}
            built = [self._restored(signature, tensors, number) for number in range(self.nets)]
        except (KeyError, RuntimeError, TypeError) as error:
            raise ValueError("These tensors are not those of a GraphSAGE with these settings.") from error
        # a device that is full or busy is no fault of the tensors
        nets = tuple(net.to(self.device) for net in built)
        return replace(self, fitted=_Fitted(nets, signature, centre, scale))

    def _restored(self, signature: _Signature, tensors: Tensors, number: int) -> SageNet:
        prefix = f"net/{number}/"
        # what is drawn here is overwritten, and must not move anyone's random state
        with reproducible(0):
            net = self._net(signature)
        state = {
            name.removeprefix(prefix): torch.from_numpy(np.array(value))
            for name, value in tensors.items()
            if name.startswith(prefix)
        }
        net.load_state_dict(state)
        return net.eval()


class _Inputs:
    """A kind's own inputs beside the log of its degree by type of edge, scaled, for the nodes asked for.

    Worked out when asked: of a million nodes each copy would be as large as all that is known of them. An
    accelerator with room for them holds all, since the way there takes longer than the sums.
    """

    def __init__(
        self,
        data: GraphData,
        centre: Mapping[str, Floats],
        scale: Mapping[str, Floats],
        device: str,
        *,
        held: bool = True,
    ) -> None:
        self._data, self._centre, self._scale, self._device = data, centre, scale, device
        self._held: dict[str, Tensor] = {}
        size = 4 * sum(len(x) * len(centre[kind]) for kind, x in data.x.items())
        if held and device != "cpu" and size < torch.cuda.mem_get_info()[0] * MOST_HELD:
            for kind, x in data.x.items():
                parts = np.array_split(np.arange(len(x)), len(x) // CHUNK + 1)
                self._held[kind] = torch.cat([self._scaled(kind, rows) for rows in parts])

    def __call__(self, kind: str, rows: Codes) -> Tensor:
        """The inputs of these nodes of a kind, (rows, width)."""
        if kind in self._held:
            return self._held[kind][torch.from_numpy(rows).to(self._device)]
        return self._scaled(kind, rows)

    def _scaled(self, kind: str, rows: Codes) -> Tensor:
        degrees = self._data.log_degrees(kind, rows)
        x = _scaled(self._data.x[kind], rows, degrees, self._centre[kind], self._scale[kind])
        return torch.from_numpy(x).to(self._device)


# without numpy's way with zeros every division is a branch, and none is done abreast
@numba.njit(cache=True, nogil=True, error_model="numpy")
def _scaled(own: Floats, rows: Codes, degrees: Floats, centre: Floats, scale: Floats) -> Floats:
    """(rows, width) inputs beside log degrees, less their mean, over their deviation: in one pass."""
    width = own.shape[1]
    result = np.empty((len(rows), len(centre)), dtype=np.float32)
    for row in range(len(rows)):
        x, into = own[rows[row]], result[row]
        for column in range(width):
            into[column] = (x[column] - centre[column]) / scale[column]
        for column in range(width, len(centre)):
            into[column] = (degrees[row, column - width] - centre[column]) / scale[column]
    return result


def _moments(data: GraphData) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """The mean and the deviation of every input, by kind."""
    centre, scale = {}, {}
    for kind, x in sorted(data.x.items()):
        # a kind without a node has no mean: a row of zeros stands for it, its columns stay as they are
        own = (
            (x, data.log_degrees(kind)) if len(x) else (np.zeros((1, x.shape[1] + len(data.incoming(kind)))),)
        )
        # deviations take a copy twice as large as what they are of: some columns at a time
        parts = [part for one in own for part in np.array_split(one, max(one.shape[1] // 16, 1), axis=1)]
        means = [part.mean(axis=0, dtype=np.float64, keepdims=True) for part in parts]
        spreads = [
            part.std(axis=0, dtype=np.float64, mean=mean) for part, mean in zip(parts, means, strict=True)
        ]
        centre[kind] = np.concatenate(means, axis=1)[0].astype(np.float32)
        spread = np.concatenate(spreads).astype(np.float32)
        scale[kind] = np.where(spread > 1e-6, spread, 1).astype(np.float32)
    return centre, scale


def _scaled_alike(fits: Sequence[GraphSage]) -> bool:
    """Whether all these fits scale inputs as the first does."""
    first, *others = [one.state() for one in fits]
    return all(
        np.array_equal(one.centre[kind], first.centre[kind])
        and np.array_equal(one.scale[kind], first.scale[kind])
        for one in others
        for kind in first.centre
        if one.signature == first.signature
    )


def _integrated(
    net: SageNet, rows: dict[str, Tensor], blocks: list[Block], steps: int
) -> tuple[float, dict[str, NDArray[np.float64]], dict[EdgeType, NDArray[np.float64]]]:
    """The logit where all is 0, and what inputs and attributes of edges add on the way to what is there."""
    said = [
        (number, edge, heard.attributes)
        for number, block in enumerate(blocks)
        for edge, heard in block.heard.items()
        if heard.attributes.numel()
    ]
    ends = [*rows.values(), *(values for _, _, values in said)]
    total = [torch.zeros_like(end, dtype=torch.float64) for end in ends]

    def at(share: float) -> tuple[Tensor, list[Tensor]]:
        leaves = [(share * end).requires_grad_() for end in ends]
        heard = [dict(block.heard) for block in blocks]
        for (number, edge, _), leaf in zip(said, leaves[len(rows) :], strict=True):
            heard[number][edge] = replace(heard[number][edge], attributes=leaf)
        moved = [Block(block.own, these) for block, these in zip(blocks, heard, strict=True)]
        logit: Tensor = net(dict(zip(rows, leaves, strict=False)), moved)
        return logit.squeeze(0), leaves

    points, weights = np.polynomial.legendre.leggauss(steps)
    for point, weight in zip((points / 2 + 0.5).tolist(), (weights / 2).tolist(), strict=True):
        logit, leaves = at(point)
        slopes = torch.autograd.grad(logit, leaves, allow_unused=True)
        for place, slope in enumerate(slopes):
            if slope is not None:
                total[place] += weight * slope.double()
    moved_by = [(slope * end).cpu().numpy() for slope, end in zip(total, ends, strict=True)]
    attributes: dict[EdgeType, NDArray[np.float64]] = {}
    for (_, edge, _), values in zip(said, moved_by[len(rows) :], strict=True):
        of_edge = values.sum(axis=0)
        before = attributes.get(edge, np.zeros(0))
        wider = max(len(of_edge), len(before))  # the last layer may be told verdicts as well
        attributes[edge] = np.pad(before, (0, wider - len(before))) + np.pad(
            of_edge, (0, wider - len(of_edge))
        )
    with torch.no_grad():
        start = float(at(0.0)[0])
    return start, dict(zip(rows, moved_by, strict=False)), attributes


def _batches(labels: Labels, size: int) -> int:
    """How many batches an epoch has: none without a part of every group of labels."""
    groups = [len(codes) for codes in (labels.fraud, labels.legit, labels.unlabelled) if len(codes)]
    return min(math.ceil(sum(groups) / size), *groups)


def _shuffled(labels: Labels, batches: int, rng: np.random.Generator) -> Iterator[tuple[Codes, list[int]]]:
    """An epoch's batches: codes of frauds, then legit ones, then unlabelled ones; how many of each."""
    groups = (labels.fraud, labels.legit, labels.unlabelled)
    parts = [np.array_split(rng.permutation(codes), batches) for codes in groups]
    for number in range(batches):
        batch = [part[number] for part in parts]
        yield np.concatenate(batch), [len(codes) for codes in batch]


@contextmanager
def _seeded(seed: int, device: str) -> Iterator[None]:
    if device != "cpu":
        # cuBLAS adds in one order only where it is given a workspace of its own, before its first use
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    with reproducible(seed):
        yield
