"""The world while it is being made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.twelfth_worlds.firms import ENDINGS, Access, Firms, Standing
from benchmarks.twelfth_worlds.people import PHONE, People
from benchmarks.twelfth_worlds.setting import Calendar, Setting
from benchmarks.writing.events import Book, Moves
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Counted, Floats, Ints, ints


@dataclass
class Scene:
    """Who there is, and what has come about so far."""

    rng: np.random.Generator
    setting: Setting
    calendar: Calendar
    ids: Counted
    people: People
    firms: Firms
    access: list[Access]
    city_country: Ints
    standing: list[Standing] = field(default_factory=list)
    sales: list[Book] = field(default_factory=list)
    moves: Moves = field(default_factory=Moves)
    alike: list[Alike] = field(default_factory=list)
    names_after: list[tuple[int, int]] = field(default_factory=list)
    """Firms whose name is like another's: (which, whose)."""
    habits: Ints = field(default_factory=lambda: np.empty((0, 0), np.int64))
    """(consumers, shops) where each likes to shop."""
    staff: list[tuple[Ints, Ints]] = field(default_factory=list)
    """Firms and those whom they pay wages."""
    sweeps: list[tuple[Ints, Ints]] = field(default_factory=list)
    """Firms whose takings go on at once, and to which account."""

    def lookalike(self, kind: str, groups: Sequence[Ints], *, of: str = "partner") -> None:
        """Note honest groups that look like a crew."""
        if groups:
            group = np.repeat(np.arange(len(groups)), [len(one) for one in groups])
            self.alike.append(Alike(kind, of, ints(np.concatenate(groups)), group))

    def operate(
        self, firm: Ints, device: Ints, *, weekly: float, since: float = 0, until: float = np.inf
    ) -> None:
        """Firms are operated from those devices too."""
        n = len(firm)
        self.access.append(Access(firm, device, np.full(n, since), np.full(n, until), np.full(n, weekly)))

    def pay(
        self, firm: Ints, target: Ints, *, every: float, share: Floats | float,
        since: float = 0, until: float = np.inf,
    ) -> None:  # fmt: skip
        """Firms pay those accounts regularly, a share of their monthly revenue."""
        n = len(firm)
        jitter = self.rng.uniform(0.9, 1.1, n)
        self.standing.append(
            Standing(
                firm, target, np.full(n, since), np.full(n, until), every * jitter, np.broadcast_to(share, n)
            )
        )

    def sell(
        self, consumer: Ints, firm: Ints, t: Floats, *, price: Floats | float = 1.0,
        amount: Floats | None = None, outcome: Ints | None = None,
    ) -> Book:  # fmt: skip
        """Orders, with what those consumers shop with; at `price` times the firms' own unless of `amount`."""
        n, rng, firms = len(consumer), self.rng, self.firms
        if amount is None:
            amount = firms.price[firm] * np.exp(rng.normal(0, 1, n) * firms.spread[firm]) * price
        book = Book(
            consumer=consumer,
            firm=firm,
            t=t,
            device=self._devices(consumer, t),
            account=self._accounts(consumer),
            amount=self._rounded(firm, amount),
            outcome=np.full(n, NONE) if outcome is None else outcome,
            at=np.full(n, np.nan),
        )
        self.sales.append(book)
        return book

    def _devices(self, consumer: Ints, t: Floats) -> Ints:
        rng, people = self.rng, self.people
        column = _chosen(rng, people.device_share[consumer])
        device = people.devices[consumer, column]
        swapped = (column == PHONE) & (t >= people.swapped[consumer])
        device = np.where(swapped, people.new_phone[consumer], device)
        return np.where(rng.random(len(t)) < self.setting.no_device, NONE, device)

    def _accounts(self, consumer: Ints) -> Ints:
        column = _chosen(self.rng, self.people.account_share[consumer])
        missing = self.rng.random(len(consumer)) < self.setting.no_account
        return np.where(missing, NONE, self.people.accounts[consumer, column])

    def _rounded(self, firm: Ints, amount: Floats) -> Floats:
        """Euros that are a price in the firm's money: cents as the firm likes them, for most."""
        scale = self.setting.scale[self.firms.country[firm]]
        local = np.maximum(amount * scale, 1.0)
        cents = np.array(ENDINGS)[self.firms.ending[firm]]
        neat = (cents >= 0) & (self.rng.random(len(local)) < 0.8)
        return np.where(neat, np.floor(local) + cents + (local < 1) * 1.0, np.round(local, 2)) / scale


def _chosen(rng: np.random.Generator, share: Floats) -> Ints:
    """(n,) a column of each row, by share."""
    edges = np.cumsum(share, axis=1)
    return ints(
        (rng.random(len(share))[:, None] * edges[:, -1:] >= edges).sum(axis=1).clip(max=share.shape[1] - 1)
    )
