-- How old a partner is and how it began.
-- Kinds: partner
-- Feature: age_days | days | all | - | Days since onboarding.
-- Feature: closed | flag | all | 0 | 1 if it has closed.
-- Feature: closed_days | days | all | - | Days since it closed.
-- Feature: start_days | days | all | - | Days from onboarding to the first order.
-- Feature: start_week_orders | orders | all | 0 | Orders in the first 7 days of trade.
-- Feature: start_week_share | share | all | - | Orders in the first 7 days of trade, of all.
-- Feature: payout_start_days | days | all | - | Days from the first order to the first payout.
-- Feature: trading_share | share | all | - | Time from the first order to the last as a part of the age.
-- Feature: category_partners | partners | all | 0 | Partners of its category.
WITH trade AS (
    SELECT partner AS code, min("at") AS first_at, max("at") AS last_at, count(*) AS orders
    FROM known_orders
    GROUP BY partner
),
starts AS (
    SELECT partner AS code, count(*) AS start_orders
    FROM known_orders JOIN trade ON trade.code = partner
    WHERE "at" < first_at + 604800000
    GROUP BY partner
),
paid AS (
    SELECT partner AS code, min(first_at) AS first_payout_at FROM payees GROUP BY partner
),
peers AS (
    SELECT category, count(*) AS category_partners
    FROM known_partners
    WHERE category <> ''
    GROUP BY category
)
SELECT
    code,
    days($as_of - onboarded_at) AS age_days,
    CAST(closed_at IS NOT NULL AS INTEGER) AS closed,
    days($as_of - closed_at) AS closed_days,
    days(first_at - onboarded_at) AS start_days,
    start_orders AS start_week_orders,
    start_orders / orders AS start_week_share,
    days(first_payout_at - first_at) AS payout_start_days,
    (last_at - first_at) / nullif($as_of - onboarded_at, 0) AS trading_share,
    category_partners AS category_partners
FROM known_partners
LEFT JOIN trade USING (code)
LEFT JOIN starts USING (code)
LEFT JOIN paid USING (code)
LEFT JOIN peers USING (category)
