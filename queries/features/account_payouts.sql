-- What partners are paid out to a bank account.
-- Kinds: bank_account
-- Feature: payouts_1d | payouts | 1 d | 0 | Payouts to it.
-- Feature: payouts_7d | payouts | 7 d | 0 | Payouts to it.
-- Feature: payouts_30d | payouts | 30 d | 0 | Payouts to it.
-- Feature: payouts_90d | payouts | 90 d | 0 | Payouts to it.
-- Feature: payouts | payouts | all | 0 | Payouts to it.
-- Feature: payout_amount_1d | money | 1 d | 0 | Amount paid out to it.
-- Feature: payout_amount_7d | money | 7 d | 0 | Amount paid out to it.
-- Feature: payout_amount_30d | money | 30 d | 0 | Amount paid out to it.
-- Feature: payout_amount_90d | money | 90 d | 0 | Amount paid out to it.
-- Feature: payout_amount | money | all | 0 | Amount paid out to it.
-- Feature: largest_payout_share | share | all | - | The largest payout as a part of all.
-- Feature: last_payout_days | days | all | - | Days since the last payout.
SELECT
    account AS code,
    count(*) FILTER (day < 1) AS payouts_1d,
    count(*) FILTER (day < 7) AS payouts_7d,
    count(*) FILTER (day < 30) AS payouts_30d,
    count(*) FILTER (day < 90) AS payouts_90d,
    count(*) AS payouts,
    coalesce(sum(amount) FILTER (day < 1), 0) AS payout_amount_1d,
    coalesce(sum(amount) FILTER (day < 7), 0) AS payout_amount_7d,
    coalesce(sum(amount) FILTER (day < 30), 0) AS payout_amount_30d,
    coalesce(sum(amount) FILTER (day < 90), 0) AS payout_amount_90d,
    coalesce(sum(amount), 0) AS payout_amount,
    max(amount) / nullif(sum(amount), 0) AS largest_payout_share,
    days($as_of - max("at")) AS last_payout_days
FROM known_payouts
GROUP BY account
