"""What crews do: their orders, by scheme."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.crews import Crew
from benchmarks.twelfth_worlds.money import banked, send
from benchmarks.twelfth_worlds.people import OWN
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NO_INTS,
    NONE,
    PAID,
    REFUNDED,
    Floats,
    Ints,
    log_uniform,
)

RISKY: Final = ("5732", "5045", "5944", "5816", "4722", "5661", "5651")
"""Categories whose goods sell on."""
Play = Callable[[Scene, Crew], None]


def play(scene: Scene, crews: list[Crew]) -> None:
    """Let every crew do what it came for."""
    for crew in crews:
        PLAYS[crew.scheme](scene, crew)


def _times(scene: Scene, crew: Crew, n: int, since: float | None = None) -> Floats:
    """(n,) moments of the crew's time: in sessions of some hours, or like anybody's."""
    rng, since = scene.rng, crew.since if since is None else since
    spread = scene.calendar.draw(rng, np.full(n, since), np.full(n, crew.until))
    if crew.hide["pace"] > 0.5:
        return spread
    sessions = scene.calendar.draw(rng, np.full(2 + n // 8, since), np.full(2 + n // 8, crew.until))
    meets = rng.random(n) < 1 - crew.hide["pace"]
    joint = rng.choice(sessions, n) + rng.exponential(0.02 + crew.hide["pace"] / 3, n)
    return scene.calendar.awake(rng, np.where(meets, joint, spread))


def _prices(scene: Scene, crew: Crew, n: int, most: float = 3.0) -> Floats:
    """(n,) how much dearer than usual the crew's orders are."""
    return 1 + scene.rng.random(n) * (most - 1) * (1.1 - crew.hide["price"])


def _ends(scene: Scene, n: int, bad: float, odds: tuple[float, float, float]) -> Ints:
    """(n,) outcomes: a share `bad` unpaid, disputed or refunded by those odds, others paid or by chance."""
    rng = scene.rng
    how = rng.choice([DEFAULTED, DISPUTED, REFUNDED], n, p=odds)
    good = np.where(rng.random(n) < 0.5, PAID, NONE)
    return np.where(rng.random(n) < bad, how, good)


def _bad(scene: Scene, crew: Crew, least: float, most: float) -> float:
    """What share of the crew's orders ends badly: who hides well pays for more of them."""
    return float(scene.rng.uniform(least, most) * (1 - 0.7 * crew.hide["cover"]))


def _partnered(scene: Scene, crew: Crew, n: int) -> tuple[Ints, Ints]:
    """(n,) who of the crew orders and at which of its firms: at few each, if overlap is hidden."""
    rng, hide = scene.rng, crew.hide["overlap"]
    width = 1 if hide > 0.85 else 2 if hide > 0.55 else 3 if hide > 0.3 else len(crew.firms)
    who = rng.choice(len(crew.people), n, p=rng.dirichlet(np.full(len(crew.people), 2.0)))
    round_of = rng.integers(0, len(crew.firms), len(crew.people))
    step = rng.integers(0, min(width, len(crew.firms)), n)
    return crew.people[who], crew.firms[(round_of[who] + step) % len(crew.firms)]


def _volume(scene: Scene, crew: Crew, least: float, most: float) -> int:
    """Orders of the crew: so many for each of its firms."""
    each = scene.setting.orders / scene.setting.partners
    quiet = 1 - 0.5 * crew.hide["cover"]
    return int(len(crew.firms) * each * quiet * log_uniform(scene.rng, least, most)) + 4


def _collude(scene: Scene, crew: Crew) -> None:
    """Shills order what is never sent and do not pay; the firms are paid out. Some are paid, to look well."""
    n = _volume(scene, crew, 0.15, 0.9)
    who, firm = _partnered(scene, crew, n)
    kind = (0.75, 0.2, 0.05) if scene.rng.random() < 0.7 else (0.25, 0.7, 0.05)
    ends = _ends(scene, n, _bad(scene, crew, 0.35, 0.95), kind)
    scene.sell(who, firm, _times(scene, crew, n), price=_prices(scene, crew, n), outcome=ends)


def _launder(scene: Scene, crew: Crew) -> None:
    """Shills pay for nothing with money that comes back round; all orders end well."""
    n = _volume(scene, crew, 0.25, 1.4)
    who, firm = _partnered(scene, crew, n)
    ends = np.where(scene.rng.random(n) < 0.85, PAID, NONE)
    scene.sell(who, firm, _times(scene, crew, n), price=_prices(scene, crew, n, 4.0), outcome=ends)


def _cash_out(scene: Scene, crew: Crew) -> None:
    """People in need order dear goods that are not sent, get cash for it, and many never pay."""
    rng = scene.rng
    who = np.repeat(crew.people, 1 + rng.poisson(1.4 - crew.hide["overlap"], len(crew.people)))
    firm = rng.choice(crew.firms, len(who))
    ends = _ends(scene, len(who), _bad(scene, crew, 0.3, 0.8), (0.93, 0.05, 0.02))
    book = scene.sell(
        who, firm, _times(scene, crew, len(who)), price=_prices(scene, crew, len(who), 4.0), outcome=ends
    )
    kicks = rng.random(len(who)) < 0.95 - crew.hide["funding"]
    late = banked(rng, book.t + rng.exponential(0.3 + 3 * crew.hide["funding"], len(who)))
    back = book.amount * rng.uniform(0.4, 0.8, len(who))
    source = scene.firms.account[firm]
    send(scene, late[kicks], source[kicks], scene.people.accounts[who, OWN][kicks], back[kicks])


def _bust_out(scene: Scene, crew: Crew) -> None:
    """Firms that behaved sell much at once, send nothing and are gone."""
    rng, firms = scene.rng, scene.firms
    apart = 2 + 40 * crew.hide["pace"]
    for firm in crew.firms.tolist():
        end = min(crew.until - rng.uniform(0, apart), scene.setting.days - 3.0)
        begin = max(end - log_uniform(rng, 8, 45), crew.since)
        firms.trouble[firm], firms.failing[firm] = begin, _bad(scene, crew, 0.4, 0.9)
        if rng.random() < 0.85:
            firms.closed[firm] = end + rng.exponential(5)
        n = int(scene.setting.orders / len(firms) * log_uniform(rng, 0.12, 0.9)) + 3
        who = _public(scene, firm, n, begin)
        t = scene.calendar.draw(rng, np.full(n, begin), np.full(n, end))
        price = rng.uniform(0.7, 1) if rng.random() < 0.5 else 1 + 2 * (1 - crew.hide["price"])
        scene.sell(who, np.full(n, firm), t, price=price)
        if len(crew.people):
            m = 1 + n // 5
            shills = rng.choice(crew.people, m)
            again = scene.calendar.draw(rng, np.full(m, begin), np.full(m, end))
            scene.sell(
                shills, np.full(m, firm), again, price=price, outcome=_ends(scene, m, 0.8, (0.9, 0.1, 0.0))
            )


def _public(scene: Scene, firm: int, n: int, since: float) -> Ints:
    """(n,) anybody of the firm's country who is there by then."""
    people = scene.people
    can = np.flatnonzero(
        (people.country == scene.firms.country[firm]) & (people.joined <= since) & ~people.busy
    )
    weight = people.activity[can]
    return scene.rng.choice(can, n, p=weight / weight.sum())


def _rise_again(scene: Scene, crew: Crew) -> None:
    """A firm leaves its customers without goods and comes back under another name, again and again."""
    rng, firms = scene.rng, scene.firms
    first, edges = crew.firms[0], np.linspace(crew.since, crew.until, len(crew.firms) + 1)
    since = max(crew.since - rng.uniform(10, 200), -300.0)
    for place, firm in enumerate(crew.firms.tolist()):
        end = edges[place + 1] + rng.uniform(-8, 8)
        firms.opened[firm], firms.closed[firm] = since, end
        firms.trouble[firm] = max(end - log_uniform(rng, 10, 60), since)
        firms.failing[firm] = _bad(scene, crew, 0.3, 0.85)
        since = end + rng.uniform(-14, 25)
        firms.popularity[firm] = firms.popularity[first] * rng.lognormal(0, 0.3)
        for column in (firms.quarter, firms.country, firms.online):
            column[firm] = column[first]
        if rng.random() < 0.85:
            firms.trade[firm], firms.price[firm] = (
                firms.trade[first],
                firms.price[first] * rng.uniform(0.8, 1.2),
            )
        if place and rng.random() < 0.9 - 0.7 * crew.hide["overlap"]:
            scene.names_after.append((firm, int(crew.firms[place - 1])))
        begin = max(firms.opened[firm], 0.0)
        n = int(scene.setting.orders / len(firms) * log_uniform(rng, 0.1, 0.6)) + 3
        who, t = _public(scene, firm, n, begin), scene.calendar.draw(rng, np.full(n, begin), np.full(n, end))
        scene.sell(who, np.full(n, firm), t)
        if len(crew.people):
            m = 1 + n // 6
            t = scene.calendar.draw(rng, np.full(m, firms.trouble[firm]), np.full(m, end))
            scene.sell(
                rng.choice(crew.people, m), np.full(m, firm), t, outcome=_ends(scene, m, 0.6, (0.8, 0.2, 0.0))
            )


def _victims(scene: Scene, crew: Crew, least: int, most: int) -> Ints:
    """Honest firms that a crew takes goods from, open all the while."""
    rng, firms = scene.rng, scene.firms
    country = scene.people.country[crew.people[0]] if len(crew.people) else 0
    can = (firms.opened < crew.since) & (firms.closed > crew.until) & ~firms.busy
    fit = (
        can
        & (firms.country == country)
        & (firms.values(0) == np.array([float(one) for one in RISKY])[:, None]).any(axis=0)
    )
    pool = np.flatnonzero(fit if fit.sum() >= most else can)
    weight = firms.popularity[pool] ** 0.5
    victims = rng.choice(
        pool, min(int(rng.integers(least, most + 1)), len(pool)), replace=False, p=weight / weight.sum()
    )
    scene.lookalike("victim", [victims])
    return victims


def _abuse_refunds(scene: Scene, crew: Crew) -> None:
    """People say of what came that it did not, at honest firms; or send back what is worth nothing."""
    rng = scene.rng
    victims = _victims(scene, crew, 3, 16)
    n = int(len(crew.people) * log_uniform(rng, 3, 12))
    who = rng.choice(crew.people, n)
    kind = (0.0, 0.3, 0.7) if rng.random() < 0.6 else (0.05, 0.75, 0.2)
    ends = _ends(scene, n, _bad(scene, crew, 0.5, 0.95), kind)
    weight = rng.dirichlet(np.full(len(victims), 1.0))
    firm = rng.choice(victims, n, p=weight)
    scene.sell(who, firm, _times(scene, crew, n), price=_prices(scene, crew, n, 2.5), outcome=ends)


def _default_together(scene: Scene, crew: Crew) -> None:
    """Made-up identities pay small orders, then order much and pay nothing; or pay with stolen accounts."""
    rng = scene.rng
    victims = _victims(scene, crew, 3, 12)
    stolen = rng.random() < 0.35
    if stolen:
        _rob(scene, crew)
    n = int(len(crew.people) * log_uniform(rng, 1.5, 6))
    small = rng.choice(crew.people, n)
    calm = scene.calendar.draw(rng, np.full(n, crew.since), np.full(n, crew.until))
    shops = rng.choice(
        np.flatnonzero((scene.firms.closed > crew.until) & (scene.firms.opened < crew.since)), 20
    )
    if not stolen:
        scene.sell(small, rng.choice(shops, n), calm, price=0.7, outcome=np.full(n, PAID))
    begin = max(crew.until - (6 + 60 * crew.hide["pace"]), crew.since)
    who = np.repeat(crew.people, 1 + rng.poisson(2, len(crew.people)))
    ends = _ends(
        scene, len(who), float(rng.uniform(0.6, 0.97)), (0.1, 0.9, 0.0) if stolen else (0.95, 0.05, 0.0)
    )
    t = _times(scene, crew, len(who), begin)
    scene.sell(who, rng.choice(victims, len(who)), t, price=_prices(scene, crew, len(who)), outcome=ends)


def _rob(scene: Scene, crew: Crew) -> None:
    """The crew's people pay from accounts of honest consumers, who know nothing of it."""
    people = scene.people
    robbed = scene.rng.choice(np.flatnonzero(~people.busy), len(crew.people), replace=False)
    unused = people.accounts[crew.people, OWN]
    crew.accounts = [some for some in crew.accounts if not np.isin(some, unused).any()]
    people.accounts[crew.people, OWN] = people.accounts[robbed, OWN]
    scene.lookalike("robbed", [robbed], of="consumer")


def _triangulate(scene: Scene, crew: Crew) -> None:
    """Shops sell cheaply to honest people and have the goods sent by others, who are never paid."""
    rng = scene.rng
    victims = _victims(scene, crew, 2, 9)
    n = _volume(scene, crew, 0.15, 0.8)
    firm = rng.choice(crew.firms, n)
    who = np.concatenate(
        [_public(scene, one, int((firm == one).sum()), crew.since) for one in np.unique(firm)]
    )
    t = scene.calendar.draw(rng, np.full(n, crew.since), np.full(n, crew.until))
    book = scene.sell(who, np.sort(firm), t, price=0.75)
    again = np.flatnonzero(rng.random(n) < rng.uniform(0.5, 0.95))
    delay = rng.exponential(0.3 + 1.5 * crew.hide["pace"], len(again))
    later = scene.calendar.awake(rng, book.t[again] + delay)
    amount = book.amount[again] * rng.uniform(1.0, 1.4, len(again))
    stolen = rng.random() < 0.5
    if stolen:
        _rob(scene, crew)
    kind = (0.1, 0.9, 0.0) if stolen else (0.95, 0.05, 0.0)
    ends = _ends(scene, len(again), _bad(scene, crew, 0.5, 0.95), kind)
    buyers = rng.choice(crew.people, len(again)) if len(crew.people) else NO_INTS
    scene.sell(buyers, rng.choice(victims, len(again)), later, amount=amount, outcome=ends)


PLAYS: Final[dict[str, Play]] = {
    "collusion": _collude,
    "cash_out": _cash_out,
    "bust_out": _bust_out,
    "phoenix": _rise_again,
    "laundering": _launder,
    "refund_abuse": _abuse_refunds,
    "synthetic_identities": _default_together,
    "triangulation": _triangulate,
}
