"""Made-up worlds: the same seed gives the same bytes, the truth stays outside, each typology is itself."""

from pathlib import Path

import networkx
import pandas as pd
import pytest

from graph.synthetic import SyntheticError, write_world
from graph.synthetic import writing as writing_module
from graph.tables import read_tables

SMALL = {"partners": 500, "orders": 30_000}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worlds") / "world"
    write_world(folder, seed=5, partners=1500, orders=120_000)
    return folder


def truth(world: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(world.with_name(f"{world.name}.truth") / f"{table}.parquet")


def data(world: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(world / f"{table}.parquet")


def partners_of(world: Path, typology: str) -> list[list[str]]:
    rings = truth(world, "rings")
    members = truth(world, "ring_members")
    chosen = members[members.ring_id.isin(rings.ring_id[rings.typology == typology])]
    return [list(part.id[part.kind == "partner"]) for _, part in chosen.groupby("ring_id")]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_world(tmp_path / name, seed=seed, **SMALL)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a.truth") == contents(tmp_path / "b.truth")
    first, other = contents(tmp_path / "a"), contents(tmp_path / "c")
    assert all(first[name] != other[name] for name in first)


def test_every_row_is_by_the_contract(world: Path) -> None:
    tables = read_tables(world)
    assert not any(len(rows) for rows in tables.rejected.values())


def test_csv_holds_the_same_rows_as_parquet(tmp_path: Path) -> None:
    write_world(tmp_path / "p", seed=3, **SMALL)
    write_world(tmp_path / "c", seed=3, format="csv", **SMALL)
    orders = pd.read_csv(tmp_path / "c" / "orders.csv", dtype={"order_id": str})
    expected = data(tmp_path / "p", "orders")
    assert list(orders.columns) == list(expected.columns)
    assert (orders.order_id == expected.order_id).all()
    assert (pd.to_datetime(orders.placed_at) == expected.placed_at).all()
    assert orders.amount.to_numpy() == pytest.approx(expected.amount.to_numpy())


def test_there_are_as_many_orders_as_asked_for_in_order_of_time(world: Path) -> None:
    orders = data(world, "orders")
    assert len(orders) == 120_000
    assert orders.placed_at.is_monotonic_increasing
    assert orders.order_id.is_unique and not orders.order_id.is_monotonic_increasing


def test_orders_lie_within_the_lives_of_partner_and_consumer(world: Path) -> None:
    orders = data(world, "orders").merge(data(world, "partners"), on="partner_id")
    orders = orders.merge(data(world, "consumers"), on="consumer_id")
    assert (orders.placed_at > orders.onboarded_at).all()
    assert not (orders.placed_at > orders.closed_at).any()
    assert (orders.placed_at >= orders.created_at).all()
    assert not (orders.outcome_at < orders.placed_at).any()


def test_the_truth_is_beside_the_data_and_not_in_it(world: Path) -> None:
    assert {path.stem for path in world.iterdir()} == {
        "partners",
        "consumers",
        "devices",
        "bank_accounts",
        "orders",
        "payouts",
        "partner_logins",
        "transfers",
        "labels",
    }
    columns = {column for path in world.iterdir() for column in pd.read_parquet(path).columns}
    assert not columns & {"ring_id", "role", "typology", "carefulness", "look_alike"}


def test_ring_members_are_in_the_data(world: Path) -> None:
    members = truth(world, "ring_members")
    for kind, table, key in (
        ("partner", "partners", "partner_id"),
        ("consumer", "consumers", "consumer_id"),
        ("device", "devices", "device_id"),
        ("bank_account", "bank_accounts", "account_id"),
    ):
        assert members.id[members.kind == kind].isin(data(world, table)[key]).all()


def test_half_of_the_rings_carry_a_label(world: Path) -> None:
    rings, members, labels = truth(world, "rings"), truth(world, "ring_members"), data(world, "labels")
    rings = rings[rings.typology != "credit_abuse"]  # nobody knows a thief
    assert abs(2 * rings.labelled.sum() - len(rings)) <= 1
    silent = members[members.ring_id.isin(rings.ring_id[~rings.labelled]) & (members.kind == "partner")]
    assert not silent.id.isin(labels.id).any()
    assert {"fraud", "legit"} == set(labels.verdict)


def test_every_typology_is_planted_and_rings_hold_three_to_twelve_partners(world: Path) -> None:
    assert set(truth(world, "rings").typology) == {
        "shell_network",
        "collusive_circle",
        "phoenix",
        "mule_chain",
        "device_farm",
        "bust_out",
        "refund_abuse",
        "credit_abuse",
    }
    members = truth(world, "ring_members")
    sizes = members[members.kind == "partner"].groupby("ring_id").id.nunique()
    assert sizes.between(3, 12).all()


def test_refund_abuse_holds_consumers_and_no_partner(world: Path) -> None:
    assert all(not partners for partners in partners_of(world, "refund_abuse"))
    rings, members = truth(world, "rings"), truth(world, "ring_members")
    abusers = rings.ring_id[rings.typology == "refund_abuse"]
    assert (
        members[members.ring_id.isin(abusers) & (members.kind == "consumer")].groupby("ring_id").size() > 3
    ).all()


def test_credit_abuse_holds_consumers_who_hardly_ever_pay(world: Path) -> None:
    members = truth(world, "ring_members")
    rings = truth(world, "rings").query("typology == 'credit_abuse'").ring_id
    of_crews = members[members.ring_id.isin(rings)]
    assert set(of_crews.kind) <= {"consumer", "device"}
    people = of_crews[of_crews.kind == "consumer"]
    assert (people.groupby("ring_id").size() >= 5).all()
    orders = data(world, "orders").merge(people, left_on="consumer_id", right_on="id")
    assert set(orders.ring_id) == set(rings)
    ended = orders.groupby("ring_id").outcome.agg(lambda one: one.isin(["disputed", "defaulted"]).mean())
    everybody = data(world, "orders").outcome.isin(["disputed", "defaulted"]).mean()
    assert ended.median() > 5 * everybody


def test_a_shell_network_is_a_chain_without_triangles(world: Path) -> None:
    members = truth(world, "ring_members")
    logins = data(world, "partner_logins")[["partner_id", "device_id"]].set_axis(["partner", "thing"], axis=1)
    payouts = data(world, "payouts")[["partner_id", "account_id"]].set_axis(["partner", "thing"], axis=1)
    uses = pd.concat([logins, payouts]).drop_duplicates()
    uses = uses[uses.thing.isin(members.id)]
    seen = 0
    for partners in partners_of(world, "shell_network"):
        own = uses[uses.partner.isin(partners)]
        pairs = own.merge(own, on="thing").query("partner_x < partner_y")
        chain = networkx.Graph(list(zip(pairs.partner_x, pairs.partner_y, strict=True)))
        assert networkx.is_forest(chain)
        assert all(degree <= 2 for _, degree in chain.degree())
        seen += chain.number_of_edges()
    assert seen


def test_a_collusive_circle_shares_customers_and_no_device_of_its_own(world: Path) -> None:
    members = truth(world, "ring_members")
    rings = truth(world, "rings")
    circles = members[members.ring_id.isin(rings.ring_id[rings.typology == "collusive_circle"])]
    assert not circles.role.isin(["mule", "collector", "payout"]).any()
    orders = data(world, "orders")
    for _, circle in circles.groupby("ring_id"):
        inside = orders[
            orders.consumer_id.isin(circle.id[circle.kind == "consumer"])
            & orders.partner_id.isin(circle.id[circle.kind == "partner"])
        ]
        assert (inside.groupby("consumer_id").partner_id.nunique() > 1).mean() > 0.3


def test_a_phoenix_comes_back_within_weeks(world: Path) -> None:
    partners = data(world, "partners").set_index("partner_id")
    for ring in partners_of(world, "phoenix"):
        own = partners.loc[ring]
        closed = own.closed_at.dropna()
        assert len(closed)
        for moment in closed:
            assert (own.onboarded_at - moment).between(pd.Timedelta(0), pd.Timedelta(days=30)).any()


def test_mules_lead_to_a_collector_in_two_or_three_hops(world: Path) -> None:
    members, rings = truth(world, "ring_members"), truth(world, "rings")
    flow = networkx.DiGraph(
        list(data(world, "transfers")[["from_account_id", "to_account_id"]].itertuples(index=False))
    )
    for ring in rings.ring_id[rings.typology == "mule_chain"]:
        own = members[members.ring_id == ring]
        payout, end = own.id[own.role == "payout"], own.id[own.role == "collector"]
        inside = flow.subgraph(own.id[own.kind == "bank_account"])
        hops = [
            networkx.shortest_path_length(inside, a, b)
            for a in payout
            for b in end
            if a in inside and b in inside and networkx.has_path(inside, a, b)
        ]
        assert hops and set(hops) <= {2, 3}


def test_a_bust_out_changes_account_after_a_history(world: Path) -> None:
    partners = data(world, "partners").set_index("partner_id")
    payouts = data(world, "payouts")
    rings = truth(world, "rings").set_index("ring_id")
    start = payouts.paid_at.min()
    for ring in partners_of(world, "bust_out"):
        assert (partners.loc[ring].onboarded_at < start - pd.Timedelta(days=80)).all()
        assert (payouts[payouts.partner_id.isin(ring)].groupby("partner_id").account_id.nunique() > 1).any()
    assert (rings.last_at >= rings.first_at).all()


def test_a_device_farm_orders_from_machines_of_many(world: Path) -> None:
    members, rings, orders = truth(world, "ring_members"), truth(world, "rings"), data(world, "orders")
    for ring in rings.ring_id[rings.typology == "device_farm"]:
        own = members[members.ring_id == ring]
        used = orders[orders.device_id.isin(own.id[own.role == "till"])]
        assert (used.groupby("device_id").consumer_id.nunique() > 1).mean() > 0.5


def test_an_honest_world_has_look_alikes_and_no_ring(tmp_path: Path) -> None:
    write_world(tmp_path / "honest", seed=4, profile="honest", **SMALL)
    for table in ("rings", "ring_members"):
        assert truth(tmp_path / "honest", table).empty
    alike = set(truth(tmp_path / "honest", "look_alikes").look_alike)
    assert len(alike) > 15 and "victim" not in alike


LISTED = {
    "franchise", "owner", "facilitator", "book_keeper", "supplier", "small_supplier", "daily_supplier",
    "factoring", "relaunch", "disputed_relaunch", "insolvency", "insolvent_owner", "unlucky_owner",
    "bad_luck", "household", "hostel", "dormitory", "campus", "office", "mall", "launch", "flash_sale",
    "subscription", "helper", "in_store", "voucher", "victim",
}  # fmt: skip


def test_no_kind_of_honest_group_is_missing(world: Path) -> None:
    assert set(truth(world, "look_alikes").look_alike) >= LISTED


def test_whoever_has_bad_luck_is_honest(world: Path) -> None:
    alike, members = truth(world, "look_alikes"), truth(world, "ring_members")
    unlucky = alike[alike.look_alike == "bad_luck"]
    assert len(unlucky) > 100 and not unlucky.id.isin(members.id).any()


def test_the_shops_of_an_insolvent_owner_close_together_with_their_orders_disputed(world: Path) -> None:
    alike, orders = truth(world, "look_alikes"), data(world, "orders")
    closed = data(world, "partners").set_index("partner_id").closed_at
    failed = alike[alike.look_alike == "insolvent_owner"]
    for _, group in failed.groupby("group_id"):
        assert closed[group.id].max() - closed[group.id].min() < pd.Timedelta(days=12)
    assert (orders[orders.partner_id.isin(failed.id)].outcome == "disputed").mean() > 0.1


def test_what_thieves_buy_is_mostly_never_paid(world: Path) -> None:
    alike, members, orders = truth(world, "look_alikes"), truth(world, "ring_members"), data(world, "orders")
    victims = alike[alike.look_alike == "victim"]
    assert len(victims) and not victims.id.isin(members.id).any()
    orders = orders.assign(bad=orders.outcome.isin(["disputed", "defaulted"]))
    at_victims = orders[orders.partner_id.isin(victims.id)]
    owed_at = at_victims[at_victims.bad].groupby("consumer_id").partner_id.nunique()
    robbers = owed_at.index[owed_at >= 3]
    assert len(robbers) >= 5
    assert at_victims[at_victims.consumer_id.isin(robbers)].bad.mean() > 0.5 > 3 * orders.bad.mean()


def test_an_easy_world_has_only_careless_rings(tmp_path: Path) -> None:
    write_world(tmp_path / "easy", seed=4, profile="easy", **SMALL)
    assert truth(tmp_path / "easy", "rings").carefulness.max() < 0.2


def test_rows_are_written_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    largest = []
    flush = writing_module._File.flush

    def spy(file: writing_module._File) -> None:
        largest.append(file.rows)
        flush(file)

    monkeypatch.setattr(writing_module, "ROWS_A_CHUNK", 3000)
    monkeypatch.setattr(writing_module._File, "flush", spy)
    done: list[tuple[int, int]] = []
    write_world(tmp_path / "w", seed=1, progress=lambda *step: done.append(step), **SMALL)
    # entities are as large as they are; of events no more than a chunk and a day stays in memory
    assert len(largest) > 10
    assert done[-1] == (30_000, 30_000)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"partners": 20}, "100 partners or more"),
        ({"orders": 10}, "orders or more"),
        ({"profile": "simple"}, 'no profile "simple"'),
        ({"format": "xml"}, 'no format "xml"'),
    ],
)
def test_what_makes_no_world_is_refused_in_a_sentence(
    tmp_path: Path, wrong: dict[str, object], sentence: str
) -> None:
    with pytest.raises(SyntheticError, match=sentence):
        write_world(tmp_path / "w", seed=1, **{**SMALL, **wrong})
    assert not list(tmp_path.iterdir())


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine.txt").write_text("mine")
    with pytest.raises(SyntheticError, match="not empty"):
        write_world(tmp_path / "w", seed=1, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_no_front_is_of_a_ring_by_name_alone(tmp_path: Path, seed: int) -> None:
    write_world(tmp_path / "world", seed=seed, partners=1000, orders=60_000)
    members, partners = truth(tmp_path / "world", "ring_members"), data(tmp_path / "world", "partners")
    orders = data(tmp_path / "world", "orders")
    assert not (partners.closed_at <= partners.onboarded_at).any()
    for _, ring in members.groupby("ring_id"):
        fronts, shills = ring.id[ring.kind == "partner"], ring.id[ring.kind == "consumer"]
        custom = orders[orders.partner_id.isin(fronts) & orders.consumer_id.isin(shills)]
        ties = networkx.Graph(list(zip(custom.partner_id, custom.consumer_id, strict=True)))
        assert set(fronts) <= set(ties)
