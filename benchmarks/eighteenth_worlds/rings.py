"""The stories of rings: who organises them, how the money comes out, and what a careful one avoids."""

from __future__ import annotations

from typing import Final

from benchmarks.eighteenth_worlds.story import Story

RINGS_OF_SHOPS: Final = (
    Story(
        "credit_cash_out",
        "Touts bring people who need cash; a shop books a sale on wallet credit that never was, keeps a "
        "cut and hands out the rest. The loans fail. The tout fills in the forms on his own phones.",
        fraud=True, shops=(3, 10), people=(8, 40), trades=("electronics", "building", "clothes", "online"),
        window=(35, 130), per_operator=(5, 2), operated=(0.7, 0.2), per_payee=(5, 2),
        paid_together=(0.5, 0.1), visits=(5, 3.5), reach=(0.7, 0.45), ticket=(1.8, 1.2), rush=(0.4, 0.0),
        per_phone=(7, 2), on_phones=(0.8, 0.25), bad=((0, 0), (0, 0), (0.55, 0.15)), collect=(0.5, 0.15),
        give_back=(0.4, 0.1), fresh=(0.3, 0.0),
    ),
    Story(
        "ghost_merchants",
        "A field salesman is paid for every active terminal: he signs up shops that do not trade, taps "
        "friends' wallets at each until the threshold is met, and moves the takings back for the next "
        "round.",
        fraud=True, shops=(4, 15), people=(5, 14), trades=("kiosk", "food", "salon", "ride"),
        window=(40, 120), opened_within=(12, 60), own_trade=(0.3, 0.9), per_operator=(9, 3),
        operated=(0.95, 0.5), logins=(1.2, 0.2), per_payee=(6, 2), paid_together=(0.6, 0.15),
        visits=(10, 6), reach=(0.9, 0.6), ticket=(0.8, 1.0), bursts=(0.3, 0.0), per_phone=(4, 2),
        on_phones=(0.6, 0.15), collect=(0.8, 0.4), fund=(0.7, 0.3), closes=(0.5, 0.1),
    ),
    Story(
        "terminal_bust_out",
        "Shops trade quietly until the limit is raised, then take stolen wallets and cards for days, draw "
        "the payouts through hired accounts and are gone before the disputes come.",
        fraud=True, shops=(3, 9), people=(12, 40), trades=("electronics", "online", "guesthouse", "garage"),
        window=(40, 110), opened_within=(40, 130), own_trade=(0.5, 0.9), per_operator=(4, 2),
        operated=(0.7, 0.25), per_payee=(4, 2), paid_together=(0.4, 0.1), visits=(4, 3), reach=(0.6, 0.4),
        ticket=(2.2, 1.3), rush=(0.9, 0.4), bursts=(0.3, 0.05), per_phone=(8, 3), on_phones=(0.9, 0.4),
        bad=((0.03, 0), (0.6, 0.25), (0.05, 0.02)), collect=(0.8, 0.3), onward=(0.9, 0.5),
        closes=(0.9, 0.4),
    ),
    Story(
        "sim_swap_emptying",
        "Numbers are taken over with an insider at the telephone company; before the owner notices, the "
        "wallet is emptied in sales at friendly agents, who share the cash.",
        fraud=True, shops=(3, 8), people=(12, 40), trades=("agent", "airtime", "kiosk"), window=(50, 160),
        visits=(3.5, 2.6), reach=(0.7, 0.5), ticket=(3.0, 1.4), bursts=(0.8, 0.3), per_phone=(9, 3),
        on_phones=(0.95, 0.5), bad=((0, 0), (0.55, 0.2), (0, 0)), per_operator=(4, 2), operated=(0.3, 0.1),
        collect=(0.45, 0.15), onward=(0.5, 0.2),
    ),
    Story(
        "circular_turnover",
        "Shop keepers lend one another the same money through their terminals, so that a cash advance is "
        "granted on the turnover; some never pay it back.",
        fraud=True, owners=True, shops=(4, 12), people=(5, 13),
        trades=("distributor", "building", "grocer", "garage"), window=(60, 170), visits=(10, 6),
        reach=(0.8, 0.5), ticket=(2.0, 1.1), per_operator=(4, 2), operated=(0.25, 0.0),
        on_purses=(0.5, 0.2), per_purse=(3, 2), circle=(0.9, 0.4), bad=((0.02, 0), (0, 0), (0.12, 0.02)),
        closes=(0.3, 0.0),
    ),
    Story(
        "cashback_harvest",
        "The firm pays cashback on the first wallet payments at new shops: one family of wallets on few "
        "phones buys the same thing at every one, and gets it refunded or paid back by hand.",
        fraud=True, shops=(3, 10), people=(10, 40), trades=("kiosk", "grocer", "food", "airtime"),
        window=(15, 70), visits=(7, 4), reach=(0.9, 0.5), ticket=(0.9, 1.0), bursts=(0.4, 0.05),
        per_phone=(8, 2.5), on_phones=(0.9, 0.4), fresh=(0.8, 0.2), bad=((0.4, 0.06), (0, 0), (0, 0)),
        per_purse=(5, 2), on_purses=(0.5, 0.15), give_back=(0.6, 0.2), per_operator=(4, 2),
        operated=(0.3, 0.0),
    ),
    Story(
        "laundering_fronts",
        "Takings of a trade that must not be named are paid in as sales of quiet shops by runners whose "
        "wallets are filled for it, and flow through hired accounts to one owner.",
        fraud=True, shops=(3, 12), people=(8, 30), trades=("salon", "garage", "guesthouse", "food"),
        window=(70, 200), own_trade=(0.5, 1.0), visits=(12, 7), reach=(0.7, 0.5), ticket=(1.9, 1.2),
        fund=(0.9, 0.4), on_purses=(0.5, 0.15), per_purse=(5, 2), collect=(0.85, 0.4), onward=(0.9, 0.6),
        per_payee=(4, 2), paid_together=(0.4, 0.1), per_operator=(5, 2), operated=(0.4, 0.1),
    ),
    Story(
        "commission_splitting",
        "Agents are paid by the transaction: a few customers cut each amount into many, at every booth of "
        "the circle, and the same float goes round.",
        fraud=True, shops=(3, 9), people=(5, 16), trades=("agent", "airtime"), window=(40, 130),
        visits=(15, 8), reach=(0.9, 0.6), ticket=(0.4, 0.8), bursts=(0.75, 0.3), per_phone=(3, 2),
        on_phones=(0.5, 0.1), collect=(0.5, 0.2), fund=(0.6, 0.2), per_operator=(4, 2), operated=(0.4, 0.1),
    ),
    Story(
        "reborn_sellers",
        "Goods are sold by link and never sent; when the complaints come the shop is shut and the same "
        "hands open the next one.",
        fraud=True, shops=(3, 7), trades=("online", "electronics", "clothes", "guesthouse"),
        window=(120, 260), in_turn=True, per_operator=(6, 2), operated=(1.0, 0.7), logins=(1.5, 0.5),
        per_payee=(5, 2), paid_together=(0.8, 0.35), spoilt=((0.08, 0.02), (0.45, 0.14)),
        collect=(0.7, 0.3), onward=(0.6, 0.2), twin_names=0.3,
    ),
)  # fmt: skip
"""Rings with partners."""

RINGS_OF_PEOPLE: Final = (
    Story(
        "wallet_loan_gang",
        "Wallets opened on bought papers, a few phones for all, a month of small purchases for the score, "
        "then everything on credit and gone.",
        fraud=True, people=(6, 40), targets=(4, 12), trades=("electronics", "clothes", "online"),
        window=(25, 90), visits=(5, 3.5), reach=(0.5, 0.35), ticket=(1.8, 1.1), rush=(0.7, 0.2),
        fresh=(0.95, 0.4), per_phone=(8, 2.5), on_phones=(0.9, 0.5), per_purse=(4, 2), on_purses=(0.4, 0.1),
        bad=((0, 0), (0, 0), (0.65, 0.3)),
    ),
    Story(
        "stock_credit_gang",
        "People who pose as kiosk keepers take stock on credit from suppliers, sell it on the street and "
        "change the number.",
        fraud=True, people=(5, 20), targets=(3, 8), trades=("distributor", "building", "grocer"),
        window=(40, 120), visits=(5, 4), reach=(0.7, 0.5), ticket=(1.7, 1.1), rush=(0.5, 0.1),
        fresh=(0.5, 0.1), per_phone=(4, 2), on_phones=(0.7, 0.35), per_purse=(5, 2), on_purses=(0.6, 0.3),
        bad=((0, 0), (0, 0), (0.6, 0.25)), give_back=(0.3, 0.1),
    ),
    Story(
        "stolen_card_shoppers",
        "Thieves link stolen cards to fresh wallets and turn them into top-ups and telephones at honest "
        "shops.",
        fraud=True, people=(6, 35), targets=(4, 14), trades=("airtime", "electronics", "online", "fuel"),
        window=(10, 60), visits=(5, 3), reach=(0.5, 0.3), ticket=(1.6, 1.1), bursts=(0.5, 0.1),
        fresh=(0.8, 0.3), per_phone=(9, 3), on_phones=(0.95, 0.6), per_purse=(3, 2), on_purses=(0.3, 0.1),
        bad=((0.03, 0), (0.6, 0.3), (0, 0)),
    ),
    Story(
        "dispute_club",
        "A club with a recipe: buy, receive, and swear to the firm that it never came; the phone of the "
        "one who knows the form is lent round.",
        fraud=True, people=(6, 25), targets=(5, 14), trades=("online", "clothes", "guesthouse"),
        window=(60, 150), visits=(5, 4), reach=(0.45, 0.3), ticket=(1.3, 1.0), per_phone=(4, 2),
        on_phones=(0.6, 0.35), per_purse=(4, 2), on_purses=(0.4, 0.2),
        bad=((0.1, 0.03), (0.5, 0.22), (0, 0)), give_back=(0.3, 0.1),
    ),
    Story(
        "bonus_farm",
        "Every new wallet gets its first purchase half paid: one room, a few phones and a drawer of SIM "
        "cards.",
        fraud=True, people=(10, 40), targets=(3, 9), trades=("kiosk", "food", "ride", "grocer"),
        window=(15, 80), visits=(3, 2.5), reach=(0.4, 0.3), ticket=(0.9, 1.0), bursts=(0.2, 0.0),
        fresh=(1.0, 0.6), per_phone=(10, 4), on_phones=(0.95, 0.7), per_purse=(8, 3), on_purses=(0.6, 0.25),
        bad=((0.12, 0.03), (0, 0), (0, 0)), collect=(0, 0), fund=(0.5, 0.15),
    ),
)  # fmt: skip
"""Rings of consumers alone, who work against honest shops."""
OF_SHOPS: Final = tuple(story.name for story in RINGS_OF_SHOPS)
OF_PEOPLE: Final = tuple(story.name for story in RINGS_OF_PEOPLE)

LONE_CROOKS: Final = (
    Story(
        "lone_bust_out",
        "One shop, one thief: crooked, but no ring.",
        by_crooks=True, shops=(1, 1), people=(4, 14), trades=("electronics", "online", "garage"),
        window=(15, 80), visits=(3, 2), reach=(1, 1), ticket=(1.9, 1.1), rush=(0.8, 0.2), per_phone=(6, 2),
        on_phones=(0.9, 0.3), bad=((0.05, 0), (0.5, 0.2), (0.1, 0.05)), closes=(0.7, 0.2),
    ),
    Story(
        "lone_seller",
        "One seller who does not send the goods.",
        by_crooks=True, shops=(1, 1), trades=("online", "clothes", "guesthouse"), window=(40, 120),
        spoilt=((0.1, 0.02), (0.4, 0.15)), closes=(0.6, 0.1),
    ),
    Story(
        "lone_debtor",
        "A household that takes all the credit it gets and does not pay.",
        by_crooks=True, people=(2, 4), targets=(2, 6), trades=("electronics", "clothes"), window=(20, 80),
        visits=(5, 3), reach=(0.7, 0.5), ticket=(1.6, 1.1), on_phones=(0.7, 0.2),
        bad=((0, 0), (0, 0), (0.6, 0.3)),
    ),
)  # fmt: skip
"""Crooks without a ring: in no table of truth, though a reviewer finds some of them."""
