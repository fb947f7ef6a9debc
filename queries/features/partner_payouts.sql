-- How often and how much a partner is paid out, against what it sells.
-- Kinds: partner
-- Feature: payouts_1d | payouts | 1 d | 0 | Payouts received.
-- Feature: payouts_7d | payouts | 7 d | 0 | Payouts received.
-- Feature: payouts_30d | payouts | 30 d | 0 | Payouts received.
-- Feature: payouts_90d | payouts | 90 d | 0 | Payouts received.
-- Feature: payout_amount_1d | money | 1 d | 0 | Amount paid out.
-- Feature: payout_amount_7d | money | 7 d | 0 | Amount paid out.
-- Feature: payout_amount_30d | money | 30 d | 0 | Amount paid out.
-- Feature: payout_amount_90d | money | 90 d | 0 | Amount paid out.
-- Feature: payouts | payouts | all | 0 | Payouts received.
-- Feature: payout_over_sales_30d | ratio | 30 d | - | Amount paid out over the amount of orders.
-- Feature: payout_over_sales | ratio | all | - | Amount paid out over the amount of orders.
-- Feature: largest_payout_share | share | all | - | The largest payout as a part of all.
-- Feature: last_payout_days | days | all | - | Days since the last payout.
-- Feature: round_payout_share | share | all | - | Payouts of a whole multiple of ten.
WITH sales AS (
    SELECT partner, sum(amount) AS sold, sum(amount) FILTER (day < 30) AS sold_30d
    FROM known_orders
    GROUP BY partner
)
SELECT
    known_payouts.partner AS code,
    count(*) FILTER (day < 1) AS payouts_1d,
    count(*) FILTER (day < 7) AS payouts_7d,
    count(*) FILTER (day < 30) AS payouts_30d,
    count(*) FILTER (day < 90) AS payouts_90d,
    coalesce(sum(amount) FILTER (day < 1), 0) AS payout_amount_1d,
    coalesce(sum(amount) FILTER (day < 7), 0) AS payout_amount_7d,
    coalesce(sum(amount) FILTER (day < 30), 0) AS payout_amount_30d,
    coalesce(sum(amount) FILTER (day < 90), 0) AS payout_amount_90d,
    count(*) AS payouts,
    coalesce(sum(amount) FILTER (day < 30), 0) / nullif(any_value(sold_30d), 0) AS payout_over_sales_30d,
    sum(amount) / nullif(any_value(sold), 0) AS payout_over_sales,
    max(amount) / nullif(sum(amount), 0) AS largest_payout_share,
    min($as_of - "at") / 86400000 AS last_payout_days,
    count(*) FILTER (amount % 10 = 0) / nullif(count(amount), 0) AS round_payout_share
FROM known_payouts LEFT JOIN sales ON sales.partner = known_payouts.partner
GROUP BY code
