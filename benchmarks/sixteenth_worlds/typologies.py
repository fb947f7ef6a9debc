"""The kinds of rings and of honest groups of these worlds, and how large each grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    """How many shops and people a party has, from least to most, and in one sentence what it does."""

    shops: tuple[int, int]
    people: tuple[int, int]
    what: str


OF_SHOPS: Final = {
    "bust_out": Size((2, 12), (8, 40), "shops that behave, then sell a lot on credit in a rush and vanish"),
    "mule_chain": Size((2, 8), (6, 30), "takings of stolen cards that run down a chain of borrowed accounts"),
    "phoenix": Size(
        (2, 6), (4, 16), "a shop that dies in debt and rises under another name, again and again"
    ),
    "collusive_merchants": Size((2, 10), (8, 40), "shops and buyers who share instalments that no one pays"),
    "laundering": Size((3, 12), (6, 30), "dirty money that buys at several shops and comes back as takings"),
    "shell_shops": Size(
        (3, 12), (5, 25), "shops of paper, with next to no custom but that of their own people"
    ),
    "triangulation": Size(
        (2, 6), (4, 18), "sellers who fill true orders from honest shops with stolen cards"
    ),
    "takeover": Size(
        (2, 10), (4, 25), "shops whose log-ins were stolen and whose payouts were led elsewhere"
    ),
    "fake_couriers": Size((3, 12), (5, 30), "riders paid for deliveries that no one made"),
    "carousel": Size((3, 8), (4, 14), "owners who buy from each other in a circle, on credit"),
    "card_cashout": Size((2, 7), (8, 40), "ticket and travel agents who sell to stolen cards"),
    "payout_float": Size((2, 9), (5, 25), "gig work paid out today and called off tomorrow"),
    "brushing": Size(
        (2, 9), (8, 40), "bought praise: sales to one's own people, then bad goods to all others"
    ),
}
"""Rings with at least two partners."""

OF_PEOPLE: Final = {
    "credit_abuse": Size((0, 0), (6, 40), "made-up identities that pay small sums, then owe large ones"),
    "refund_abuse": Size((0, 0), (5, 30), "people who send back empty boxes for one organiser"),
    "promo_abuse": Size((0, 0), (8, 40), "many accounts of a few hands that eat up offers to newcomers"),
    "device_farm": Size((0, 0), (8, 40), "a rack of phones behind a herd of accounts"),
    "friendly_fraud": Size((0, 0), (4, 20), "a circle that disputes what it received"),
    "mule_herd": Size((0, 0), (6, 30), "accounts for hire that pass on what stolen cards bring"),
}
"""Rings of consumers alone."""

HONEST_SHOPS: Final = {
    "franchise": Size((3, 10), (0, 0), "one brand, one head office"),
    "family_shops": Size((2, 4), (4, 10), "siblings with a shop each, and cousins who buy there"),
    "bookkeeper": Size((4, 14), (0, 0), "a bookkeeper who looks into the books of many"),
    "facilitator": Size((4, 12), (0, 0), "takings that a payment facilitator gathers and hands on"),
    "factoring": Size((3, 9), (0, 0), "takings sold to a factor"),
    "coworking": Size((3, 8), (0, 0), "start-ups around one table with one old desktop"),
    "mall": Size((4, 10), (10, 40), "shops under one roof, and those who stroll through"),
    "shared_terminal": Size((2, 5), (5, 25), "stands that share a till, at which their guests order"),
    "relaunch": Size((2, 3), (4, 12), "a shop that moves, and opens again under a new contract"),
    "insolvency": Size((2, 4), (0, 0), "a trader who fails honestly, and the administrator"),
    "robbed_shops": Size((2, 6), (0, 0), "shops that thieves, each for himself, like to visit"),
    "flash_sale": Size((3, 8), (10, 40), "one day of bargains, and what is sent back after"),
    "migration": Size((5, 14), (0, 0), "shops moved to the platform on one day by one integrator"),
    "changed_hands": Size((2, 4), (0, 0), "shops sold to a new owner who runs others"),
    "courier_tablet": Size((3, 9), (0, 0), "riders of a depot with one tablet"),
    "returns_hub": Size((4, 12), (6, 25), "sellers who leave stock and returns to one warehouse"),
    "dark_kitchen": Size((2, 6), (6, 25), "one stove, several brands"),
    "cancelled_event": Size((2, 6), (10, 40), "agents whose concert was called off"),
    "market_stalls": Size((3, 10), (6, 30), "a weekly market with a treasurer"),
    "cooperative": Size((4, 10), (4, 12), "growers who are paid into one purse and share it out"),
    "holding": Size((2, 6), (0, 0), "companies of one owner that lend to each other in a circle"),
    "gig_team": Size((3, 8), (3, 8), "gig workers who are paid into their foreman's or family's account"),
    "neighbours_trade": Size((3, 7), (3, 7), "owners who buy at each other's shops"),
}
"""Honest groups that have shops."""

HONEST_PEOPLE: Final = {
    "family": Size((0, 0), (4, 7), "one tablet, one card"),
    "dormitory": Size((0, 0), (8, 30), "students at the same desks, short of money at the end of term"),
    "resold_phones": Size((0, 0), (4, 12), "phones bought second-hand"),
    "company_card": Size((0, 0), (5, 20), "colleagues who travel on one account"),
    "internet_cafe": Size((0, 0), (8, 40), "guests at public desktops"),
    "deal_hunters": Size((0, 0), (8, 40), "a forum that buys, compares and sends back"),
    "savings_circle": Size((0, 0), (5, 14), "neighbours whose savings go round"),
    "plant_closure": Size((0, 0), (8, 35), "colleagues who lost their work and cannot pay"),
}
"""Honest groups of consumers alone."""
