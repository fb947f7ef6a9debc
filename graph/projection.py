"""Projection: which partners are tied to which, through what, how strongly and how surprisingly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.affinity import LEAST_AFFINITY, memberships, with_pair_affinity
from graph.channels.bad_customers import bad_customers
from graph.channels.changes import co_change
from graph.channels.counterparties import counterparties
from graph.channels.custom import bad_custom, co_custom, common_custom, lockstep
from graph.channels.groups import CustomerGroups, customer_groups, group_ties
from graph.channels.hand_over import hand_over, moved_custom
from graph.channels.identifiers import (
    customer_devices,
    funding_accounts,
    login_devices,
    payout_accounts,
    side_accounts,
    side_devices,
)
from graph.channels.money import money_flow
from graph.channels.pass_through import pass_through
from graph.channels.succession import succession
from graph.channels.transfers import transfer_ties
from graph.links import Links
from graph.partner_evidence import TIE_CHANNELS, partner_features
from graph.parts import Other, at_once, in_parts
from graph.refunds import RefundCircles, colluding, refund_circles
from graph.schema import Kind
from graph.shopper_ties import (
    ShopperTies,
    meet_shoppers,
    no_shopper_ties,
    whereabouts,
    with_shopper_affinity,
)
from graph.significance import rarity_among
from graph.tally import distinct
from graph.ties import Codes, Ties

OF_CUSTOM: Final = ("consumer", "partner", "orders", "disputed", "defaulted", "first_at", "last_at")
"""Columns of `Links.ordered_at` that ties through customers ask for."""

SEEN_AGAIN: Final = {
    "pass_through": ("money",),
    "counterparty": ("money", "pass_through"),
    "hand_over": ("payout_account", "login_device", "side_account", "side_device"),
    "moved_custom": ("co_custom",),
}
"""Channels that read the same payouts, identifiers and customers as others: what both see is seen once."""


@dataclass(frozen=True)
class Projection:
    """The partner pairs tied by any channel, and the customers that belong together.

    `left` < `right` are (m,) partner codes, sorted and unique. `weight` (m, c) is >= 0, 0 where the channel
    does not tie the pair; `surprise` (m, c) is -log10 p under the channel's null. Of both a channel lies in
    one piece: one is asked for at a time. `partners` counts all.
    `evidence` holds a row a partner (`graph.partner_evidence`), `affinity` (m,) is the probability that the
    pair belongs to one ring, `membership` (partners,) that the partner belongs to any; they read no label.
    `shoppers` are the ties between consumers who may want money back together, or never pay.
    """

    partners: int
    left: Codes
    right: Codes
    channels: tuple[str, ...]
    weight: NDArray[np.float32]
    surprise: NDArray[np.float32]
    groups: CustomerGroups
    circles: RefundCircles
    evidence: pd.DataFrame = field(default_factory=pd.DataFrame)
    affinity: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    membership: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))
    shoppers: ShopperTies = field(default_factory=no_shopper_ties)
    kept: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What was worked out of these ties for sets of partners and is asked for again, by name."""

    @cached_property
    def rarity(self) -> NDArray[np.float32]:
        """(m, c) the surprise, but at most -log10 of the share of all pairs that show at least as much.

        The population is its own null: a model of chance knows nothing of agencies, households and malls, so
        what many pairs show surprises little, whatever the model says of it.
        """
        result = np.empty_like(self.surprise, order="F")

        def lay(begin: int, end: int) -> None:
            for column in range(begin, end):
                result[:, column] = self.rarity_in(column)

        in_parts(len(self.channels), lay, least=1)
        return result

    def rarity_in(self, channel: int) -> NDArray[np.float32]:
        """(m,) the column of `rarity` of the channel of that number, for who asks but once."""
        pairs = max(self.partners * (self.partners - 1) / 2, 1.0)
        result = np.zeros(len(self.left), dtype=np.float32)
        shown = np.flatnonzero(self.surprise[:, channel] > 0)
        result[shown] = rarity_among(self.surprise[shown, channel], pairs)
        return result

    def rarity_of(self, channel: int, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(rows,) the rarity of these pairs in the channel of that number."""
        rare: NDArray[np.float32] = self.rarity[rows, channel]
        return rare

    def joint_rarity(
        self, channels: Sequence[str], rows: NDArray[np.int64] | slice = slice(None)
    ) -> NDArray[np.float64]:
        """(rows,) the rarities of these channels together: they add up, as independent evidence does.

        What a channel sees again (`SEEN_AGAIN`) counts where it is rarer than the others have it together.
        """
        of = {name: self.rarity[rows, self.column(name)].astype(np.float64) for name in channels}
        total = np.zeros(len(self.left[rows]))
        for name, rarity in of.items():
            seen = np.zeros(len(total))
            for one in SEEN_AGAIN.get(name, ()):
                seen += of.get(one, 0.0)
            total += np.maximum(rarity - seen, 0.0)
        return total

    @cached_property
    def tie_weight(self) -> NDArray[np.float64]:
        """(m,) the affinity of every pair, 0 below `LEAST_AFFINITY`, which is no tie."""
        return np.where(self.affinity >= LEAST_AFFINITY, self.affinity, 0.0).astype(np.float64)

    def column(self, channel: str) -> int:
        """The column of that channel; ValueError where there is none."""
        return self.channels.index(channel)

    def ties(self, channel: str) -> Ties:
        """The pairs that this channel ties."""
        column = self.column(channel)
        keep = self.weight[:, column] > 0
        return Ties(
            self.left[keep],
            self.right[keep],
            self.weight[keep, column].astype(np.float64),
            self.surprise[keep, column].astype(np.float64),
        )


def project(links: Links) -> Projection:
    """All ties between partners and what they say together. Deterministic; near-linear in the links."""
    tied = tie_partners(links)
    # handed on, not held on to: `second_look` makes wider ones, of shoppers' pairs most columns go
    pairs, met = [replace(tied, shoppers=no_shopper_ties())], [tied.shoppers]
    del tied
    partners, shoppers = at_once(
        lambda: with_affinity(pairs.pop(), links), lambda: with_shopper_affinity(met.pop(), links)
    )
    return replace(partners, shoppers=shoppers)


def project_partners(links: Links) -> Projection:
    """`project` without ties between shoppers, for who asks about partners alone; all else is the same."""
    return with_affinity(_tied(links, lambda: None)[0], links)


def with_affinity(projection: Projection, links: Links) -> Projection:
    """The projection with what its ties say of every partner, and of every pair in all channels together."""
    held = [replace(projection, evidence=partner_features(links, projection))]
    del projection
    tied = with_pair_affinity(held.pop(), links)
    return replace(tied, membership=memberships(tied, links))


def tie_partners(links: Links) -> Projection:
    """All ties between partners, channel by channel, and between shoppers, without evidence and affinity."""
    tied, where = _tied(links, lambda: [whereabouts(links)])
    # only now: what the channels share, a second copy of who ordered where, is gone by then
    return replace(tied, shoppers=meet_shoppers(links, where))


def _tied(links: Links, beside: Callable[[], Other]) -> tuple[Projection, Other]:
    """The ties between partners alone, and what `beside` gives, which is worked out at the same time."""
    (groups, circles), by_others = at_once(lambda: _belonging(links), lambda: _by_others(links))
    sender = colluding(circles)
    custom = _custom_without(links, sender)
    in_common, (by_customers, found_beside) = at_once(
        lambda: _in_common(custom),
        lambda: (_by_customers(links, custom, groups, sender), beside()),
    )
    found = in_common | by_customers | by_others
    ties = [(name, found[name]) for name in TIE_CHANNELS]
    return _assemble(ties, links.size(Kind.PARTNER), groups, circles), found_beside


def _belonging(links: Links) -> tuple[CustomerGroups, RefundCircles]:
    """The groups of customers, and the circles."""
    groups = customer_groups(links)
    return groups, refund_circles(links, groups)


def _custom_without(links: Links, sender: NDArray[np.bool_]) -> Links:
    """The links without orders of the consumers whom `sender` marks, those of refund circles.

    They tie nobody as customers: refunds favour the shopper, so where they meet are their victims.
    """
    kept = ~sender[links.ordered_at["consumer"].to_numpy()]
    # a second copy of who ordered where: of what nobody asks for below there is none
    visits = {name: links.ordered_at[name].to_numpy()[kept] for name in OF_CUSTOM}
    return replace(links, ordered_at=pd.DataFrame(visits, copy=False))


def _in_common(custom: Links) -> dict[str, Ties]:
    """The ties through customers in common, by channel."""
    common = common_custom(custom)
    return {
        "co_custom": co_custom(common),
        "lockstep": lockstep(custom, common),
        "bad_custom": bad_custom(custom, common),
    }


def _by_customers(
    links: Links, custom: Links, groups: CustomerGroups, sender: NDArray[np.bool_]
) -> dict[str, Ties]:
    """The other ties through customers, by channel; `custom` are the links without those of `sender`."""
    return {
        "moved_custom": moved_custom(custom),
        "bad_customers": bad_customers(links, groups),
        "customer_groups": group_ties(groups.without(sender), links.size(Kind.PARTNER)),
    }


def _by_others(links: Links) -> dict[str, Ties]:
    """The ties that ask neither who customers are to one another nor where they meet, by channel."""
    return {
        "payout_account": payout_accounts(links),
        "login_device": login_devices(links),
        "side_account": side_accounts(links),
        "side_device": side_devices(links),
        "customer_device": customer_devices(links),
        "funding_account": funding_accounts(links),
        "money": money_flow(links),
        "pass_through": pass_through(links),
        "counterparty": counterparties(links),
        "succession": succession(links),
        "hand_over": hand_over(links),
        "co_change": co_change(links),
        "transfers": transfer_ties(links),
    }


def _assemble(
    found: Sequence[tuple[str, Ties]], partners: int, groups: CustomerGroups, circles: RefundCircles
) -> Projection:
    keys = [(ties.left.astype(np.int64) << 32) | ties.right for _, ties in found]
    unique = distinct(np.concatenate(keys))
    weight = np.zeros((len(unique), len(found)), dtype=np.float32, order="F")
    surprise = np.zeros_like(weight)
    for column, (key, (_, ties)) in enumerate(zip(keys, found, strict=True)):
        row = np.searchsorted(unique, key)
        weight[row, column] = ties.weight
        surprise[row, column] = np.minimum(ties.surprise, 1e6)
    return Projection(
        partners=partners,
        left=(unique >> 32).astype(np.int32),
        right=(unique & 0xFFFFFFFF).astype(np.int32),
        channels=tuple(name for name, _ in found),
        weight=weight,
        surprise=surprise,
        groups=groups,
        circles=circles,
    )
