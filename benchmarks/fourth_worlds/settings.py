"""What differs from world to world for everybody in it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.fourth_worlds.dice import Dice


@dataclass(frozen=True)
class Settings:
    """Shares and chances of 1, spreads in natural logarithms."""

    foreign: float  # an order goes abroad
    export_sd: float  # how partners differ in what they sell abroad
    local: float  # an order stays in the city
    loyal: float  # an order goes to a favourite shop
    partner_size_sd: float
    consumer_activity_sd: float
    closing: float  # a partner closes within the window
    new_partners: float
    new_consumers: float
    refunded: float
    disputed: float
    defaulted: float
    no_device: float
    no_account: float
    sessions: float  # an order follows within hours of the one before
    households: float
    second_account: float
    season: float
    reviewed_partners: float
    reviewed_consumers: float
    fraud_size: float  # how large frauds are beside the honest custom
    common_logins: float  # how readily rings log in from common devices,
    common_accounts: float  # are paid out to common accounts
    common_straws: float  # and send the same straw buyers to several shops
    bad_luck: float
    owner_draws: float
    account_switch: float
    care_a: float  # of the beta distribution that carefulness follows
    care_b: float


def draw_settings(dice: Dice) -> Settings:
    """Drawn one by one."""
    draw = dice.uniform
    return Settings(
        foreign=draw(0.03, 0.25),
        export_sd=draw(0.7, 1.6),
        local=draw(0.2, 0.75),
        loyal=draw(0.25, 0.75),
        partner_size_sd=draw(0.9, 1.35),
        consumer_activity_sd=draw(0.8, 1.25),
        closing=draw(0.08, 0.2),
        new_partners=draw(0.3, 0.6),
        new_consumers=draw(0.3, 0.7),
        refunded=draw(0.03, 0.11),
        disputed=draw(0.005, 0.02),
        defaulted=draw(0.012, 0.05),
        no_device=draw(0.02, 0.15),
        no_account=draw(0.08, 0.4),
        sessions=draw(0.08, 0.35),
        households=draw(0.12, 0.4),
        second_account=draw(0.08, 0.3),
        season=draw(0.1, 0.6),
        reviewed_partners=draw(0.04, 0.12),
        reviewed_consumers=draw(0.003, 0.012),
        fraud_size=draw(0.5, 1.1),
        common_logins=draw(0.6, 1.1),
        common_accounts=draw(0.6, 1.1),
        common_straws=draw(0.75, 1.15),
        bad_luck=draw(0.07, 0.16),
        owner_draws=draw(0.3, 0.7),
        account_switch=draw(0.08, 0.25),
        care_a=draw(0.7, 1.5),
        care_b=draw(0.7, 1.5),
    )
