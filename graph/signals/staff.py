"""What those who run a ring's partners order elsewhere, and how it ends."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import wilson
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, day, listed, number, percent
from graph.tally import contains, distinct, tally
from graph.ties import HUB_SHARERS


def staff_orders_elsewhere(facts: RingFacts, context: Context) -> Evidence | None:
    """Those who use the devices that partners are run from order at other partners, and it ends badly.

    Goods bought on others' cards at honest shops, or shops of a ring that buy from one another. Null: they
    are consumers like all others (`StaffOrders`); false discovery rate over all partners, two at least who
    owe much. Strength is the share of the ring's partners of which this holds, times the part
    of their bad share, at the low end of its 95 % interval, that the general rate does not explain. The
    baseline is the share of all partners of which it holds. Devices of very many users are left out.
    """
    told = facts.partners[context.bad_staff[facts.partners]]
    if not len(told):
        return None
    orders = context.ordered_at
    rows = context.staff_orders.visits(told)
    placed, bad = (int(orders.value[name][rows].sum()) for name in ("orders", "unpaid"))
    outside = int(orders.value["orders"][rows[~contains(facts.partners, orders.target[rows])]].sum())
    worst = rows[np.argsort(-orders.value["unpaid"][rows], kind="stable")]
    worst = worst[orders.value["unpaid"][worst] > 0]
    device, logins, used = _machines(told, rows, context)
    shown = contains(distinct(orders.source[worst[:SHOWN]]), context.used.source[used])
    ids = context.ids(Kind.DEVICE, device[:SHOWN])
    share, baseline = len(told) / len(facts.partners), context.bad_staff_rate
    buyers = len(distinct(orders.source[rows]))
    low = float(wilson(bad, placed)[0])
    return Evidence(
        signal="staff_orders_elsewhere",
        # many partners beyond chance may be little beyond it together
        strength=max(share * (1 - context.unpaid_rate / max(low, 1e-12)), 1e-6),
        value=share,
        unit="share of partners",
        baseline=baseline,
        sentence=(
            f"{count(buyers, 'consumer')} with {count(len(device), 'device')} that {len(told)} of "
            f"{count(len(facts.partners), 'partner')} logged in from "
            f"({listed([one for _, one in ids], of=len(device))}) "
            f"placed {count(placed, 'order')} at other partners, {outside:,} of them outside the ring, from "
            f"{day(int(orders.first_at[rows].min()))} to {day(int(orders.last_at[rows].max()))}: "
            f"{bad:,} of the {placed:,} went unpaid or disputed, {number(placed * context.unpaid_rate)} "
            f"would at the general rate. Of all partners {percent(baseline)} have such staff."
        ),
        ids=ids + context.ids(Kind.PARTNER, told[:SHOWN]),
        source=sources(context, "logged_in_from", logins)
        + sources(context, "used", used[shown])
        + sources(context, "ordered_at", worst),
    )


def _machines(partners: Codes, visits: Codes, context: Context) -> tuple[Codes, Codes, Codes]:
    """Devices that tie these partners to those who made these visits, and the links to them from both.

    Devices come by the bad orders of their users, the worst first, and so do logins; hubs are left out as
    they are by `staff_orders`.
    """
    orders, use, login = context.ordered_at, context.used, context.logged_in_from
    logins = login.by_source.rows(partners)
    of = login.target[logins]
    logins = logins[
        (context.device.partners[of] <= HUB_SHARERS) & (context.device.consumers[of] <= HUB_SHARERS)
    ]
    consumer, place = np.unique(orders.source[visits], return_inverse=True)
    bad = tally(place, len(consumer), orders.value["unpaid"][visits])
    used = use.by_target.rows(distinct(login.target[logins]))
    used = used[contains(consumer, use.source[used])]
    device, at = np.unique(use.target[used], return_inverse=True)
    of_device = tally(at, len(device), bad[np.searchsorted(consumer, use.source[used])])
    ranked = np.lexsort((device, -of_device))
    logins = logins[contains(device, login.target[logins])]
    rank = np.argsort(ranked)[np.searchsorted(device, login.target[logins])]
    return device[ranked], logins[np.lexsort((logins, rank))], used
