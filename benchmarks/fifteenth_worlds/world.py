"""A world in the making: who is there, what is arranged for the settling of accounts, what has happened."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from benchmarks.fifteenth_worlds.climate import NOBODY, Climate, Flags, Floats, Ints

Role = tuple[str, str]
"""Kind of entity and what it does in its group."""


@dataclass
class Group:
    """Shops and people with something in common, at work from `begin` to `end` (days)."""

    name: str
    honest: bool
    care: float
    shops: Ints
    begin: float
    end: float
    roles: dict[Role, set[int]] = field(default_factory=dict)

    @property
    def loose(self) -> float:
        """What care leaves to be seen, above 0 and at most 1."""
        return 1.0 - 0.97 * self.care

    def add(self, kind: str, role: str, rows: Ints | list[int]) -> None:
        """Those are of the group, too."""
        self.roles.setdefault((kind, role), set()).update(int(row) for row in rows)

    def rows(self, kind: str) -> Ints:
        """All of a kind."""
        found = [rows for (of, _), rows in self.roles.items() if of == kind]
        return np.array(sorted(set().union(*found)), dtype=np.int64)


@dataclass
class Rules:
    """Rows of what is arranged, as columns, in the order in which they were."""

    columns: tuple[str, ...]
    parts: list[dict[str, Floats]] = field(default_factory=list)

    def add(self, **values: Floats | Ints | float) -> None:
        """Rows, of which single values are the same in all."""
        if set(values) != set(self.columns):
            raise KeyError(sorted(values))
        same = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one, np.float64)) for one in values.values()))
        self.parts.append(dict(zip(values, same, strict=True)))

    def table(self) -> pd.DataFrame:
        """All rows."""
        if not self.parts:
            return pd.DataFrame({name: np.zeros(0) for name in self.columns})
        return pd.DataFrame(
            {name: np.concatenate([part[name] for part in self.parts]) for name in self.columns}
        )

    def __len__(self) -> int:
        return sum(len(part[self.columns[0]]) for part in self.parts)


class World:
    """Shops and people are rows of `shop` and `person`, devices and accounts are numbers."""

    def __init__(self, rng: np.random.Generator, climate: Climate) -> None:
        self.rng, self.climate = rng, climate
        self.shop: dict[str, np.ndarray] = {}
        self.person: dict[str, np.ndarray] = {}
        self.habits: Ints = np.zeros((0, 0), np.int64)
        self.device_kinds: list[Ints] = []
        self.account_places: list[Ints] = []
        self.account_opened: list[Floats] = []
        self.devices, self.accounts = 0, 0
        self.gangs: list[Group] = []
        self.alike: list[Group] = []
        self.brands: dict[int, str] = {}
        """Shops that trade under a common name."""
        self.orders = Rules(("t", "who", "shop", "device", "account", "amount", "fate"))
        self.sent = Rules(("t", "source", "target", "amount"))
        self.logins_of = Rules(("shop", "device", "begin", "end", "share"))
        self.paid_to = Rules(("shop", "account", "begin", "end", "share"))
        self.flows = Rules(("shop", "account", "share", "chance", "lag", "begin", "end"))
        self.relays = Rules(("source", "target", "share", "chance", "lag"))
        self.turns = Rules(("shop", "begin", "end", "refunded", "disputed", "defaulted"))

    def between(self, low: float, high: float) -> float:
        """A number drawn evenly."""
        return float(self.rng.uniform(low, high))

    def chance(self, odds: float) -> bool:
        """Whether it comes to pass."""
        return bool(self.rng.random() < odds)

    def new_devices(self, n: int, work: float = 0.5) -> Ints:
        """So many devices; a share `work` are such as stand in offices."""
        desk = self.rng.random(n) < work
        kind = np.where(
            desk,
            self.rng.choice(5, n, p=[0.1, 0.72, 0.08, 0.04, 0.06]),
            self.rng.choice(5, n, p=[0.66, 0.17, 0.09, 0.01, 0.07]),
        )
        self.device_kinds.append(kind)
        self.devices += n
        return np.arange(self.devices - n, self.devices)

    def new_accounts(self, country: Ints, opened: Floats | float) -> Ints:
        """Accounts there, opened some time before that day, a hundred days on average."""
        n = len(country)
        abroad = self.rng.random(n) < 0.05
        places = np.where(abroad, self.rng.integers(0, len(self.climate.countries), n), country)
        self.account_places.append(places)
        self.account_opened.append(opened - self.rng.exponential(100, n))
        self.accounts += n
        return np.arange(self.accounts - n, self.accounts)

    def open_from(self, shop: Ints) -> Floats:
        """When a shop can first be seen at work."""
        return np.maximum(self.shop["opened"][shop], 0.0)

    def open_until(self, shop: Ints) -> Floats:
        """When it is last seen at work."""
        return np.minimum(self.shop["closed"][shop], self.climate.days)

    def free_shops(self) -> Flags:
        """Shops of no group as yet."""
        free: Flags = self.shop["group"] == NOBODY
        return free
