"""The stories of honest groups that use the same tools as rings do, and as tightly."""

from __future__ import annotations

from typing import Final

from benchmarks.eighteenth_worlds.story import Story

WITH_SHOPS: Final = (
    Story(
        "franchise",
        "Head office sees all tills, takes its fee, and passes some of it on to the brand.",
        shops=(3, 14), nationwide=0.6, trades=("food", "pharmacy", "fuel", "clothes"), window=(120, 300),
        per_operator=(10, 3), operated=(0.95, 0.6), logins=(1.0, 0.3), collect=(0.15, 0.05),
        onward=(0.6, 0.2), twin_names=0.8,
    ),
    Story(
        "one_owner",
        "One family owns several shops, and one phone and one account serve them all.",
        shops=(3, 9), trades=(), window=(120, 300), per_operator=(6, 2), operated=(0.9, 0.5),
        logins=(1.3, 0.5), per_payee=(6, 2), paid_together=(0.9, 0.4), collect=(0.2, 0.0), twin_names=0.3,
        weight=1.5,
    ),
    Story(
        "book_keeper",
        "A book-keeper's computer logs in to clients' accounts for the month's figures.",
        shops=(4, 15), window=(100, 280), per_operator=(12, 4), operated=(1.0, 0.8), logins=(0.5, 0.2),
        weight=1.3,
    ),
    Story(
        "field_agent",
        "A salesman signs up a street, tests each terminal with colleagues' wallets, visits later.",
        shops=(5, 15), people=(4, 8), trades=("kiosk", "food", "salon", "ride"), window=(20, 80),
        opened_within=(12, 60), own_trade=(0.3, 1.0), per_operator=(9, 3), operated=(0.95, 0.6),
        logins=(1.0, 0.05), visits=(9, 4), reach=(0.9, 0.5), ticket=(0.3, 0.8), bursts=(0.3, 0.0),
        per_phone=(3, 2), on_phones=(0.4, 0.1), fund=(0.6, 0.1), closes=(0.4, 0.1), weight=1.5,
    ),
    Story(
        "market_terminal",
        "Stalls of one market hall share terminals, and the regulars of the hall.",
        shops=(4, 14), people=(10, 40), trades=("food", "grocer", "kiosk", "clothes"), window=(80, 220),
        per_operator=(5, 2), operated=(0.8, 0.4), visits=(8, 4), reach=(0.7, 0.4), per_payee=(4, 2),
        paid_together=(0.3, 0.0),
    ),
    Story(
        "new_hall",
        "A new hall opens: shops join within weeks, share its terminals, and the first visitors see all "
        "of them.",
        shops=(4, 14), people=(8, 40), window=(30, 110), opened_within=(15, 60), own_trade=(0.4, 1.0),
        per_operator=(6, 2), operated=(0.7, 0.3), visits=(6, 3), reach=(0.7, 0.45), on_phones=(0.3, 0.0),
        rush=(0.3, 0.0), bad=((0.1, 0.0), (0.04, 0), (0.02, 0)), collect=(0.3, 0.1), closes=(0.3, 0.05),
        weight=1.6,
    ),
    Story(
        "barter_circle",
        "Builders, garages and suppliers of a town buy from one another and settle in a round.",
        owners=True, shops=(4, 12), people=(5, 13), trades=("distributor", "building", "grocer", "garage"),
        window=(60, 200), visits=(14, 8), reach=(0.8, 0.5), ticket=(1.8, 1.0), on_purses=(0.5, 0.2),
        per_purse=(3, 2), circle=(0.7, 0.3), bad=((0.02, 0), (0, 0), (0.05, 0)), weight=1.4,
    ),
    Story(
        "savings_circle",
        "Shop keepers pay into a purse that goes to each in turn, and eat at each other's.",
        owners=True, shops=(4, 12), people=(4, 12), window=(90, 250), visits=(6, 3), reach=(0.6, 0.4),
        collect=(0.5, 0.2), give_back=(0.7, 0.4), circle=(0.3, 0.0),
    ),
    Story(
        "supplier_collects",
        "A supplier's account takes what kiosks owe for stock, and pays its own suppliers.",
        shops=(5, 15), trades=("kiosk", "grocer", "airtime"), window=(90, 250), collect=(0.8, 0.4),
        onward=(0.9, 0.5), per_operator=(5, 2), operated=(0.3, 0.1), weight=1.5,
    ),
    Story(
        "assigned_takings",
        "A co-operative bank lent to shops and takes their payouts until the debt is paid.",
        shops=(4, 14), window=(70, 200), per_payee=(9, 3), paid_together=(0.9, 0.5), closes=(0.3, 0.05),
    ),
    Story(
        "aid_vouchers",
        "An aid programme gives families money for named shops; helpers enter it on few phones.",
        shops=(3, 10), people=(15, 40), trades=("kiosk", "grocer", "pharmacy", "building"),
        window=(20, 100), visits=(6, 3.5), reach=(0.8, 0.45), ticket=(1.0, 1.2), bursts=(0.4, 0.05),
        per_phone=(9, 3), on_phones=(0.9, 0.4), per_purse=(9, 3), on_purses=(0.7, 0.2), fund=(0.9, 0.3),
        fresh=(0.8, 0.2), per_operator=(4, 2), operated=(0.3, 0.0), weight=1.5,
    ),
    Story(
        "staff_meals",
        "A works pays its people's meals at the kitchens round about from one account.",
        shops=(3, 6), people=(8, 40), trades=("food", "kiosk", "grocer"), window=(60, 180), visits=(12, 6),
        reach=(0.8, 0.5), per_purse=(9, 3), on_purses=(0.9, 0.4), fund=(0.5, 0.1),
    ),
    Story(
        "robbed_shops",
        "Unlucky shops in one street whom the same thieves visit; they lose the money.",
        shops=(3, 8), people=(10, 35), trades=("electronics", "agent", "airtime", "fuel"), window=(15, 70),
        visits=(3.5, 2.4), reach=(0.6, 0.4), ticket=(2.0, 1.3), rush=(0.6, 0.0), bursts=(0.5, 0.1),
        per_phone=(8, 3), on_phones=(0.9, 0.4), bad=((0.03, 0), (0.55, 0.2), (0.05, 0.0)),
        closes=(0.3, 0.0), by_crooks=True, victims=True, weight=1.6,
    ),
    Story(
        "insolvency",
        "A small chain runs out of money: goods do not come, buyers complain, the doors close.",
        shops=(3, 7), trades=("online", "electronics", "clothes", "guesthouse", "school"), window=(60, 160),
        per_operator=(6, 2), operated=(0.9, 0.5), per_payee=(5, 2), paid_together=(0.7, 0.3),
        spoilt=((0.25, 0.08), (0.35, 0.08)), collect=(0.6, 0.2), closes=(0.95, 0.5), twin_names=0.5,
        weight=1.7,
    ),
    Story(
        "relaunch",
        "A shop that fails is opened again under another name or by the buyer of the business.",
        shops=(3, 6), trades=("online", "electronics", "clothes", "guesthouse", "salon"), window=(120, 260),
        in_turn=True, per_operator=(6, 2), operated=(1.0, 0.7), logins=(1.5, 0.5), per_payee=(5, 2),
        paid_together=(0.8, 0.35), spoilt=((0.06, 0.0), (0.1, 0.0)), collect=(0.4, 0.1), onward=(0.4, 0.0),
        twin_names=0.4, weight=1.4,
    ),
    Story(
        "fair_days",
        "A feast or a sale fills the same shops for days; much is brought back.",
        shops=(4, 13), people=(15, 40), trades=("clothes", "food", "electronics", "guesthouse"),
        window=(5, 25), visits=(5, 3), reach=(0.6, 0.4), ticket=(1.3, 1.0), rush=(0.6, 0.1),
        bad=((0.3, 0.04), (0.03, 0), (0, 0)),
    ),
    Story(
        "resold_top_ups",
        "Street sellers buy top-ups from the same booths many times a day.",
        shops=(3, 9), people=(5, 16), trades=("agent", "airtime"), window=(40, 130), visits=(16, 8),
        reach=(0.9, 0.5), ticket=(0.5, 0.9), bursts=(0.7, 0.2), per_phone=(3, 2), on_phones=(0.4, 0.1),
        collect=(0.4, 0.1), fund=(0.4, 0.1), per_operator=(4, 2), operated=(0.3, 0.0), weight=1.4,
    ),
    Story(
        "hire_purchase",
        "Dealers with one finance desk sell to poor people, of whom many cannot pay the rest.",
        shops=(3, 10), people=(8, 40), trades=("electronics", "building", "clothes", "online"),
        window=(50, 160), per_operator=(5, 2), operated=(0.6, 0.2), visits=(4, 3), reach=(0.6, 0.4),
        ticket=(1.7, 1.1), per_phone=(6, 2), on_phones=(0.7, 0.2), bad=((0.04, 0), (0, 0), (0.35, 0.08)),
        collect=(0.4, 0.1), fresh=(0.4, 0.0), weight=1.3,
    ),
)  # fmt: skip
"""Look-alikes of rings with partners."""

OF_PEOPLE_ALONE: Final = (
    Story(
        "big_family",
        "One good phone and one purse for a compound of three generations.",
        people=(5, 12), targets=(4, 12), window=(90, 250), visits=(10, 6), reach=(0.6, 0.4),
        per_phone=(5, 2), on_phones=(0.8, 0.4), per_purse=(6, 2), on_purses=(0.7, 0.3),
        give_back=(0.2, 0.0),
    ),
    Story(
        "hostel",
        "Students and workers who came the same week, lend one another phones and eat at the corner.",
        people=(8, 35), targets=(3, 9), trades=("food", "kiosk", "grocer", "ride"), window=(60, 180),
        visits=(8, 4), reach=(0.5, 0.3), fresh=(0.9, 0.4), per_phone=(6, 2), on_phones=(0.5, 0.2),
    ),
    Story(
        "village_phone",
        "The woman with the phone pays for the whole village.",
        people=(8, 40), targets=(4, 12), window=(80, 220), visits=(5, 3), reach=(0.45, 0.3),
        per_phone=(12, 5), on_phones=(0.95, 0.6), per_purse=(8, 3), on_purses=(0.4, 0.1), weight=1.3,
    ),
    Story(
        "new_wallets_drive",
        "A bank branch opens wallets for a school or plant in one week, with a first gift.",
        people=(10, 40), targets=(3, 9), trades=("kiosk", "food", "ride", "grocer"), window=(15, 80),
        visits=(3.5, 2.5), reach=(0.4, 0.3), fresh=(1.0, 0.7), per_phone=(9, 3), on_phones=(0.9, 0.5),
        per_purse=(8, 3), on_purses=(0.5, 0.2), fund=(0.5, 0.2), weight=1.3,
    ),
    Story(
        "laid_off",
        "A plant closes: its people, paid from one account, fall behind with what they bought.",
        people=(8, 40), targets=(4, 12), trades=("electronics", "clothes", "grocer", "school"),
        window=(40, 120), visits=(5, 3.5), reach=(0.5, 0.35), per_purse=(8, 3), on_purses=(0.5, 0.2),
        per_phone=(3, 2), on_phones=(0.4, 0.1), bad=((0.02, 0), (0, 0), (0.5, 0.15)), fund=(0.4, 0.1),
        weight=1.4,
    ),
    Story(
        "failed_harvest",
        "Members of a farmers' co-operative buy seed on credit; the rain does not come.",
        people=(6, 25), targets=(3, 8), trades=("distributor", "building", "grocer"), window=(50, 130),
        visits=(5, 3.5), reach=(0.7, 0.5), ticket=(1.5, 1.0), per_phone=(5, 2), on_phones=(0.6, 0.3),
        per_purse=(5, 2), on_purses=(0.6, 0.3), bad=((0, 0), (0, 0), (0.4, 0.1)), give_back=(0.3, 0.1),
    ),
    Story(
        "outage",
        "Payments go through twice on a bad day, and all who were hit ask for the money back.",
        people=(8, 30), targets=(4, 12), trades=("airtime", "online", "fuel", "guesthouse"), window=(5, 30),
        visits=(4, 3), reach=(0.45, 0.3), bursts=(0.6, 0.2), bad=((0.2, 0.03), (0.45, 0.15), (0, 0)),
        per_phone=(3, 2), on_phones=(0.3, 0.1),
    ),
    Story(
        "tour_group",
        "Visitors with new wallets, a guide who pays from his phone, bookings that fall through.",
        people=(6, 25), targets=(5, 14), trades=("guesthouse", "clothes", "ride", "food"), window=(8, 40),
        visits=(5, 4), reach=(0.5, 0.3), ticket=(1.4, 1.1), fresh=(0.7, 0.3), per_phone=(7, 3),
        on_phones=(0.6, 0.3), per_purse=(5, 2), on_purses=(0.5, 0.2),
        bad=((0.12, 0.03), (0.12, 0.02), (0, 0)),
    ),
    Story(
        "office_buyers",
        "Clerks who buy for the firm with the firm's card.",
        people=(5, 15), targets=(4, 12), trades=("building", "electronics", "fuel", "distributor"),
        window=(90, 250), visits=(8, 5), reach=(0.6, 0.4), ticket=(1.4, 1.0), per_purse=(7, 3),
        on_purses=(0.9, 0.5), bad=((0.08, 0.01), (0, 0), (0, 0)),
    ),
)  # fmt: skip
"""Look-alikes of rings of people."""
