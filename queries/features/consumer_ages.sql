-- How old a consumer is and how it began.
-- Kinds: consumer
-- Feature: age_days | days | all | - | Days since the account was created.
-- Feature: start_days | days | all | - | Days from the creation of the account to the first order.
-- Feature: start_day_orders | orders | all | 0 | Orders in the 24 hours from the first on.
-- Feature: start_week_orders | orders | all | 0 | Orders in the 7 days from the first on.
-- Feature: start_week_share | share | all | - | Orders in the 7 days from the first on, of all.
-- Feature: shopping_days | days | all | - | Days from the first order to the last.
WITH trade AS (
    SELECT consumer AS code, min("at") AS first_at, max("at") AS last_at, count(*) AS orders
    FROM known_orders
    GROUP BY consumer
),
starts AS (
    SELECT
        consumer AS code,
        count(*) FILTER ("at" < first_at + 86400000) AS start_day_orders,
        count(*) FILTER ("at" < first_at + 604800000) AS start_week_orders
    FROM known_orders JOIN trade ON trade.code = consumer
    GROUP BY consumer
)
SELECT
    code,
    days($as_of - created_at) AS age_days,
    days(first_at - created_at) AS start_days,
    start_day_orders AS start_day_orders,
    start_week_orders AS start_week_orders,
    start_week_orders / orders AS start_week_share,
    days(last_at - first_at) AS shopping_days
FROM known_consumers
LEFT JOIN trade USING (code)
LEFT JOIN starts USING (code)
