"""All that is honest and looks like a ring, in the order in which a world is given it."""

from __future__ import annotations

from graph.synthetic.look_alikes import (
    book_keepers,
    dormitories,
    facilitators,
    franchises,
    helpers,
    households,
    in_store,
    insolvencies,
    launches,
    malls,
    owners,
    pop_ups,
    regulars,
    relaunches,
    seasons,
    second_hand,
    staff,
    subscriptions,
    suppliers,
)
from graph.synthetic.misfortunes import (
    campuses,
    daily_suppliers,
    disputed_relaunches,
    hostels,
    insolvent_owners,
    unlucky_owners,
)

BEFORE_RINGS = (households, dormitories, hostels, campuses, second_hand, in_store)
"""What changes honest consumers; ring members recruit among the result."""
OWN_PARTNERS = (
    franchises, owners, relaunches, insolvencies, pop_ups, malls, launches, subscriptions, regulars, seasons,
    unlucky_owners, insolvent_owners, disputed_relaunches,
)  # fmt: skip
"""What takes honest partners for itself."""
HUBS = (facilitators, book_keepers, helpers, suppliers, daily_suppliers, staff)
"""What chooses among all partners, ring partners too: an honest hub asks nobody."""
AFTER_RINGS = (*OWN_PARTNERS, *HUBS)
"""What comes once the rings are planted."""
