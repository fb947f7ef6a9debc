"""Why a model gives a partner its risk, in sentences: features, neighbours, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from gnn.attribution import (
    AROUND,
    HEARD,
    LINKS,
    TIES,
    Attribution,
    Names,
    Neighbours,
    Term,
    attribute,
    log_odds,
    neighbours,
)
from gnn.dataset import TIED, partner_table
from gnn.event_features import EVENT_FEATURES
from gnn.features import FEATURES, node_features
from gnn.known import EVENT, Events, Known
from gnn.models import GraphData
from gnn.models.neighbours import means
from gnn.portfolio import PRIOR_COLUMN
from gnn.registry import Trained
from graph.links import Links
from graph.prior import Prior
from graph.projection import Projection
from graph.schema import NODES, Kind
from graph.signals.partners import TIED_BY
from graph.signals.wording import number, percent, plain, quoted

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

LEAST_FOR: Final = 7
LEAST_AGAINST: Final = 3
"""Reasons told of either side, where there are so many."""
MOST_TOLD: Final = 20
MOST_NEIGHBOURS: Final = 5
ASKED_NEIGHBOURS: Final = 50
"""Neighbours of a partner, those with the heaviest edges, that the model is asked to do without."""
LEAST: Final = 0.005
"""Log odds below which nothing is said: it would be shown as 0.00."""


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to a partner's raw log odds.

    `value` is the partner's, or what is typical around it, `baseline` the median of all partners' values,
    both in `unit`; NaN where unknown.
    """

    term: Term
    unit: str
    value: float
    baseline: float
    log_odds: float
    sentence: str


@dataclass(frozen=True)
class Untold:
    """What features that are not told add together; `largest` is the largest size of what one adds."""

    count: int
    log_odds: float
    largest: float


@dataclass(frozen=True)
class NeighbourWorth:
    """By how much the raw log odds would fall without the edges from this neighbour, features as they are."""

    id: str
    kind: str
    tie: str
    log_odds: float
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """Why a partner has its risk, the strongest first.

    `risk` is the calibrated probability, before what a person decided about the partner. The raw `log_odds`
    are `start` plus `raises`, `lowers` (what speaks against), `alike` and `rest`, to within
    `gnn.attribution.TOLERANCE`. `alike` are features passed over because the partner's value reads as the
    middle partner's: they count only beside others, and such a sentence would say nothing. `rest` are all
    others. Neighbours are no part of that sum: what they bring is in the features of those around.

    Told are the strongest `LEAST_FOR` and `LEAST_AGAINST`; then, while all that is not told moves the log
    odds further than the reasons told that pull the same way, the next strongest of these; at most
    `MOST_TOLD`.
    """

    partner_id: str
    risk: float
    log_odds: float
    start: float
    raises: tuple[Contribution, ...]
    lowers: tuple[Contribution, ...]
    alike: Untold
    rest: Untold
    neighbours: tuple[NeighbourWorth, ...]

    @property
    def outweighed(self) -> bool:
        """Whether all that is not told moves the log odds further than the reasons that pull the same way."""
        untold = self.alike.log_odds + self.rest.log_odds
        return _outweighs(untold, self.raises if untold > 0 else self.lowers)


@dataclass(frozen=True)
class Evidence:
    """What is `known` of a moment, and what that was made of; `events` where the rows were read."""

    links: Links
    known: Known
    projection: Projection
    prior: Prior
    events: Events | None

    @property
    def names(self) -> Names:
        """What the columns that models read are called."""
        return Names(self.known.features, {TIED: self.projection.channels})


def explain(trained: Trained, evidence: Evidence, partners: Codes) -> list[Explanation]:
    """Why these partners, given by their codes, have the risk that the model gives them.

    The same bytes for the same model and data. Raises ModelError where the features are others than those
    the model was trained on.
    """
    known = evidence.known
    risk = trained.probability(known)
    data = known.heard(seed=trained.manifest.seed)
    odds = log_odds(trained.model, data)
    found = attribute(trained.model, data, partners, evidence.names)
    near = neighbours(trained.model, data, partners, most=ASKED_NEIGHBOURS)
    shown, told = _Shown(evidence, data), _Told(evidence)
    ids = known.partners["partner_id"].to_numpy()
    result = []
    for row, partner in enumerate(partners.tolist()):
        raises, lowers, alike, rest = _contributions(found, row, partner, shown.contribution)
        result.append(
            Explanation(
                partner_id=str(ids[partner]),
                risk=float(risk[partner]),
                log_odds=float(odds[partner]),
                start=float(found.base[row]),
                raises=raises,
                lowers=lowers,
                alike=alike,
                rest=rest,
                neighbours=told.neighbours(partner, near[row]),
            )
        )
    return result


def riskiest(trained: Trained, known: Known, top: int) -> Codes:
    """The codes of the `top` partners by risk among those nobody has decided about, the riskiest first."""
    risk = trained.probability(known)
    undecided = np.flatnonzero(known.verdicts.unlabelled)
    ids = known.partners["partner_id"].to_numpy()[undecided]
    order = np.lexsort((ids.astype(str), -risk[undecided]))
    chosen: Codes = undecided[order[:top]].astype(np.int64)
    return chosen


Say = Callable[[Term, int, float], Contribution | None]
"""What a term adds for a partner, in words; None where there is nothing to say."""


def _contributions(
    found: Attribution, row: int, partner: int, say: Say
) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...], Untold, Untold]:
    """What raises, what lowers, what is passed over and what is left, as `Explanation` says."""
    added = {term: float(values[row]) for term, values in found.terms.items()}
    order = sorted((term for term in added if abs(added[term]) >= LEAST), key=lambda t: (-abs(added[t]), t))
    raising = [term for term in order if added[term] > 0][::-1]
    lowering = [term for term in order if added[term] < 0][::-1]
    raises, lowers, alike = list[Contribution](), list[Contribution](), list[Term]()

    def tell(left: list[Term], told: list[Contribution]) -> bool:
        """Tell the strongest that is left and has something to say; False where there is none."""
        while left:
            term = left.pop()
            said = say(term, partner, added[term])
            if said is not None:
                told.append(said)
                return True
            alike.append(term)
        return False

    while len(raises) < LEAST_FOR and tell(raising, raises):
        pass
    while len(lowers) < LEAST_AGAINST and tell(lowering, lowers):
        pass
    total = sum(added[term] for term in sorted(added))
    while len(raises) + len(lowers) < MOST_TOLD:
        untold = total - sum(said.log_odds for said in (*raises, *lowers))
        left, same = (raising, raises) if untold > 0 else (lowering, lowers)
        if not (_outweighs(untold, same) and tell(left, same)):
            break
    told = {said.term for said in (*raises, *lowers)} | set(alike)
    rest = [term for term in added if added[term] and term not in told]
    return tuple(raises), tuple(lowers), _untold(alike, added), _untold(rest, added)


def _outweighs(untold: float, told: Sequence[Contribution]) -> bool:
    return abs(untold) > abs(sum(said.log_odds for said in told))


def _untold(terms: Sequence[Term], added: Mapping[Term, float]) -> Untold:
    values = [added[term] for term in sorted(terms)]
    return Untold(len(values), float(sum(values)), max((abs(value) for value in values), default=0.0))


@dataclass(frozen=True)
class _Column:
    """A term's values over all partners, (n,) in `unit`, and how a sentence about it begins.

    Of what is around a partner the values are typical ones: those at the mean `rank` (n,), in [0, 1] among
    all that are `ranked`.
    """

    values: Array
    unit: str
    head: str
    rank: Array | None = None
    ranked: str = ""

    def worded(self, partner: int | None) -> str:
        """The partner's value as a sentence says it; that of the middle partner, the median, for None."""
        words = _worded(_of(self.values, partner), self.unit)
        if self.rank is None:
            return words
        rank = _of(self.rank, partner)
        if np.isnan(rank):
            return "none known"
        above = "hardly any" if rank < 0.001 else percent(rank).removeprefix("over ")
        return f"typically {words}, higher than {above} of all {self.ranked}"


def _of(values: Array, partner: int | None) -> float:
    """One partner's value, or the median of those that are known."""
    if partner is not None:
        return float(values[partner])
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else float("nan")


class _Shown:
    """The values behind terms, as people read them; a term's column is worked out once."""

    def __init__(self, evidence: Evidence, data: GraphData) -> None:
        frames = dict(node_features(evidence.links))
        frames[Kind.PARTNER] = partner_table(evidence.links, evidence.prior, frames)
        self._frames: Mapping[Kind, pd.DataFrame] = frames
        self._evidence, self._data = evidence, data
        self._columns: dict[Term, _Column] = {}

    def contribution(self, term: Term, partner: int, added: float) -> Contribution | None:
        """What the term adds for that partner, in words; None where it reads as the middle partner does."""
        if term not in self._columns:
            self._columns[term] = self._column(term)
        column = self._columns[term]
        own, others = column.worded(partner), column.worded(None)
        if own == others:
            return None
        who = "around the middle partner" if term.place == AROUND else "the middle partner"
        effect = f"{'Raises' if added > 0 else 'Lowers'} the log odds by {abs(added):.2f}."
        sentence = f"{column.head}: {own}; {who}: {others.removesuffix(f' of all {column.ranked}')}. {effect}"
        value, middle = _of(column.values, partner), _of(column.values, None)
        return Contribution(term, column.unit, value, middle, added, sentence)

    def _column(self, term: Term) -> _Column:
        if term == HEARD:
            return self._verdicts()
        if term.place == TIES:
            return self._ties(term)
        if term.place == AROUND:
            return self._around(term)
        if term.name.startswith(LINKS):
            degree = self._degrees(self._data.kind, term.name).astype(np.float64)
            return _Column(degree, "count", _LINKED[term.name.removeprefix(LINKS)])
        values = self._read(Kind.PARTNER, term.name)
        return _own_column(Kind.PARTNER.value, term.name, values, self._evidence.links.currency)

    def _read(self, kind: Kind, name: str) -> Array:
        """A feature as it was before it was ranked, of every node of `data.x`, NaN where unknown."""
        codes = self._evidence.known.codes[kind.value]
        if not name.startswith(EVENT):
            return self._frames[kind][name].to_numpy(dtype=np.float64)[codes]
        if self._evidence.events is None:
            raise ValueError(f"{name} is of rows, and none were read")
        frame = self._evidence.events[kind]
        values = frame[name.removeprefix(EVENT)].to_numpy(dtype=np.float64)
        return values[frame.index.get_indexer(pd.Index(codes))]

    def _around(self, term: Term) -> _Column:
        """What is typical of the nodes of that kind one step away: the value at their mean score.

        Scores are of ranks among all of their kind, and models read their means: a mean of the values
        themselves would be that of the largest.
        """
        names = self._evidence.known.features[term.kind]
        by_rank = not term.name.startswith(LINKS)
        if by_rank:
            read = self._data.x[term.kind][:, list(names).index(term.name)].astype(np.float64)
        else:
            read = self._degrees(term.kind, term.name).astype(np.float64)
        values = np.full(self._data.size, np.nan)
        for edge in self._data.incoming(self._data.kind):
            if edge[0] == term.kind:
                found = self._data.edges[edge]
                there = found.degree() > 0
                values[there] = means(found, read[:, None])[there, 0]
        kinds = _KINDS[term.kind]
        if by_rank:
            typical = _at_score(values, read, self._read(Kind(term.kind), term.name))
            column = _own_column(term.kind, term.name, typical, self._evidence.links.currency)
            head = f"{kinds} around it, by {_lowered(column.head)}"
            return replace(column, head=head, rank=ndtr(values), ranked=_lowered(kinds))
        linked = _lowered(_LINKED[term.name.removeprefix(LINKS)])
        return _Column(values, "count", f"{kinds} around it, mean number of {linked}")

    def _degrees(self, kind: str, name: str) -> Codes:
        (edge,) = (one for one in self._data.incoming(kind) if f"{LINKS}{one[1]}" == name)
        return self._data.edges[edge].degree()

    def _ties(self, term: Term) -> _Column:
        found = self._data.edges[TIED]
        channel = self._evidence.projection.channels.index(term.name)
        values = np.zeros(self._data.size)
        np.maximum.at(values, found.targets(), found.attributes[:, channel].astype(np.float64))
        return _Column(values, "weight", f"Strongest tie by {TIED_BY[term.name]}, 0 to 1")

    def _verdicts(self) -> _Column:
        found, said = self._data.edges[TIED], self._data.said
        values = np.bincount(found.targets(), weights=said[found.source] > 0, minlength=self._data.size)
        return _Column(
            values.astype(np.float64), "count", "Partners known for fraud among those it is tied to"
        )


def _at_score(scores: Array, read: Array, values: Array) -> Array:
    """The value of the node whose score is nearest to each of `scores` (n,), NaN where there is none.

    `read` (m,) are the scores of nodes whose `values` (m,) rise with them, NaN where unknown.
    """
    known = np.flatnonzero(~np.isnan(values))
    result = np.full(len(scores), np.nan)
    if len(known):
        order = known[np.argsort(read[known], kind="stable")]
        there = np.flatnonzero(~np.isnan(scores))
        above = np.minimum(np.searchsorted(read[order], scores[there], side="left"), len(order) - 1)
        below = np.maximum(above - 1, 0)
        is_below = scores[there] - read[order[below]] < read[order[above]] - scores[there]
        result[there] = values[order[np.where(is_below, below, above)]]
    return result


class _Told:
    """Neighbours in words."""

    def __init__(self, evidence: Evidence) -> None:
        links, codes = evidence.links, evidence.known.codes
        self._ids = {
            node.kind.value: links.nodes(node.kind)[node.key].to_numpy()[codes[node.kind.value]]
            for node in NODES
        }
        projection = evidence.projection
        self._projection, self._size = projection, np.int64(projection.partners)
        self._pair = projection.left.astype(np.int64) * self._size + projection.right

    def neighbours(self, partner: int, near: Neighbours) -> tuple[NeighbourWorth, ...]:
        """The neighbours that are worth most, for or against."""
        ids = [str(self._ids[kind][node]) for kind, node in zip(near.kind, near.node.tolist(), strict=True)]
        worth = near.worth.tolist()
        order = sorted(range(len(ids)), key=lambda one: (-abs(worth[one]), near.kind[one], ids[one]))
        result = []
        for one in order[:MOST_NEIGHBOURS]:
            if abs(worth[one]) < LEAST:
                break
            tie = self._tie(partner, near.kind[one], int(near.node[one]))
            head = _HEARD[near.kind[one]].format(name=quoted(ids[one]), tie=tie)
            change = f"{abs(worth[one]):.2f} {'lower' if worth[one] > 0 else 'higher'}"
            sentence = f"{head}: without it the log odds would be {change}."
            result.append(NeighbourWorth(ids[one], near.kind[one], tie, worth[one], sentence))
        return tuple(result)

    def _tie(self, partner: int, kind: str, node: int) -> str:
        if kind != Kind.PARTNER.value:
            return _TIES[kind]
        low, high = min(partner, node), max(partner, node)
        place = int(np.searchsorted(self._pair, low * self._size + high))
        return TIED_BY[self._projection.channels[int(np.argmax(self._projection.surprise[place]))]]


_KINDS: Final = {
    Kind.PARTNER.value: "Partners",
    Kind.CONSUMER.value: "Consumers",
    Kind.DEVICE.value: "Devices",
    Kind.BANK_ACCOUNT.value: "Bank accounts",
}
_HEARD: Final = {
    Kind.PARTNER.value: "Tied to partner {name} by {tie}",
    Kind.CONSUMER.value: "Consumer {name}, who orders from it",
    Kind.DEVICE.value: "Device {name}, which it logs in from",
    Kind.BANK_ACCOUNT.value: "Bank account {name}, which it is paid out to",
}
_TIES: Final = {
    Kind.CONSUMER.value: "orders",
    Kind.DEVICE.value: "logins",
    Kind.BANK_ACCOUNT.value: "payouts",
}
_LINKED: Final = {
    "tied_to": "Partners it is tied to",
    "ordered_at": "Customers who share an identifier",
    "rev_ordered_at": "Partners ordered from",
    "used": "Consumers who use it",
    "rev_used": "Devices used",
    "paid_from": "Consumers who pay from it",
    "rev_paid_from": "Accounts paid from",
    "logged_in_from": "Partners that log in from it",
    "rev_logged_in_from": "Login devices that are shared",
    "paid_out_to": "Partners paid out to it",
    "rev_paid_out_to": "Payout accounts that are shared",
    "transferred_to": "Accounts that send it money",
    "rev_transferred_to": "Accounts it sends money to",
}
"""What the edges of a type that a node hears are, counted."""

_SURPRISE: Final = "surprise"
_EVIDENCE: Final[Mapping[str, tuple[str, str]]] = {
    PRIOR_COLUMN: ("Risk that ties and evidence alone give, before any verdict", "probability"),
    "prior.bad_surprise": ("Unpaid and disputed orders beyond the general rate", _SURPRISE),
    "prior.refund_surprise": ("Refunds beyond the general rate", _SURPRISE),
    "prior.group_bad": ("Unpaid and disputed orders of a group that shops together", _SURPRISE),
    "prior.group_refund": ("Refunds to a group that shops together", _SURPRISE),
    "prior.group_share": ("Share of customers who belong to a group that shops together", "share"),
    "prior.own_device_orders": ("Customers who order from its own login device", "consumers"),
    "prior.own_account_orders": ("Customers who pay from its own payout account", "consumers"),
    "prior.staff_bad": ("Unpaid orders elsewhere of those who use its login devices", _SURPRISE),
    "prior.staff_hit": ("Bad customers at it who use other partners' login devices", _SURPRISE),
    "prior.turned": ("Orders that went bad after its account or device changed", _SURPRISE),
    "prior.debtors_orders": ("Share of orders by customers who owe it anything", "share"),
    "prior.debtors_unpaid": ("Share of those customers' orders at it that are unpaid or disputed", "share"),
    "prior.debtors_days": ("Days from first to last order at it of customers who owe it anything", "days"),
    "prior.owing_elsewhere_orders": ("Share of orders by shoppers who owe other partners anything", "share"),
    "prior.owing_elsewhere_unpaid": ("Share of those shoppers' orders at it that are unpaid", "share"),
    "prior.owing_elsewhere_people": (
        "People who order as one, where they owe other partners anything, on average",
        "people",
    ),
    "prior.owing_elsewhere_loyal": ("Share of orders by such shoppers, as far as they order here", "share"),
    "prior.debtors_elsewhere": ("Share of its debtors' orders elsewhere that are unpaid", "share"),
    **{
        f"prior.tie_{channel}": (f"Strongest tie by {words}", _SURPRISE) for channel, words in TIED_BY.items()
    },
    **{
        f"prior.bad_behind_{channel}": (f"Unpaid and disputed orders of those tied by {words}", _SURPRISE)
        for channel, words in TIED_BY.items()
    },
}
"""The prior's risk and `graph.partner_evidence.PARTNER_FEATURES` in words, and their units."""

_MEANING: Final[Mapping[str, Mapping[str, tuple[str, str, str]]]] = {
    kind.value: {
        **{feature.name: (feature.meaning, "all", feature.unit) for feature in FEATURES[kind]},
        **{
            EVENT + feature.name: (feature.meaning, feature.window, feature.unit)
            for feature in EVENT_FEATURES[kind]
        },
    }
    for kind in Kind
}
"""Meaning, window and unit of every other feature."""


def _feature_words(kind: str, name: str) -> str:
    """What a feature measures, for people: what stands behind a semicolon in its meaning is for modellers."""
    if name in _EVIDENCE:
        return _EVIDENCE[name][0]
    meaning, window, unit = _MEANING[kind][name]
    words, _, gloss = meaning.rstrip(".").partition(";")[0].partition(": ")
    words = words.replace("1 if ", "Whether ")
    # a spread is shown as the number of equals that would spread as widely
    words = words.replace("Entropy of ", "Spread of ").replace("Gini coefficient of ", "Concentration of ")
    head = words.removeprefix("Bank ").partition(" ")[0]
    if unit == "share" and head.endswith("s") and head != "Evenness":
        words = f"Share of {_lowered(words)}"
    if window != "all" and " of the last " not in words:
        days = window.removesuffix(" d")
        words += " (last day)" if days == "1" else f" (last {days} days)"
    return f"{words} ({gloss})" if gloss else words


def _lowered(words: str) -> str:
    return words[0].lower() + words[1:]


def _own_column(kind: str, name: str, values: Array, currency: str) -> _Column:
    """A feature of a node itself, its logarithm undone where it is one."""
    head = _feature_words(kind, name)
    if name == PRIOR_COLUMN:
        return _Column(values, "probability", head)
    if name in _EVIDENCE:
        return _Column(np.expm1(values), _EVIDENCE[name][1], head)
    unit = _MEANING[kind][name][2]
    if unit == "log ratio" or name in _FACTORS:
        return _Column(np.exp(values), "factor", head)
    if unit.startswith("log2 ratio"):
        return _Column(
            np.exp2(values), f"times the rate{unit.removeprefix('log2 ratio').replace(' to', ' of')}", head
        )
    if unit in ("money", "ln money"):
        return _Column(values if unit == "money" else np.exp(values), plain(currency, 3), head)
    if unit == "nats" and head.startswith("Spread of "):
        return _Column(np.exp(values), "equals", head)
    if unit == "ln seconds":
        return _Column(np.expm1(values), "seconds", head)
    if unit.startswith("log "):
        return _Column(np.expm1(values), unit.removeprefix("log "), head)
    return _Column(values, _SHOWN_AS.get(unit, unit), head)


_FACTORS: Final = tuple(EVENT + name for name in ("price_spread", "price_trend"))
"""Differences of logarithms, which are factors."""
_SHOWN_AS: Final = {"robust z": "typical deviations", "nats": "", "0 or 1": "flag"}
_SAID: Final = ("days", "seconds", "typical deviations")
"""Units that a value is shown with; of the others the meaning says what is counted."""


def _worded(value: float, unit: str) -> str:
    """A value as a sentence says it."""
    if np.isnan(value):
        return "nothing known"
    if unit in ("share", "probability") and 0 <= value <= 1:
        return percent(value) if value else "0 %"
    if unit in _WORDED:
        return _WORDED[unit](value)
    if unit in _SAID or unit.startswith("times the rate") or unit.isupper():  # a currency
        return f"{number(value)} {unit.removesuffix('s') if number(value) == '1' else unit}"
    return number(value)


def _rarity(surprise: float) -> str:
    """How rarely chance alone would bring so much, from -log10 p."""
    if surprise < 0.05:
        return "no more than by chance"
    if surprise >= 6:
        return f"by chance once in 10^{surprise:.0f}"
    return f"by chance once in {number(float(f'{10**surprise:.2g}'))}"


_WORDED: Final[Mapping[str, Callable[[float], str]]] = {
    "flag": lambda value: "yes" if value > 0.5 else "no",
    _SURPRISE: _rarity,
    "1 / log2 sharers": lambda value: number(2 ** (1 / value) - 1) if value > 0 else "not shared",
    "equals": lambda value: f"as over {number(value)} alike",
    "factor": lambda value: f"{number(value)} times",
}
