"""Every kind of ring and every kind of honest group, by name, with what it does."""

from __future__ import annotations

from typing import Final

OF_SHOPS: Final = {
    "bust_out": "Shops build trust, raise their tickets through straw customers, burn and vanish.",
    "shell_network": "Shops without goods trade with themselves; the money goes round to the buyers.",
    "phoenix": "A shop dies owing its customers and comes back under other papers, again and again.",
    "collusive_merchants": "Merchants sell nothing to a circle that never pays, and share what is advanced.",
    "transaction_laundering": "Fronts take the payments of one trade that must not be seen.",
    "invoice_factoring": "Invoices on invented debtors are sold, the first ones paid with the later ones.",
    "insider_refunds": "Somebody inside approves refunds at friendly shops to friendly customers.",
    "shelf_shops": "Dormant shops with a good past are bought, and burnt with stolen identities.",
    "presale_fraud": "Shops sell ahead what they never send; shills make the first weeks look good.",
    "chargeback_collusion": "Shops and customers let the bank take back what the shop has already passed on.",
    "triangulation": "Shops fill the orders of honest customers with goods bought on stolen credit.",
    "incentive_abuse": "Shops fake new customers for the bonus and take the goods back.",
}
"""Rings with at least two partners."""

OF_PEOPLE: Final = {
    "credit_abuse": "Made-up people pay small orders, and stop when their limits are high.",
    "refund_abuse": "A crew has the money returned, and keeps the goods.",
    "stolen_identities": "Goods are bought in the names of robbed people and sold on.",
    "account_takeover": "Old accounts are taken over; a few drops receive the goods.",
    "mule_network": "Money that others lost passes from account to account, some of it as purchases.",
    "straw_borrowers": "A recruiter pays real people to buy phones on credit and to leave the debt.",
    "gift_card_cash_out": "Gift cards are bought on credit in bursts and turned into cash.",
    "promotion_abuse": "One household's worth of people with many names lives on welcome offers.",
}
"""Rings with consumers alone."""

HONEST_SHOPS: Final = {
    "franchise": "Shops of one brand under many owners, with a head office that helps and takes its fee.",
    "branches": "Shops of one owner with one purse.",
    "book_keeper": "Clients whose accounts one book-keeper keeps.",
    "facilitator": "Small shops paid out to the account of their payment facilitator.",
    "payment_agent": "Shops whose money an agent receives and passes on.",
    "factoring": "Shops that have sold their invoices to one factor.",
    "co_working": "Founders at the same desks.",
    "mall": "Neighbours whose customers go from one to the next, paying at shared terminals.",
    "relaunch": "A shop closes, and its owner opens another one.",
    "heirs": "A shop passes to the children, who run it on.",
    "insolvency": "Insolvent shops under one administrator, with customers who are owed.",
    "robbed_shops": "Shops that thieves like.",
    "migration": "Shops that move to another platform in the same week.",
    "web_agency": "Shops run by one agency.",
    "stalls": "Stalls that are there for a season, under one organiser.",
    "flash_sale": "Shops that sell for a day, and take a lot back.",
    "influencer_drop": "Followers who buy what they are shown, at once.",
    "holding": "Firms that pool their cash.",
    "barter_club": "Firms that buy from one another.",
    "support_desk": "Shops helped by one desk of the platform.",
    "supplier_failure": "Shops whose one supplier did not deliver.",
}
"""Look-alikes that hold partners."""

HONEST_PEOPLE: Final = {
    "family": "A family with one tablet and one purse.",
    "dormitory": "Students who moved in together, with one computer room.",
    "hostel": "Travellers at one terminal.",
    "resold_phones": "People with phones of the same dealer.",
    "carers": "A carer who orders for those who cannot.",
    "purchasers": "Employees who order with the firm's account.",
    "hobby_club": "Friends who order together and settle up.",
    "laid_off": "People who worked at the same place and lost the work.",
    "fussy_friends": "Friends who try much on and send much back.",
    "charity_cards": "People who pay from the account of a charity.",
    "internet_cafe": "Guests of a café.",
    "loyal_club": "Members who buy at the same few shops, always.",
}
"""Look-alikes of consumers alone."""
