-- What orders cost, and against the other orders of the same category.
-- Kinds: partner, consumer, device, bank_account
-- Feature: price_mean | ln money | all | - | Mean ln amount of an order.
-- Feature: price_spread | ln money | all | - | Standard deviation of ln amount.
-- Feature: price_min | ln money | all | - | Ln amount of the smallest order.
-- Feature: price_max | ln money | all | - | Ln amount of the largest order.
-- Feature: category_z_mean | robust z | all | - | Mean robust z of ln amount within the category of the partner (median, 1.4826 MAD).
-- Feature: category_z_max | robust z | all | - | Largest robust z of ln amount within the category.
-- Feature: category_z_mean_30d | robust z | 30 d | - | Mean robust z of ln amount within the category.
-- Feature: dear_share | share | all | - | Orders more than 3.5 robust z above the median of the category.
-- Feature: cheap_share | share | all | - | Orders more than 3.5 robust z below the median of the category.
-- Feature: round_share | share | all | - | Orders of a whole multiple of ten.
-- Feature: price_trend | ln money | 90 d | - | Mean ln amount of the last 7 days less that of the last 90.
SELECT
    of_kind($kind, partner, consumer, device, account) AS code,
    sum(price) / nullif(count(price), 0) / 1000 AS price_mean,
    sqrt(greatest(count(price) * sum(CAST(price AS BIGINT) * price) - sum(price) * sum(price), 0)) / nullif(count(price), 0) / 1000 AS price_spread,
    min(price) / 1000 AS price_min,
    max(price) / 1000 AS price_max,
    sum(z) / nullif(count(z), 0) / 1000 AS category_z_mean,
    max(z) / 1000 AS category_z_max,
    sum(z) FILTER (day < 30) / nullif(count(z) FILTER (day < 30), 0) / 1000 AS category_z_mean_30d,
    count(*) FILTER (z > 3500) / nullif(count(z), 0) AS dear_share,
    count(*) FILTER (z < -3500) / nullif(count(z), 0) AS cheap_share,
    count(*) FILTER (amount % 10 = 0) / nullif(count(amount), 0) AS round_share,
    (sum(price) FILTER (day < 7) / nullif(count(price) FILTER (day < 7), 0) - sum(price) FILTER (day < 90) / nullif(count(price) FILTER (day < 90), 0)) / 1000 AS price_trend
FROM known_orders
WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
GROUP BY code
