"""Self-dealing: partners who are their own customers, and who they are tied to."""

from __future__ import annotations

from graph.candidates import RESOLUTION, Candidate, joint_risk, tie_strength
from graph.channels.self_dealing import SelfDealing, self_dealing
from graph.communities import communities
from graph.links import Links
from graph.projection import Projection
from graph.reasons import Inside, with_reasons
from graph.records import Risk
from graph.tally import tally


def self_dealers(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Communities over all ties that a partner dealing with itself has; without a tie it is no ring."""
    dealing = self_dealing(links)
    found = dealing.found()
    left, right = projection.left, projection.right
    weight = tie_strength(projection, projection.channels) * joint_risk(projection, risk)
    weight[~(found[left] | found[right])] = 0.0
    sets = communities(left, right, weight, resolution=RESOLUTION, seed=seed, partners=projection.partners)
    candidates = tuple(Candidate(partners) for partners in sets)
    return with_reasons(
        candidates, projection, projection.channels, seen=lambda inside: _dealings(dealing, inside)
    )


def _dealings(dealing: SelfDealing, inside: Inside) -> list[str]:
    """What the customers on the partners' own devices and accounts did, of each candidate."""
    found = dealing.found() & (inside.group_of >= 0)
    group = inside.group_of[found]
    columns = (dealing.customers, dealing.bad, dealing.orders, dealing.expected_bad)
    customers, bad, orders, due = (tally(group, inside.groups, one[found]) for one in columns)
    partners = tally(group, inside.groups)
    return [
        f"at {int(p)} partners {int(c)} customers order on the partner's own device or pay from its payout "
        f"account: {int(b)} of their {int(o)} orders went unpaid or disputed, {d:.1f} would at the rate of "
        "the partners' other custom"
        for p, c, b, o, d in zip(partners, customers, bad, orders, due, strict=True)
    ]
