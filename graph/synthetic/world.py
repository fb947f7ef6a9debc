"""A world while it is being made: its population and everything that is laid over the honest days."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.adversary import Adversary
from graph.synthetic.firm import DAY_S, FAR_S, Firm, stream
from graph.synthetic.names import Names
from graph.synthetic.population import (
    SLOTS,
    Consumers,
    Floats,
    Ints,
    Partners,
    Reach,
    Registry,
    draw_consumers,
    draw_partners,
    make_consumers,
)

OWN = -1
"""In a planned order: the device or account that the consumer would use anyway."""
USUAL = -1.0
"""In a planned order: the outcome that the partner's orders have anyway."""


@dataclass
class Rules:
    """Rows that columns grow by; each row says what happens again and again."""

    names: tuple[str, ...]
    chunks: list[tuple[NDArray[np.float64], ...]] = field(default_factory=list)

    def add(self, *columns: object) -> None:
        """Rows of these columns, broadcast against each other."""
        arrays = np.broadcast_arrays(*[np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in columns])
        self.chunks.append(tuple(np.array(one) for one in arrays))

    def columns(self) -> dict[str, Floats]:
        """All rows."""
        if not self.chunks:
            return {name: np.zeros(0) for name in self.names}
        return {
            name: np.concatenate([chunk[i] for chunk in self.chunks]) for i, name in enumerate(self.names)
        }


@dataclass
class Ring:
    """A planted ring; `members` are (kind, codes, role)."""

    typology: str
    care: float
    labelled: bool
    partners: Ints
    first_s: int
    last_s: int
    members: list[tuple[str, Ints, str]] = field(default_factory=list)
    cells: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # of each partner
    replaced: dict[tuple[str, int, int], int] = field(
        default_factory=dict
    )  # (kind, code, term): the code then

    def add(self, kind: str, codes: object, role: str) -> None:
        """More members of that kind."""
        self.members.append((kind, np.unique(np.asarray(codes, dtype=np.int64)), role))


class World:
    """Population, rules and planned orders. Consumer codes are places in `parts` until `Days` sorts them."""

    def __init__(self, firm: Firm, adversary: Adversary) -> None:
        self.firm, self.adversary = firm, adversary
        self.devices, self.accounts = Registry(), Registry()
        self.partners: Partners = draw_partners(firm, self.accounts, stream(firm.seed, "partners"))
        self.reach = Reach(firm, self.partners)
        self.consumers: Consumers = draw_consumers(
            firm, self.partners, self.reach, self.devices, self.accounts, stream(firm.seed, "consumers")
        )
        self.parts: list[Consumers] = []
        self.added = 0
        self.names = Names(firm, stream(firm.seed, "names"))
        self.name = self.names.all_partners(self.partners.category)
        self.logins = Rules(("partner", "device", "from_s", "to_s", "rate"))
        self.transfers = Rules(("source", "target", "share", "period", "phase", "from_day", "to_day"))
        self.planned = Rules(
            (
                "at_s",
                "consumer",
                "partner",
                "device",
                "account",
                "factor",
                "refunded",
                "disputed",
                "defaulted",
            )
        )
        self.rings: list[Ring] = []
        self.look_alikes: list[tuple[int, str, str, Ints]] = []
        self.free = np.ones(firm.partners, dtype=bool)
        self.model_of = np.full(firm.partners, -1, dtype=np.int64)  # the partner that a ring's one copies
        self.copied: list[tuple[int, dict[str, float]]] = []  # a clone, and its model's columns
        self._groups = 0

    def take(
        self,
        n: int,
        rng: np.random.Generator,
        *,
        country: int | None = None,
        area: int | None = None,
        where: NDArray[np.bool_] | None = None,
    ) -> Ints:
        """Up to `n` partners that nothing else uses yet; they are used from now on."""
        mask = self.free if where is None else self.free & where
        if country is not None:
            mask = mask & (self.partners.country == country)
        if area is not None:
            mask = mask & (self.partners.area == area)
        found = np.flatnonzero(mask)
        chosen = np.sort(rng.permutation(found)[:n])
        self.free[chosen] = False
        return chosen

    def living_in(self, areas: Ints) -> Ints:
        """The codes of the honest population there, in order, without a look at all others."""
        order, start = self._homes
        there = np.unique(areas)
        return np.sort(np.concatenate([order[start[one] : start[one + 1]] for one in there.tolist()]))

    @cached_property
    def _homes(self) -> tuple[Ints, Ints]:
        """The codes of the honest population by area, and where each area begins, (areas + 1,)."""
        area = self.consumers.area
        starts = np.r_[0, np.cumsum(np.bincount(area, minlength=int(self.firm.areas.sum())))]
        return np.argsort(area, kind="stable"), starts

    def make_consumers(
        self,
        rng: np.random.Generator,
        *,
        area: NDArray[np.int32],
        country: NDArray[np.int8],
        created_s: Ints,
    ) -> Consumers:
        """Consumers of those areas and moments, nobody's yet, with devices and accounts of this world."""
        return make_consumers(
            self.firm,
            self.reach,
            self.devices,
            self.accounts,
            rng,
            area=area,
            country=country,
            created_s=created_s,
        )

    def add_consumers(self, consumers: Consumers) -> Ints:
        """The codes of consumers who come beside the honest population."""
        first = len(self.consumers) + self.added
        self.parts.append(consumers)
        self.added += len(consumers)
        return np.arange(first, first + len(consumers))

    def look_alike(self, what: str, *members: tuple[str, object]) -> None:
        """Note an honest group in the truth; members are (kind, codes)."""
        for kind, codes in members:
            self.look_alikes.append((self._groups, what, kind, np.unique(np.asarray(codes, dtype=np.int64))))
        self._groups += 1

    def pay_to(
        self, partner: int, account: int, *, weight: float, from_day: float = -1e9, to_day: float = 1e9
    ) -> None:
        """Let a partner's payouts go to `account` too; a weight of 1 or more replaces the main account."""
        slots = self.partners
        if weight >= 1:
            slots.account_to[partner] = np.minimum(slots.account_to[partner], from_day)
        free = np.flatnonzero(slots.account[partner] < 0)
        slot = int(free[0]) if len(free) else SLOTS - 1
        slots.account[partner, slot] = account
        slots.account_weight[partner, slot] = weight
        slots.account_from[partner, slot] = from_day
        slots.account_to[partner, slot] = to_day

    def open_at(self, partner: Ints, at_s: Ints) -> None:
        """Let these open then instead; the account that each opened with is as much older as it was."""
        self.accounts.move(self.partners.account[partner, 0], at_s - self.partners.onboard_s[partner])
        self.partners.onboard_s[partner] = at_s

    def lifetime_days(self, partner: int) -> tuple[float, float]:
        """First and last day inside the window on which the partner is open."""
        begin = (self.partners.onboard_s[partner] - self.firm.start_s) / DAY_S
        end = (self.partners.close_s[partner] - self.firm.start_s) / DAY_S
        return max(0.0, float(begin)), min(float(self.firm.days), float(end))

    def second(self, day: float) -> int:
        """The moment of a day of the window."""
        return int(self.firm.start_s + day * DAY_S)

    def usual_orders(self, partner: Ints) -> Floats:
        """About how many honest orders each of these partners will have."""
        share = self.partners.weight[partner] / self.partners.weight.sum()
        begin = np.maximum(self.partners.onboard_s[partner], self.firm.start_s)
        end = np.minimum(self.partners.close_s[partner], self.firm.end_s)
        open_share = np.clip((end - begin) / (self.firm.days * DAY_S), 0, 1)
        result: Floats = share * self.firm.orders * open_share
        return result


def honest_logins(world: World, rng: np.random.Generator) -> None:
    """One to four devices a partner, replaced now and then."""
    firm, partners = world.firm, world.partners
    n = len(partners)
    everyone = np.arange(n)
    replaced = rng.uniform(0, 1, n) < 0.3
    swap = np.where(replaced, firm.start_s + rng.uniform(0, 1, n) * firm.days * DAY_S, FAR_S)
    first = world.devices.new(
        partners.onboard_s - rng.exponential(200, n) * DAY_S, rng.choice(3, n, p=[0.3, 0.6, 0.1])
    )
    world.logins.add(everyone, first, 0, swap, partners.login_rate)
    late = np.flatnonzero(replaced)
    second = world.devices.new(swap[late] - rng.uniform(0, 2, len(late)) * DAY_S, rng.choice(2, len(late)))
    world.logins.add(late, second, swap[late], FAR_S, partners.login_rate[late])
    for share in (0.5, 0.2):
        more = np.flatnonzero(rng.uniform(0, 1, n) < share)
        extra = world.devices.new(
            partners.onboard_s[more] + rng.exponential(30, len(more)) * DAY_S, rng.choice(3, len(more))
        )
        begin = np.where(
            rng.uniform(0, 1, len(more)) < 0.5,
            0,
            firm.start_s + rng.uniform(0, 1, len(more)) * firm.days * DAY_S,
        )
        world.logins.add(
            more, extra, begin, FAR_S, partners.login_rate[more] * rng.uniform(0.2, 1.0, len(more))
        )
