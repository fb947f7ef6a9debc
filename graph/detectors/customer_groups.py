"""Customer groups: device farms and circles whose shills share devices or accounts."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.reasons import Inside, chance_words, with_reasons
from graph.records import Risk
from graph.signals.wording import count

CHANNELS = ("customer_groups", "bad_custom")


def customer_groups(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners where the same groups of consumers shop beyond chance."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS, seen=lambda inside: _groups(projection, inside))


def _groups(projection: Projection, inside: Inside) -> list[str]:
    """How many groups shop at several partners of each candidate beyond chance."""
    groups = projection.groups
    visits = sp.csr_array(
        (np.ones(len(groups.visit_group)), (groups.visit_partner, groups.visit_group)),
        shape=(projection.partners, len(groups.sizes())),
    )
    shared = inside.shared(visits)
    return [
        f"{count(int(n), 'group')} of consumers on common devices or accounts at two and more, none at more "
        f"than {int(at)} partners in all (with groups at random partners {chance_words(float(rare))})"
        if n
        else ""
        for n, at, rare in zip(shared.count, shared.most, shared.surprise, strict=True)
    ]
