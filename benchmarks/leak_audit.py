"""Is a made-up world too easy? What single columns, components and a short script find of its rings.

    python -m benchmarks.leak_audit --worlds 10 --first-seed 9000

A world passes where no flat column of a partner reaches `FLAT_LIMIT` in average precision, in either
direction, components over shared identifiers find at most `COMPONENT_LIMIT` of the rings, and groups of
consumers joined by shared devices at most `SCRIPT_LIMIT`. The tables are read with DuckDB alone, so that the
audit does not lean on the engine that it keeps honest.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from gnn.evaluation import average_precision, ring_quality
from graph.schema import TABLES, Type

FLAT_LIMIT = 0.25
COMPONENT_LIMIT = 1 / 3
SCRIPT_LIMIT = 1 / 2
SQL_TYPES = {Type.TEXT: "VARCHAR", Type.TIME: "TIMESTAMPTZ", Type.AMOUNT: "DOUBLE"}

# every statement gives partner_id and columns of numbers; `bad` is an outcome known at the end of the data
FLAT = {
    "partner": """
        SELECT partner_id, epoch(onboarded_at) AS onboarded, hour(onboarded_at) + minute(onboarded_at) / 60 AS
          onboarded_hour, dayofweek(onboarded_at) AS onboarded_weekday,
          (closed_at IS NOT NULL)::INT AS closed,
          epoch(closed_at) AS closed_when, hour(closed_at) AS closed_hour,
          epoch(coalesce(closed_at, (SELECT max(placed_at) FROM orders))) - epoch(onboarded_at) AS lifetime,
          length(name) AS name_length, length(name) - length(replace(name, ' ', '')) AS name_words,
          (legal_name IS NULL)::INT AS no_legal_name, (website IS NULL)::INT AS no_website,
          count(*) OVER (PARTITION BY category) AS category_size, count(*) OVER (PARTITION BY country) AS
          country_size, count(*) OVER (PARTITION BY category, country) AS cell_size FROM partners""",
    "orders": """
        SELECT partner_id, count(*) AS orders, count(DISTINCT consumer_id) AS consumers,
          count(*) / count(DISTINCT consumer_id) AS orders_per_consumer, avg(hour) AS hour_mean,
          stddev(hour) AS
          hour_std, avg((hour < 6)::INT) AS night, avg((dayofweek(placed_at) IN (0, 6))::INT) AS weekend,
          avg(epoch(placed_at) % 60) AS second_mean, epoch(min(placed_at)) AS first_order,
          epoch(max(placed_at)) AS last_order, epoch(max(placed_at)) - epoch(min(placed_at)) AS span,
          stddev(epoch(placed_at)) AS time_std, avg(epoch(placed_at)) AS time_mean,
          avg((device_id IS NULL)::INT) AS no_device, avg((account_id IS NULL)::INT) AS no_account,
          count(DISTINCT device_id) / count(*) AS devices_per_order,
          count(DISTINCT account_id) / count(*) AS accounts_per_order,
          avg(amount) AS amount_mean, median(amount) AS amount_median, stddev(amount) AS amount_std,
          stddev(amount) / avg(amount) AS amount_cv, stddev(ln(amount + 1)) AS log_amount_std,
          max(amount) AS amount_max, min(amount) AS amount_min, sum(amount) AS amount_total,
          max(amount) / avg(amount) AS amount_peak, count(DISTINCT amount) / count(*) AS amounts_distinct,
          avg((amount % 1 = 0)::INT) AS round_share, avg((amount % 10 = 0)::INT) AS tens_share FROM o
        GROUP BY partner_id""",
    "outcomes": """
        SELECT partner_id, avg((outcome = 'refunded')::INT) AS refunded, avg((outcome = 'disputed')::INT) AS
          disputed, avg((outcome = 'defaulted')::INT) AS defaulted, avg((outcome = 'open')::INT) AS "open",
          avg((outcome IN ('disputed', 'defaulted'))::INT) AS bad, avg((outcome IN ('disputed', 'defaulted',
          'refunded'))::INT) AS unpaid, sum((outcome IN ('disputed', 'defaulted'))::INT) AS bad_orders,
          avg(known_bad::INT) AS known_bad, sum(known_bad::INT) AS known_bad_orders,
          sum(amount * known_bad::INT) AS bad_amount, sum(amount * known_bad::INT) / sum(amount) AS
          bad_amount_share, (sum(known_bad::INT) + 0.5) / (count(*) + 15) AS bad_smoothed,
          avg(epoch(outcome_at) - epoch(placed_at)) AS delay, stddev(epoch(outcome_at) - epoch(placed_at)) AS
          delay_std, avg((outcome_at IS NULL)::INT) AS undated, avg((outcome_at > newest)::INT) AS late,
          avg(amount) FILTER (outcome IN ('disputed', 'defaulted')) / avg(amount) AS bad_price,
          stddev(epoch(placed_at)) FILTER (outcome IN ('disputed', 'defaulted')) AS bad_time_std FROM o
        GROUP BY partner_id""",
    "gaps": """
        SELECT partner_id, avg(gap) AS gap_mean, stddev(gap) AS gap_std, min(gap) AS gap_min, max(gap) AS
          gap_max, median(gap) AS gap_median, stddev(gap) / avg(gap) AS burstiness FROM (SELECT partner_id,
          epoch(placed_at) - lag(epoch(placed_at)) OVER (PARTITION BY partner_id ORDER BY placed_at) AS gap
          FROM o) GROUP BY partner_id""",
    "days": """
        SELECT partner_id, max(n) AS busiest_day, max(n) / sum(n) AS busiest_day_share, stddev(n) / avg(n) AS
          day_cv, count(*) AS busy_days, avg(n) AS orders_a_busy_day FROM (SELECT partner_id,
          date_trunc('day', placed_at) AS day, count(*) AS n FROM o GROUP BY ALL) GROUP BY partner_id""",
    "custom": """
        SELECT partner_id, avg((c.country = p.country)::INT) AS domestic,
          count(DISTINCT c.country) AS countries,
          avg((epoch(placed_at) - epoch(c.created_at) < 30 * 86400)::INT) AS new_share,
          avg(epoch(placed_at) - epoch(c.created_at)) AS consumer_age, median(epoch(c.created_at)) AS
          consumer_created, stddev(epoch(c.created_at)) AS consumer_created_std,
          avg(s.shared::INT) AS shared_device_custom, avg(s.sharers) AS sharers, avg(a.shared::INT) AS
          shared_account_custom, avg(t.total) AS consumers_orders, avg(t.shops) AS consumers_shops,
          avg((t.total = 1)::INT) AS single_order_custom FROM o
        JOIN partners p USING (partner_id) LEFT JOIN consumers c USING (consumer_id)
        LEFT JOIN (SELECT consumer_id, bool_or(n > 1) AS shared, max(n) AS sharers FROM (SELECT DISTINCT
          consumer_id, device_id FROM o WHERE device_id IS NOT NULL) JOIN (SELECT device_id, count(DISTINCT
          consumer_id) AS n FROM o GROUP BY 1) USING (device_id) GROUP BY 1) s USING (consumer_id)
        LEFT JOIN (SELECT consumer_id, bool_or(n > 1) AS shared FROM (SELECT DISTINCT consumer_id, account_id
          FROM o WHERE account_id IS NOT NULL) JOIN (SELECT account_id, count(DISTINCT consumer_id) AS n
          FROM o GROUP BY 1) USING (account_id) GROUP BY 1) a USING (consumer_id)
        LEFT JOIN (SELECT consumer_id, count(*) AS total,
          count(DISTINCT partner_id) AS shops FROM o GROUP BY 1)
          t USING (consumer_id) GROUP BY partner_id""",
    "payouts": """
        SELECT partner_id, count(*) AS payouts, count(DISTINCT account_id) AS payout_accounts, avg(amount) AS
          payout_mean, stddev(amount) AS payout_std, max(amount) AS payout_max, sum(amount) AS payout_total,
          (epoch(max(paid_at)) - epoch(min(paid_at))) / count(*) AS payout_gap, epoch(min(paid_at)) AS
          first_payout, epoch(max(paid_at)) AS last_payout, max(sharers) AS account_sharers,
          min(opened) AS account_opened, max(opened) AS newest_account, avg((b.country IS DISTINCT FROM
          p.country)::INT) AS account_abroad
        FROM payouts JOIN (SELECT account_id, count(DISTINCT partner_id) AS sharers FROM payouts GROUP BY 1)
          USING (account_id) LEFT JOIN (SELECT account_id, country, epoch(opened_at) AS opened FROM
          bank_accounts) b USING (account_id) JOIN (SELECT partner_id, country FROM partners) p
          USING (partner_id) GROUP BY partner_id""",
    "logins": """
        SELECT partner_id, count(*) AS logins, count(DISTINCT device_id) AS login_devices,
          epoch(min(partner_logins.at)) AS
          first_login, epoch(max(partner_logins.at)) AS last_login,
          avg(hour(partner_logins.at)) AS login_hour, max(sharers) AS
          device_sharers, max(first_seen) AS newest_device, avg((kind = 'mobile')::INT) AS login_mobile,
          max(buyers) AS device_buyers
        FROM partner_logins JOIN (SELECT device_id, count(DISTINCT partner_id) AS sharers FROM partner_logins
          GROUP BY 1) USING (device_id) LEFT JOIN (SELECT device_id, kind, epoch(first_seen_at) AS first_seen
          FROM devices) USING (device_id) LEFT JOIN (SELECT device_id, count(DISTINCT consumer_id) AS buyers
          FROM o GROUP BY 1) USING (device_id) GROUP BY partner_id""",
    "money": """
        SELECT partner_id, count(*) AS onward, count(DISTINCT to_account_id) AS onward_to, sum(t.amount) AS
          onward_amount, max(fan_in) AS onward_fan_in, min(fan_in) AS onward_least_fan_in, max(t.amount) AS
          onward_max, sum(t.amount) / max(paid) AS onward_share
        FROM (SELECT DISTINCT partner_id, account_id FROM payouts) JOIN (SELECT partner_id,
          sum(amount) AS paid FROM
          payouts GROUP BY partner_id) USING (partner_id) JOIN transfers t ON account_id = from_account_id
          JOIN (SELECT to_account_id, count(DISTINCT
          from_account_id) AS fan_in FROM transfers GROUP BY 1) USING (to_account_id) GROUP BY partner_id""",
}


@dataclass(frozen=True)
class Planted:
    """The rings of a world: member sets (consumers where a ring has no partner) and all ring partners."""

    rings: list[set[str]]
    partners: set[str]


def open_world(folder: Path) -> duckdb.DuckDBPyConnection:
    """The tables of a Parquet world as views, and `o`: orders with their hour and if known to be bad.

    A table that is not there has no row, and what it may lack is null; partners and orders must be there.
    """
    base = duckdb.connect()
    base.execute("SET threads = 2; SET TimeZone = 'UTC'")
    for table in TABLES:
        path = folder / f"{table.name}.parquet"
        must = table.name in ("partners", "orders")
        rows = base.from_parquet(str(path)) if must or path.exists() else None
        lacks = ", ".join(
            f"NULL::{SQL_TYPES[column.type]} AS {column.name}"
            for column in table.columns
            if rows is None or column.name not in rows.columns
        )
        if rows is None:
            base.execute(f"CREATE VIEW {table.name} AS SELECT {lacks} WHERE false")
        else:
            (rows.project(f"*, {lacks}") if lacks else rows).create_view(table.name)
    base.execute("""
        CREATE TABLE o AS SELECT *, hour(placed_at) + minute(placed_at) / 60 AS hour,
          coalesce(outcome IN ('disputed',
          'defaulted') AND coalesce(outcome_at, placed_at + INTERVAL 30 DAY) <= newest, false) AS known_bad
        FROM orders, (SELECT max(placed_at) AS newest FROM orders)""")
    return base


def read_planted(folder: Path) -> Planted:
    """The truth beside the world in `folder`."""
    members = pd.read_parquet(folder.with_name(f"{folder.name}.truth") / "ring_members.parquet")
    rings = []
    for _, part in members.groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        rings.append(partners or set(part.id[part.kind == "consumer"]))
    return Planted(rings, set(members.id[members.kind == "partner"]))


def partner_columns(base: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Every flat column of every partner, indexed by partner_id."""
    frame = base.sql("SELECT partner_id FROM partners").df().set_index("partner_id")
    for statement in FLAT.values():
        frame = frame.join(base.sql(statement).df().set_index("partner_id"))
    return frame.astype(float)


def flat_leaks(columns: pd.DataFrame, ring_partners: set[str]) -> pd.Series:
    """Average precision of each column, in its better direction, the leakiest first."""
    positive = columns.index.isin(list(ring_partners))
    found = {}
    for name, column in columns.items():
        values = column.to_numpy(dtype=float)
        ends = [np.where(np.isfinite(values), sign * values, -np.inf) for sign in (1, -1)]
        found[name] = max(average_precision(end, positive) for end in ends)
    return pd.Series(found).sort_values(ascending=False)


def _groups(frame: pd.DataFrame, *, hub: int) -> pd.Series:
    """A component number for each member; identifiers with more than `hub` members tie nobody."""
    frame = frame[frame.groupby("identifier").member.transform("size") <= hub]
    member, members = pd.factorize(frame.member)
    identifier, identifiers = pd.factorize(frame.identifier)
    size = len(members) + len(identifiers)
    matrix = coo_matrix((np.ones(len(member)), (member, len(members) + identifier)), shape=(size, size))
    label = connected_components(matrix, directed=False)[1][: len(members)]
    return pd.Series(label, index=members)


def _sets(groups: pd.Series, *, smallest: int) -> list[tuple[float, set[str]]]:
    """The groups that are not smaller than that, each with its size."""
    several = groups[groups.map(groups.value_counts()) >= smallest]
    found = several.index.to_series().groupby(several.to_numpy()).agg(list)
    return [(float(len(one)), set(one)) for one in found]


def _share(candidates: list[tuple[float, set[str]]], planted: Planted) -> float:
    """Share of rings found by ranked candidates: the better of two ways to rank, by weight and by size."""
    unique = {frozenset(one): weight for weight, one in sorted(candidates, key=lambda pair: pair[0])}
    sets = [(weight, set(one), min(one)) for one, weight in unique.items()]
    ways = (
        sorted(sets, key=lambda one: (-one[0], -len(one[1]), one[2])),
        sorted(sets, key=lambda one: (-len(one[1]), -one[0], one[2])),
    )
    return max(ring_quality([one for _, one, _ in way], planted.rings).recall for way in ways)


SHARED = {
    "accounts": "SELECT DISTINCT partner_id AS member, 'a' || account_id AS identifier FROM payouts",
    "devices": "SELECT DISTINCT partner_id AS member, 'd' || device_id AS identifier FROM partner_logins",
    "buyers": """SELECT DISTINCT partner_id AS member, 'd' || device_id AS identifier FROM o
                 SEMI JOIN partner_logins USING (device_id)""",
    "onward": """SELECT DISTINCT partner_id AS member, 'a' || to_account_id AS identifier FROM payouts
                 JOIN transfers ON account_id = from_account_id""",
}
COMPONENTS = (
    ("accounts",), ("devices",), ("accounts", "devices"), ("accounts", "devices", "buyers"),
    ("accounts", "onward"), ("accounts", "devices", "onward"),
)  # fmt: skip
CONSUMER_DEVICES = (
    "SELECT DISTINCT consumer_id AS member, 'd' || device_id AS identifier FROM o WHERE device_id IS NOT NULL"
)
CONSUMER_ACCOUNTS = """SELECT DISTINCT consumer_id AS member, 'a' || account_id AS identifier FROM o
    WHERE account_id IS NOT NULL"""
EVERYBODY = 10**9
HUBS = (EVERYBODY, 20, 8)
"""Identifiers with more users than this are left out, in turn."""


def component_shares(base: duckdb.DuckDBPyConnection, planted: Planted) -> dict[str, float]:
    """Share of rings that components over shared identifiers find, by the identifiers used."""
    consumers = base.sql(CONSUMER_DEVICES).df()
    frames = {kind: base.sql(statement).df() for kind, statement in SHARED.items()}
    found = {}
    for hub in HUBS:
        people = _sets(_groups(consumers, hub=hub), smallest=8)
        for kinds in COMPONENTS:
            partners = _sets(_groups(pd.concat([frames[kind] for kind in kinds]), hub=hub), smallest=2)
            rings = max(_share(people + partners, planted), _share(partners, planted))
            found[f"{'+'.join(kinds)}, hubs over {hub} dropped"] = rings
    return found


def script_shares(base: duckdb.DuckDBPyConnection, planted: Planted) -> dict[str, float]:
    """Share of rings found as the partners where consumers with common devices shop, by variant."""
    custom = base.sql("SELECT consumer_id, partner_id, count(*) AS n FROM o GROUP BY ALL").df()
    frames = {"devices": base.sql(CONSUMER_DEVICES).df()}
    frames["devices+accounts"] = pd.concat([frames["devices"], base.sql(CONSUMER_ACCOUNTS).df()])
    found = {}
    for name, frame in frames.items():
        for hub in HUBS:
            groups = _groups(frame, hub=hub)
            shops = custom.assign(group=custom.consumer_id.map(groups)).dropna(subset=["group"])
            shoppers = shops.groupby(["group", "partner_id"]).consumer_id.size()
            of_group = shops.groupby("group").consumer_id.nunique().reindex(shoppers.index, level="group")
            for rule, chosen in (
                ("2 members", shoppers >= 2),
                ("3 members", shoppers >= 3),
                ("a fifth of the group", (shoppers >= 2) & (shoppers >= 0.2 * of_group)),
            ):
                kept = shoppers[chosen].reset_index()
                by_group = kept.groupby("group")
                sets = zip(by_group.consumer_id.mean(), by_group.partner_id.agg(set), strict=True)
                found[f"{name}, {rule}, hubs over {hub} dropped"] = _share(
                    [(float(weight), one) for weight, one in sets if len(one) > 1], planted
                )
    return found


@dataclass(frozen=True)
class Audit:
    """What three plain ways find of a world; each is sorted, the leakiest first."""

    flat: pd.Series
    components: pd.Series
    script: pd.Series

    def passes(self) -> bool:
        """Whether the world is as hard as it must be."""
        return bool(
            self.flat.iloc[0] <= FLAT_LIMIT
            and self.components.iloc[0] <= COMPONENT_LIMIT
            and self.script.iloc[0] <= SCRIPT_LIMIT
        )


def audit(folder: Path) -> Audit:
    """The audit of the Parquet world in `folder`, with its truth beside it."""
    planted = read_planted(folder)
    with open_world(folder) as base:
        return Audit(
            flat_leaks(partner_columns(base), planted.partners),
            pd.Series(component_shares(base, planted)).sort_values(ascending=False),
            pd.Series(script_shares(base, planted)).sort_values(ascending=False),
        )


def _worlds(given: argparse.Namespace, scratch: Path) -> Iterator[Path]:
    if given.folder:
        yield from given.folder
        return
    from graph.synthetic import write_world

    for seed in range(given.first_seed, given.first_seed + given.worlds):
        folder = scratch / str(seed)
        write_world(folder, seed=seed, partners=given.partners, orders=given.orders)
        yield folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=9000)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="worlds that are there already")
    parser.add_argument("--show", type=int, default=5, help="how many of the leakiest columns to print")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        for folder in _worlds(given, Path(scratch)):
            found = audit(folder)
            worst = ", ".join(f"{name} {value:.3f}" for name, value in found.flat.head(given.show).items())
            sys.stdout.write(
                f"{folder.name}: {'passes' if found.passes() else 'FAILS'}; flat {worst}; "
                f"components {found.components.iloc[0]:.3f} ({found.components.index[0]}); "
                f"script {found.script.iloc[0]:.3f} ({found.script.index[0]})\n"
            )
            sys.stdout.flush()


if __name__ == "__main__":
    main()
