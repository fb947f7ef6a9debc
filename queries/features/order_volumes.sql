-- How many orders, how much money and how fast they grow.
-- Kinds: partner, consumer, device, bank_account
-- Feature: orders_1d | orders | 1 d | 0 | Orders placed.
-- Feature: orders_7d | orders | 7 d | 0 | Orders placed.
-- Feature: orders_30d | orders | 30 d | 0 | Orders placed.
-- Feature: orders_90d | orders | 90 d | 0 | Orders placed.
-- Feature: orders | orders | all | 0 | Orders placed.
-- Feature: amount_1d | money | 1 d | 0 | Amount of the orders.
-- Feature: amount_7d | money | 7 d | 0 | Amount of the orders.
-- Feature: amount_30d | money | 30 d | 0 | Amount of the orders.
-- Feature: amount_90d | money | 90 d | 0 | Amount of the orders.
-- Feature: amount | money | all | 0 | Amount of the orders.
-- Feature: orders_1d_over_30d | ratio | 30 d | - | Orders of the last day over the daily mean of the last 30.
-- Feature: orders_7d_over_90d | ratio | 90 d | - | Orders a day of the last week over the daily mean of the last 90.
-- Feature: amount_7d_over_90d | ratio | 90 d | - | Amount a day of the last week over the daily mean of the last 90.
-- Feature: orders_30d_over_90d | ratio | 90 d | - | Orders a day of the last 30 days over the daily mean of the last 90.
-- Feature: first_order_days | days | all | - | Days since the first order.
-- Feature: last_order_days | days | all | - | Days since the last order.
-- Feature: other_currency_share | share | all | - | Orders in another than the main currency.
SELECT
    of_kind($kind, partner, consumer, device, account) AS code,
    count(*) FILTER (day < 1) AS orders_1d,
    count(*) FILTER (day < 7) AS orders_7d,
    count(*) FILTER (day < 30) AS orders_30d,
    count(*) FILTER (day < 90) AS orders_90d,
    count(*) AS orders,
    coalesce(sum(amount) FILTER (day < 1), 0) AS amount_1d,
    coalesce(sum(amount) FILTER (day < 7), 0) AS amount_7d,
    coalesce(sum(amount) FILTER (day < 30), 0) AS amount_30d,
    coalesce(sum(amount) FILTER (day < 90), 0) AS amount_90d,
    coalesce(sum(amount), 0) AS amount,
    30 * count(*) FILTER (day < 1) / nullif(count(*) FILTER (day < 30), 0) AS orders_1d_over_30d,
    90 * count(*) FILTER (day < 7) / nullif(7 * count(*) FILTER (day < 90), 0) AS orders_7d_over_90d,
    90 * coalesce(sum(amount) FILTER (day < 7), 0) / nullif(7 * sum(amount) FILTER (day < 90), 0) AS amount_7d_over_90d,
    3 * count(*) FILTER (day < 30) / nullif(count(*) FILTER (day < 90), 0) AS orders_30d_over_90d,
    days($as_of - min("at")) AS first_order_days,
    days($as_of - max("at")) AS last_order_days,
    (count(*) - count(amount)) / count(*) AS other_currency_share
FROM known_orders
WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
GROUP BY code
