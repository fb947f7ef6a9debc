-- How orders crowd on single days (of 24 hours, counted back from the moment).
-- Kinds: partner, consumer, device, bank_account
-- Feature: busiest_day | orders | all | 0 | Orders on the busiest day.
-- Feature: busiest_day_share | share | all | - | Orders on the busiest day, of all.
-- Feature: busiest_day_30d | orders | 30 d | 0 | Orders on the busiest day.
-- Feature: active_days_30d | days | 30 d | 0 | Days with an order.
-- Feature: active_days_90d | days | 90 d | 0 | Days with an order.
-- Feature: active_day_share | share | all | - | Days with an order, of those since the first.
-- Feature: day_dispersion | ratio | all | - | Variance over mean of the orders a day since the first.
-- Feature: busiest_bad_day | orders | all | 0 | Disputed and defaulted orders on the day on which most of them were placed.
-- Feature: busiest_amount_share | share | all | - | Amount of the dearest day as a part of all days'.
WITH days AS (
    SELECT
        of_kind($kind, partner, consumer, device, account) AS code,
        day,
        count(*) AS orders,
        count(*) FILTER (disputed OR defaulted) AS bad,
        sum(amount) AS amount
    FROM known_orders
    WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
    GROUP BY code, day
)
SELECT
    code,
    max(orders) AS busiest_day,
    max(orders) / sum(orders) AS busiest_day_share,
    coalesce(max(orders) FILTER (day < 30), 0) AS busiest_day_30d,
    count(*) FILTER (day < 30) AS active_days_30d,
    count(*) FILTER (day < 90) AS active_days_90d,
    count(*) / (max(day) + 1) AS active_day_share,
    sum(orders * orders) / sum(orders) - sum(orders) / (max(day) + 1) AS day_dispersion,
    max(bad) AS busiest_bad_day,
    max(amount) / nullif(sum(amount), 0) AS busiest_amount_share
FROM days
GROUP BY code
