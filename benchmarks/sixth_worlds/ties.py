"""What members of a ring have in common besides shoppers: devices, accounts and ways of money."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.settings import TIES
from benchmarks.sixth_worlds.world import Batch, Ring, World
from benchmarks.writing.units import Floats, Ints

USUAL_USERS = 8
"""An account that more partners than this are paid out to is a facilitator's: it ties nobody."""
LEAST_PAYOUTS = 8
"""Payouts that a partner must have to be tied by money alone."""


def tie_up(world: World, ring: Ring, batch: Batch) -> None:
    """Ties along a random tree of the members, or along the succession, each there or not.

    A member without common shoppers or without bad ends is tied for certain, and more than once or twice.
    """
    rng, care = world.rng, ring.care
    chance = {
        "shell_network": 0.95 - 0.4 * care, "collusive_circle": 0.12, "device_farm": 0.2, "mule_chain": 0.2,
        "bust_out": 0.4 - 0.2 * care, "phoenix": 0.92 - 0.25 * care,
    }[ring.typology] * world.settings.tie_rate  # fmt: skip
    weight = world.settings.tie_weights * np.array(
        [1 - 0.7 * care, 1 - 0.55 * care, 0.25 + 0.5 * care, 0.2 + 0.6 * care, 0.3 + 0.7 * care, 0.5]
    )
    for one, two in ring.succession or _tree(world, ring):
        if rng.random() < chance:
            many = 1 + int(rng.random() < 0.5 - 0.45 * care)
            for kind in rng.choice(TIES, many, replace=False, p=weight / weight.sum()):
                few = int(rng.integers(1, 3)) if rng.random() < care else int(rng.integers(3, 11))
                _tie(world, ring, str(kind), one, two, few, batch)
    for one in ring.firms[ring.tied]:
        if ring.typology != "phoenix" or rng.random() < 0.7:  # else the customers that came over tell
            _bind(world, ring, int(one), weight, batch)
    if ring.typology == "mule_chain" or (ring.typology == "shell_network" and rng.random() < 0.5):
        ring.mules = True


def _tree(world: World, ring: Ring) -> list[tuple[int, int]]:
    """Each member but the first with one of the three before it."""
    order = world.rng.permutation(ring.firms)
    return [(int(order[world.rng.integers(max(0, i - 3), i)]), int(order[i])) for i in range(1, len(order))]


def _bind(world: World, ring: Ring, one: int, weight: Floats, batch: Batch) -> None:
    """Tie a member to another, rather to one with shoppers and bad ends: once or twice, several uses each."""
    rng = world.rng
    open_members = ring.firms[~ring.tied]
    other = int(rng.choice(open_members if rng.random() < 0.75 else ring.firms[ring.firms != one]))
    paid = [_payouts(world, member) for member in (one, other)]
    kinds = ["account", "device", "onward", "direct"] if min(paid) >= LEAST_PAYOUTS else ["device"]
    part = np.array([weight[TIES.index(kind)] for kind in kinds])
    for kind in rng.choice(
        kinds, min(len(kinds), 1 + int(rng.random() < 0.5)), replace=False, p=part / part.sum()
    ):
        _tie(world, ring, str(kind), other, one, int(rng.integers(3, 9)), batch)


def _payouts(world: World, firm: int) -> int:
    """About how many payouts a partner gets in the window, to an account that is not a facilitator's."""
    firms = world.firms
    if _is_common(world, int(firms.account[firm])) or _is_common(world, int(firms.later_account[firm])):
        return 0
    busy = min(firms.ending[firm], firms.blow_off[firm]) - firms.opening[firm] - 6
    return int(min(busy / firms.period[firm], world.custom()[firm] / 2))


def _own_account(world: World, firm: int) -> int:
    """The partner's payout account, or a new one where many are paid out to it."""
    account = int(world.firms.account[firm])
    return int(world.new_accounts(1)[0]) if _is_common(world, account) else account


def _is_common(world: World, account: int) -> bool:
    return bool(np.count_nonzero(world.firms.account == account) > USUAL_USERS)


def _tie(world: World, ring: Ring, kind: str, one: int, two: int, few: int, batch: Batch) -> None:
    if kind == "account":
        account = _own_account(world, one)
        if world.rng.random() < 0.5:
            account = int(world.new_accounts(1)[0])
        world.paid_to += [(one, account, few), (two, account, few)]
        ring.accounts.append(account)
    elif kind == "onward":
        account = int(world.new_accounts(1)[0])
        ring.onward += [(one, account, few + 1), (two, account, few + 1)]
        ring.accounts.append(account)
    elif kind == "direct":
        account = _own_account(world, one)
        world.paid_to.append((one, account, few))
        ring.onward.append((two, account, few + 1))
        ring.accounts.append(account)
    else:
        _tie_by_use(world, ring, kind, one, two, few, batch)


def _tie_by_use(world: World, ring: Ring, kind: str, one: int, two: int, few: int, batch: Batch) -> None:
    """A login device or a payout account of the one that the other, or a shopper of the other, uses."""
    row = _some_orders(world, batch, two, few + 1)
    if kind == "fund" and len(row):
        account = _own_account(world, one)
        world.paid_to.append((one, account, 2))
        batch.account[row] = account
        ring.accounts.append(account)
        return
    device = int(world.firms.devices[one, 0])
    world.logged_in.append((one, device, 2))
    ring.devices.append(device)
    if kind == "self_buy" and len(row):
        batch.device[row] = device
    else:
        world.logged_in.append((two, device, few))


def _some_orders(world: World, batch: Batch, firm: int, n: int) -> Ints:
    rows = np.flatnonzero(batch.firm == firm)
    return world.rng.choice(rows, min(n, len(rows)), replace=False)
