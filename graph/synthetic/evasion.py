"""How the adversary's knobs change a ring: cells, identifiers, camouflage, pace, clones.

Every function returns what it was given where its knob is at rest, and draws from a generator spawned off the
ring's own, which leaves that one's numbers as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.firm import DAY_S, FAR_S
from graph.synthetic.population import Floats, Ints
from graph.synthetic.world import OWN, USUAL, Ring, World

LEAST_VOLUME = 0.25
"""Of a ring's orders, the share that is left where it is as slow as can be."""
CLONED = (
    "category", "weight", "mu", "sigma", "rounding", "refund", "dispute", "default", "period", "phase",
    "login_rate", "noise",
)  # fmt: skip
"""Columns of a partner that a clone copies: trade (and with it hours), size, prices, outcomes, habits."""


@dataclass(frozen=True)
class Fakes:
    """Fake orders, a row each: who, where, when, with what, how dear, and how they end (n,)."""

    at_s: Floats
    consumer: Ints
    partner: Ints
    device: Ints
    account: Ints
    factor: Floats
    refunded: Floats
    disputed: Floats
    defaulted: Floats


def cells_of(world: World, n: int) -> Ints:
    """(n,) the cell of each of a ring's partners, in their order."""
    cell = world.adversary.cell
    return np.arange(n) // cell if cell else np.zeros(n, dtype=np.int64)


def in_cells(serves: NDArray[np.bool_], cells: Ints) -> NDArray[np.bool_]:
    """(tills, partners) which till serves whom: those of its cell, and one till those of the next cell."""
    count = int(cells.max(initial=0)) + 1
    if count == 1:
        return serves
    tills = len(serves)
    home = np.arange(tills) % count
    kept: NDArray[np.bool_] = np.equal.outer(home, cells)
    # a till that would serve nobody of its cell serves all of it: cells do not stand idle
    idle: NDArray[np.bool_] = np.logical_not((serves & kept).any(axis=1))
    kept &= serves | idle[:, None]
    for cell in range(count - 1):
        bridge = min(count + cell, tills - 1) if tills > count else cell % tills
        kept[bridge] |= (cells == home[bridge]) | np.isin(cells, (cell, cell + 1))
    return kept


def till_size(world: World, ring: Ring, size: float, fakes: int) -> float:
    """Customers a till: fewer where there are cells, so that each has one and one is left for each bridge."""
    if not world.adversary.cell or not len(ring.cells):
        return size
    return min(size, fakes / (2 * int(ring.cells.max()) + 1))


def slower(world: World, length: float, longest: float) -> float:
    """Days that a ring is active, of at most `longest`."""
    slow = world.adversary.slow
    return length + slow * (max(longest, length) - length) if slow else length


def volume_left(world: World) -> float:
    """The share of its fake orders that a ring still places at its pace."""
    return 1 - (1 - LEAST_VOLUME) * world.adversary.slow


def evened(world: World, at_s: Floats, first_s: float, last_s: float, rng: np.random.Generator) -> Floats:
    """Moments of orders; a slow ring's leave their waves."""
    if not world.adversary.slow:
        return at_s
    own = rng.spawn(1)[0]
    even = own.random(len(at_s)) < world.adversary.slow
    spread = own.uniform(first_s, max(last_s, first_s + 1), len(at_s)) // DAY_S * DAY_S
    return np.where(even, spread, at_s)


def choose_models(world: World, partners: Ints, rng: np.random.Generator) -> None:
    """Give some of these partners an honest one to copy, open throughout, of their country if one is."""
    share = world.adversary.clone
    if not share:
        return
    own = rng.spawn(1)[0]
    shops = world.partners
    models = np.flatnonzero(world.free & (shops.onboard_s < world.firm.start_s) & (shops.close_s >= FAR_S))
    for one in partners[own.random(len(partners)) < share]:
        near = models[shops.country[models] == shops.country[one]]
        model = int(own.choice(near if len(near) else models))
        world.model_of[one] = model
        world.copied.append((int(one), {name: getattr(shops, name)[model] for name in CLONED}))


def copy_models(world: World) -> None:
    """Clones become as their models were; once all rings are planted, so that those are the same ones."""
    for one, values in world.copied:
        for name, value in values.items():
            getattr(world.partners, name)[one] = value


def mixed(
    world: World, ring: Ring, area: NDArray[np.int32], created_s: Ints, rng: np.random.Generator
) -> tuple[NDArray[np.int32], Ints]:
    """Areas and moments of sign-up of a ring's fakes: those of a clone are as its model's customers are."""
    models = world.model_of[ring.partners]
    models = models[models >= 0]
    if not len(models):
        return area, created_s
    own = rng.spawn(1)[0]
    fans = np.flatnonzero(np.isin(world.consumers.favourite[:, 0], models))
    fans = fans[world.consumers.created_s[fans] < ring.first_s]
    if not len(fans):
        return area, created_s
    like = own.choice(fans, len(area))
    copied = own.random(len(area)) < len(models) / len(ring.partners)
    people = world.consumers
    return (
        np.where(copied, people.area[like], area).astype(np.int32),
        np.where(copied, people.created_s[like], created_s),
    )


def evade(world: World, ring: Ring, fakes: Fakes, known_s: Ints, rng: np.random.Generator) -> Fakes:
    """The fake orders as the adversary places them: paid for, with fresh identifiers, among genuine ones.

    `known_s` (n,) is the first day on which each order's customer can order.
    """
    own = rng.spawn(1)[0]
    fakes = _covered(world, ring, _paid(world, fakes, own), known_s, own)
    return _rotated(world, ring, fakes, own)


def _paid(world: World, fakes: Fakes, rng: np.random.Generator) -> Fakes:
    if not world.adversary.pay_up:
        return fakes
    fine = rng.random(len(fakes.at_s)) < world.adversary.pay_up
    refunded, disputed, defaulted = (
        np.where(fine, USUAL, column) for column in (fakes.refunded, fakes.disputed, fakes.defaulted)
    )
    return replace(fakes, refunded=refunded, disputed=disputed, defaulted=defaulted)


def _rotated(world: World, ring: Ring, fakes: Fakes, rng: np.random.Generator) -> Fakes:
    """A new device and account for each that was given, whenever its days are over."""
    days = world.adversary.rotate_days
    if days is None:
        return fakes
    term = np.arange(len(fakes.at_s)) if days == 0 else (fakes.at_s - ring.first_s) // (days * DAY_S)
    term = term.astype(np.int64)
    device = _fresh(ring, "device", world, fakes.device, term, fakes.at_s, rng)
    account = _fresh(ring, "bank_account", world, fakes.account, term, fakes.at_s, rng)
    return replace(fakes, device=device, account=account)


def _fresh(
    ring: Ring, kind: str, world: World, codes: Ints, term: Ints, at_s: Floats, rng: np.random.Generator
) -> Ints:
    """A new code for each code and term, the same at all of the ring's partners; `OWN` stays."""
    result = codes.copy()
    registry = world.devices if kind == "device" else world.accounts
    for place in np.flatnonzero(codes != OWN):
        key = (kind, int(codes[place]), int(term[place]))
        if world.adversary.rotate_days == 0 or key not in ring.replaced:
            ring.replaced[key] = int(registry.new(at_s[[place]] - rng.exponential(20) * DAY_S, 0)[0])
        result[place] = ring.replaced[key]
    return result


def _covered(world: World, ring: Ring, fakes: Fakes, known_s: Ints, rng: np.random.Generator) -> Fakes:
    """Adds genuine-looking orders by the same customers at popular shops outside the ring."""
    share = world.adversary.camouflage
    if not share or not len(fakes.at_s):
        return fakes
    shops = world.partners
    pull = shops.weight * (shops.onboard_s < ring.first_s) * (shops.close_s > ring.last_s)
    home = np.isin(shops.country, shops.country[fakes.partner])
    pull[ring.partners] = 0
    pull = pull * home if (pull * home).sum() > 0 else pull
    if not pull.sum():
        return fakes
    n = round(len(fakes.at_s) * share / (1 - share))
    like = rng.integers(0, len(fakes.at_s), n)
    cover = Fakes(**{name: column[like] for name, column in vars(fakes).items()})
    usual = np.full(n, USUAL)
    cover = replace(
        cover,
        at_s=np.maximum(cover.at_s + np.round(rng.normal(0, 4, n)) * DAY_S, known_s[like]),
        partner=rng.choice(len(pull), n, p=pull / pull.sum()),
        factor=np.ones(n),
        refunded=usual,
        disputed=usual,
        defaulted=usual,
    )
    return Fakes(
        **{name: np.concatenate([column, vars(cover)[name]]) for name, column in vars(fakes).items()}
    )


def log_in(
    world: World,
    pair: Ints,
    device: NDArray[np.int32],
    from_s: float,
    rate: Floats,
    rng: np.random.Generator,
) -> Ints:
    """Log in from a machine, or from one after the other where identifiers are rotated; gives them all."""
    days = world.adversary.rotate_days
    if days is None:
        world.logins.add(pair, device, from_s, FAR_S, rate)
        return device.astype(np.int64)
    begin = np.arange(max(from_s, world.firm.start_s), world.firm.end_s, max(days, 1.0) * DAY_S)
    later = world.devices.new(begin[1:], rng.spawn(1)[0].integers(0, 2, len(begin) - 1))
    machines: Ints = np.r_[device, later].astype(np.int64)
    for machine, start in zip(machines, begin, strict=True):
        end = start + max(days, 1.0) * DAY_S
        world.logins.add(pair, machine, start if machine != device[0] else from_s, end, rate)
    return machines
