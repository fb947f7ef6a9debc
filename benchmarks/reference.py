"""The plain ways that ringwatch must beat: components over shared identifiers, and a short reference.

The reference is what a good engineer writes in an afternoon: groups of consumers tied by identifiers that
are their users' primary ones, a binomial test of where each group shops, who gains from how its orders end,
ties by rare identifiers, money and succession, Leiden with CPM, ranking by member risk. No labels, no model.
"""

from __future__ import annotations

from difflib import SequenceMatcher

import igraph
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binom

from graph.links import Links

Found = tuple[list[set[str]], np.ndarray]
DAY_MS = 86_400_000


def components(links: Links) -> Found:
    """Components of partners over shared payout accounts and login devices, larger first; risk is degree."""
    partners, accounts = len(links.partners), len(links.bank_accounts)
    owners = np.r_[links.paid_out_to.partner, links.logged_in_from.partner]
    identifiers = np.r_[links.paid_out_to.bank_account, accounts + links.logged_in_from.device]
    node = partners + identifiers
    size = partners + accounts + len(links.devices)
    _, label = connected_components(
        coo_matrix((np.ones(len(node)), (owners, node)), shape=(size, size)), False
    )
    sharers = pd.Series(label[:partners]).map(pd.Series(label[:partners]).value_counts()).to_numpy()
    ids = links.partners.partner_id.to_numpy()
    groups = pd.Series(ids).groupby(label[:partners]).agg(set)
    rings = sorted((ring for ring in groups if len(ring) > 1), key=lambda ring: (-len(ring), min(ring)))
    return rings, np.where(sharers > 1, sharers, 0).astype(float)


def _primary_groups(links: Links) -> np.ndarray:
    """A group per consumer (-1: none), tied by identifiers that most of their users use most."""
    parts, consumers = [], len(links.consumers)
    for frame, column, offset in (
        (links.used, "device", consumers),
        (links.paid_from, "bank_account", consumers + len(links.devices)),
    ):
        most = frame.groupby("consumer").times.transform("max")
        share = (frame.times == most).groupby(frame[column]).transform("mean")
        users = frame.groupby(column).consumer.transform("size")
        keep = frame[(frame.times == most) & (share > 0.5) & (users > 1)]
        parts.append(np.c_[keep.consumer, keep[column] + offset])
    pairs = np.concatenate(parts)
    size = consumers + len(links.devices) + len(links.bank_accounts)
    _, label = connected_components(coo_matrix((np.ones(len(pairs)), pairs.T), shape=(size, size)), False)
    label = label[:consumers]
    count = np.bincount(label)
    return np.where(count[label] >= 3, label, -1)


def _group_shops(links: Links) -> pd.DataFrame:
    """Where each group shops beyond chance, and how those orders end."""
    group = _primary_groups(links)
    orders = links.ordered_at.assign(group=group[links.ordered_at.consumer.to_numpy()])
    orders["bad"] = orders.disputed + orders.defaulted
    popularity = orders.groupby("partner").consumer.size() / len(orders)
    ours = orders[orders.group >= 0]
    table = (
        ours.groupby(["group", "partner"])
        .agg(
            shoppers=("consumer", "size"),
            orders=("orders", "sum"),
            bad=("bad", "sum"),
            refunded=("refunded", "sum"),
        )
        .reset_index()
    )
    links_of_group = ours.groupby("group").size()
    chance = popularity.reindex(table.partner).to_numpy()
    table["p"] = binom.sf(table.shoppers - 1, links_of_group.reindex(table.group).to_numpy(), chance)
    return table[(table.shoppers >= 3) & (table.p < 1e-4)]


def _ties(links: Links, shops: pd.DataFrame) -> pd.DataFrame:
    """Weighted partner pairs: rare identifiers, operated groups, money in two hops, succession."""
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def together(owner: np.ndarray, key: np.ndarray, weight: float) -> None:
        frame = pd.DataFrame({"owner": owner, "key": key}).drop_duplicates()
        size = frame.groupby("key").owner.transform("size")
        frame = frame[(size > 1) & (size <= 20)].assign(w=weight / np.log1p(size))
        pairs = frame.merge(frame, on="key")
        pairs = pairs[pairs.owner_x < pairs.owner_y]
        found.append((pairs.owner_x.to_numpy(), pairs.owner_y.to_numpy(), pairs.w_x.to_numpy()))

    paid, logins = links.paid_out_to, links.logged_in_from
    together(paid.partner.to_numpy(), paid.bank_account.to_numpy(), 1.0)
    together(logins.partner.to_numpy(), logins.device.to_numpy(), 1.0)
    together(shops.partner.to_numpy(), shops.group.to_numpy(), 1.5)
    hop = links.transferred_to[["from_account", "to_account"]]
    for _ in range(2):
        reached = paid[["partner", "bank_account"]].merge(
            hop, left_on="bank_account", right_on="from_account"
        )
        together(reached.partner.to_numpy(), reached.to_account.to_numpy(), 0.7)
        paid = reached[["partner", "to_account"]].rename(columns={"to_account": "bank_account"})
    shop = links.partners.reset_index(drop=True)
    for old in np.flatnonzero(shop.closed_at >= 0):
        gap = (shop.onboarded_at - shop.closed_at[old]) / DAY_MS
        same = (shop.category == shop.category[old]) & (shop.country == shop.country[old])
        for new in np.flatnonzero((gap > 0) & (gap < 45) & same):
            if SequenceMatcher(None, shop.name[old].lower(), shop.name[new].lower()).ratio() > 0.6:
                found.append((np.array([min(old, new)]), np.array([max(old, new)]), np.array([1.0])))
    left, right, weight = (np.concatenate(part) for part in zip(*found, strict=True))
    pairs = pd.DataFrame({"left": left, "right": right, "w": weight})
    return pairs.groupby(["left", "right"], as_index=False).w.sum()


def reference(links: Links, *, floor: float = 0.3) -> Found:
    """Rings of partners or consumers, the riskiest first, and a risk per partner."""
    shops = _group_shops(links)
    orders = links.ordered_at
    of_partner = (
        orders.groupby("partner")[["orders", "disputed", "defaulted"]]
        .sum()
        .reindex(range(len(links.partners)), fill_value=0)
    )
    base = float(orders.disputed.sum() + orders.defaulted.sum()) / float(orders.orders.sum())
    rate = ((of_partner.disputed + of_partner.defaulted + 20 * base) / (of_partner.orders + 20)).to_numpy()
    whole = shops.groupby("group")[["orders", "bad", "refunded"]].sum()
    victim = whole.index[whole.refunded > np.maximum(whole.bad, 0.2 * whole.orders)]
    operated = shops[~shops.group.isin(victim)]
    lift = (
        np.minimum(1, (whole.bad + 1) / (whole.orders + 5) / max(base, 1e-6) / 10)
        .reindex(operated.group)
        .to_numpy()
    )
    risk = np.minimum(1, rate / max(base, 1e-6) / 10) * 0.5
    np.maximum.at(risk, operated.partner.to_numpy(), lift)
    ties = _ties(links, operated)
    shape = igraph.Graph(n=len(links.partners), edges=ties[["left", "right"]].to_numpy())
    parts = shape.community_leiden("CPM", weights=ties.w.tolist(), resolution=0.1, n_iterations=5)
    ids = links.partners.partner_id.to_numpy()
    scored = []
    for part in parts:
        kept = [member for member in part if risk[member] >= floor]
        if len(kept) >= 2:
            scored.append((float(risk[kept].mean()), {str(ids[member]) for member in kept}))
    group = _primary_groups(links)
    names = links.consumers.consumer_id.to_numpy()
    for one in victim:
        share = whole.refunded[one] / whole.orders[one]
        scored.append((float(share), {str(name) for name in names[group == one]}))
    scored.sort(key=lambda pair: (-pair[0], min(pair[1])))
    return [ring for _, ring in scored], risk
