"""Crews: who is in a ring, for how long, and how well each channel is hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.people import HOME, OWN, PHONE, QUARTERS, SECOND, VENUE
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.writing.truth import Planted
from benchmarks.writing.units import NO_INTS, NONE, Flags, Ints, ints, log_uniform, take_free

SCHEMES: Final = {
    # firms, people (each fewest and most), share of people who are made up
    "collusion": (2, 12, 8, 70, 0.6),
    "cash_out": (1, 6, 15, 90, 0.0),
    "bust_out": (2, 6, 0, 14, 0.6),
    "phoenix": (2, 5, 0, 12, 0.5),
    "laundering": (2, 11, 8, 60, 0.7),
    "refund_abuse": (0, 0, 5, 40, 0.4),
    "synthetic_identities": (0, 0, 8, 70, 1.0),
    "triangulation": (1, 4, 6, 40, 1.0),
}
TELLING: Final = {
    "collusion": ("login", "payout", "device", "funding", "overlap"),
    "cash_out": ("login", "payout", "funding", "overlap"),
    "bust_out": ("login", "payout", "pace"),
    "phoenix": ("login", "payout", "overlap"),
    "laundering": ("login", "payout", "device", "funding", "overlap"),
    "refund_abuse": ("device", "funding", "pace"),
    "synthetic_identities": ("device", "funding", "pace"),
    "triangulation": ("login", "device", "funding", "pace"),
}
"""Channels that tie members of a crew to each other: in one of them at least it is not quite careful."""
CHANNELS: Final = ("login", "payout", "device", "funding", "overlap", "pace", "price", "cover")


@dataclass
class Crew:
    """A ring as it is planned."""

    scheme: str
    care: float
    hide: dict[str, float]
    """By channel: 0 for in the open, 1 for well hidden."""
    since: float
    until: float
    firms: Ints = field(default_factory=lambda: NO_INTS)
    people: Ints = field(default_factory=lambda: NO_INTS)
    made_up: Ints = field(default_factory=lambda: NO_INTS)
    """Of the people, identities that nobody has."""
    devices: list[Ints] = field(default_factory=list)
    accounts: list[Ints] = field(default_factory=list)
    route: str = "cash"
    """How takings go on: cash, direct, hop, two_hops."""
    collectors: Ints = field(default_factory=lambda: NO_INTS)
    mules: Ints = field(default_factory=lambda: NO_INTS)

    def planted(self) -> Planted:
        """The ring as the truth tells it."""
        devices, accounts = (np.concatenate([NO_INTS, *one]) for one in (self.devices, self.accounts))
        return Planted(self.scheme, self.care, self.firms, self.people, devices, accounts)


def plan_crews(scene: Scene) -> list[Crew]:
    """All crews of a world, their members taken and disguised."""
    names = list(SCHEMES)
    ordinary = _ordinary(scene)
    crews = []
    for scheme in scene.rng.choice(len(names), scene.setting.rings, p=scene.setting.schemes):
        crew = _draw_crew(scene, names[scheme])
        _recruit_firms(scene, crew)
        _recruit_people(scene, crew, ordinary)
        _open_doors(scene, crew)
        _route_money(scene, crew)
        crews.append(crew)
    return crews


def _draw_crew(scene: Scene, scheme: str) -> Crew:
    """Care by channel is about the crew's; every crew slips somewhere."""
    rng, days = scene.rng, scene.setting.days
    care = float(rng.beta(*scene.setting.care))
    hide = {one: float(np.clip(care + rng.normal(0, 0.18), 0, 1)) for one in CHANNELS}
    for slip in (str(rng.choice(TELLING[scheme])), str(rng.choice(CHANNELS))):
        hide[slip] = min(hide[slip], float(rng.uniform(0.05, 0.5)))
    since = rng.uniform(0.04, 0.68) * days
    until = min(since + log_uniform(rng, 45, 260), days - rng.uniform(3, 45))
    return Crew(scheme, care, hide, float(since), float(until))


def _ordinary(scene: Scene) -> Flags:
    """(consumers,) who owns no firm and is on no payroll, and so may be somebody else than he says."""
    known = np.zeros(len(scene.people), np.bool_)
    known[scene.firms.owner] = True
    for _, hands in scene.staff:
        known[hands] = True
    at_home: Flags = scene.people.device_share[:, VENUE] == 0
    return ~known & at_home


def _recruit_firms(scene: Scene, crew: Crew) -> None:
    """Firms that know each other: of one city, trade, owner or country; or shells made for it."""
    rng, firms = scene.rng, scene.firms
    least, most, *_ = SCHEMES[crew.scheme]
    if not most:
        return
    n = max(int(np.round(log_uniform(rng, max(least, 1), most))), least)
    small = firms.popularity < np.quantile(firms.popularity, 0.92)
    allowed = small & (firms.group == NONE) & (firms.closed > crew.until)
    seed = int(rng.choice(np.flatnonzero(allowed & ~firms.busy)))
    bonds = (firms.quarter // QUARTERS, firms.trade, firms.country, firms.agent)
    place = bonds[rng.choice(len(bonds), p=[0.35, 0.25, 0.25, 0.15])]
    kin = allowed & (place == place[seed]) & (firms.country == firms.country[seed])
    if rng.random() < 0.2 and crew.scheme != "phoenix":
        kin = _one_owner(scene, kin, least)
    crew.firms = take_free(rng, firms.busy, n, kin)
    if len(crew.firms) < n:
        rest = take_free(rng, firms.busy, n - len(crew.firms), allowed)
        crew.firms = np.concatenate([crew.firms, rest])
    shells = crew.firms[rng.random(len(crew.firms)) < rng.choice([0.1, 0.5, 0.9])]
    firms.popularity[shells] *= rng.uniform(0.1, 0.8, len(shells))
    fresh = shells[rng.random(len(shells)) < 0.6]
    firms.opened[fresh] = crew.since - rng.exponential(70, len(fresh))
    firms.opened[crew.firms] = np.minimum(
        firms.opened[crew.firms], crew.since - rng.uniform(3, 40, len(crew.firms))
    )
    leaves = crew.firms[rng.random(len(crew.firms)) < rng.uniform(0.05, 0.6)]
    firms.closed[leaves] = crew.until + rng.exponential(40, len(leaves))


def _one_owner(scene: Scene, otherwise: Flags, least: int) -> Flags:
    """The firms of one owner of several, if one of them is free."""
    firms = scene.firms
    free = np.bincount(firms.group[(firms.group != NONE) & ~firms.busy], minlength=1)
    whole = np.flatnonzero(
        (free == np.bincount(firms.group[firms.group != NONE], minlength=1)[: len(free)])
        & (free >= max(least, 2))
    )
    return firms.group == scene.rng.choice(whole) if len(whole) else otherwise


def _recruit_people(scene: Scene, crew: Crew, ordinary: Flags) -> None:
    """Those who order for the crew: people of one place, or identities that are made up."""
    rng, people = scene.rng, scene.people
    *_, least, most, share = SCHEMES[crew.scheme]
    n = int(log_uniform(rng, least + 1, most + 1)) - (least == 0)
    country = scene.firms.country[crew.firms[0]] if len(crew.firms) else rng.choice(people.country)
    made_up = int(rng.binomial(n, share if share in (0, 1) else np.clip(rng.normal(share, 0.3), 0, 1)))
    near = people.country == country
    crew.made_up = take_free(rng, people.busy, made_up, near & ordinary)
    city = people.quarter // QUARTERS
    home = city[scene.firms.owner[crew.firms[0]]] if len(crew.firms) else rng.choice(city[near])
    close = near & (city == home if rng.random() < 0.7 else near) & (people.joined < crew.since + 20)
    circle = _venue(scene, close) if rng.random() < 0.3 else close
    real = take_free(rng, people.busy, n - made_up, circle)
    for wider in (close, near):
        real = np.concatenate([real, take_free(rng, people.busy, n - made_up - len(real), wider)])
    crew.people = np.concatenate([crew.made_up, real])
    people.joined[real] = np.minimum(people.joined[real], crew.since - 1)
    _invent(scene, crew)


def _venue(scene: Scene, otherwise: Flags) -> Flags:
    """The people of one campus, hostel or office."""
    kept = np.zeros(len(scene.people), np.bool_)
    if not scene.people.venues:
        return otherwise
    kept[scene.people.venues[int(scene.rng.integers(len(scene.people.venues)))][1]] = True
    return kept & ~scene.people.busy if kept.sum() > 10 else otherwise


def _invent(scene: Scene, crew: Crew) -> None:
    """Made-up identities get devices and accounts of the crew, some for several; and a life as cover."""
    rng, people, who = scene.rng, scene.people, crew.made_up
    n = len(who)
    if not n:
        return
    devices = scene.ids.new_devices(max(round(n / _crowding(scene, crew.hide["device"])), 1))
    accounts = scene.ids.new_accounts(max(round(n / _crowding(scene, crew.hide["funding"])), 1))
    people.devices[who, SECOND:] = NONE
    people.device_share[who, SECOND:] = 0
    people.devices[who, PHONE] = rng.permutation(np.resize(devices, n))
    people.devices[who, HOME] = rng.choice(devices, n)
    people.device_share[who, HOME] = rng.random() * 0.3 if crew.hide["device"] < 0.4 else 0
    people.swapped[who] = np.inf
    people.accounts[who, OWN] = rng.permutation(np.resize(accounts, n))
    people.account_share[who] = [1, 0]
    people.household[who] = NONE
    people.activity[who] *= log_uniform(rng, 0.1, 0.5) + crew.hide["cover"]
    aged = rng.exponential(50 + 250 * crew.hide["cover"], n)
    people.joined[who] = np.where(
        rng.random(n) < 0.5, crew.since - aged, np.minimum(people.joined[who], crew.since - 1)
    )
    crew.devices.append(devices)
    crew.accounts.append(accounts)


def _crowding(scene: Scene, hide: float) -> float:
    """How many identities share a device or an account."""
    if hide < 0.3:
        return log_uniform(scene.rng, 3, 14)
    return log_uniform(scene.rng, 1.4, 3) if hide < 0.65 else log_uniform(scene.rng, 1, 1.25)


def _open_doors(scene: Scene, crew: Crew) -> None:
    """Who leads the crew operates its firms: often from one machine, or once by mistake."""
    rng, hide = scene.rng, crew.hide["login"]
    devices = scene.ids.new_devices(1 + len(crew.firms) // 5)
    also_shops = len(crew.made_up) > 0 and rng.random() < 0.6 * (1 - hide)
    if also_shops:
        devices = ints(rng.choice(scene.people.devices[crew.made_up, PHONE], 1))
    share = 0.95 - 0.5 * hide if hide < 0.75 else 0.3
    doors = crew.firms[rng.random(len(crew.firms)) < share]
    if len(doors) < 2 - also_shops:
        return
    weekly = 1.2 * (1 - hide) ** 2 + 2.5 / (crew.until - crew.since)
    scene.operate(
        doors, rng.choice(devices, len(doors)), weekly=weekly, since=crew.since - 15, until=crew.until + 15
    )
    crew.devices.append(devices)


def _route_money(scene: Scene, crew: Crew) -> None:
    """Where takings go: to accounts in common, on to a collector by some hops, or out in cash."""
    rng, firms, hide = scene.rng, scene.firms, crew.hide["payout"]
    if not len(crew.firms):
        return
    pooled = crew.firms[rng.random(len(crew.firms)) < np.clip(0.9 - 1.3 * hide, 0, 1)]
    if len(pooled) > 1:
        accounts = scene.ids.new_accounts(1 + len(pooled) // 4)
        firms.account[pooled] = rng.choice(accounts, len(pooled))
        firms.agent[pooled] = NONE
        firms.moved[pooled] = np.inf
        if rng.random() < 0.4:  # as if by a change of bank, when it began
            firms.account[pooled], firms.later[pooled] = (
                scene.ids.new_accounts(len(pooled)),
                firms.account[pooled],
            )
            firms.moved[pooled] = crew.since - rng.uniform(0, 10)
    own = firms.account[crew.firms[firms.group[crew.firms] == NONE]]
    crew.accounts += [own, firms.later[crew.firms][np.isfinite(firms.moved[crew.firms])]]
    order = ["direct", "hop", "two_hops", "cash"]
    odds = [max(1.1 - 2 * hide, 0.05), 0.6, 0.2 + hide, 0.5 * hide if crew.scheme != "laundering" else 0.0]
    crew.route = str(rng.choice(order, p=np.array(odds) / sum(odds)))
    crew.collectors = scene.ids.new_accounts(int(rng.integers(1, 2 + len(crew.firms) // 3)))
    if rng.random() < 0.3:  # an owner is the head
        crew.collectors = scene.people.accounts[firms.owner[crew.firms[:1]], OWN]
    if crew.route in ("hop", "two_hops"):
        crew.mules = scene.ids.new_accounts(int(rng.integers(2, 3 + len(crew.firms))))
        lent = rng.random(len(crew.mules)) < rng.uniform(0, hide)  # by people with a life of their own
        crew.mules[lent] = scene.people.accounts[rng.integers(0, len(scene.people), int(lent.sum())), OWN]
    if crew.route != "cash":
        crew.accounts += [crew.collectors, crew.mules]
