-- What orders cost, and against the other orders of the same category.
-- Kinds: partner, consumer, device, bank_account
-- Feature: price_mean | ln money | all | - | Typical amount of an order; mean ln amount.
-- Feature: price_spread | ln money | all | - | Spread of the amounts of orders; standard deviation of ln amount.
-- Feature: price_min | ln money | all | - | Amount of the smallest order; ln amount.
-- Feature: price_max | ln money | all | - | Amount of the largest order; ln amount.
-- Feature: category_z_mean | robust z | all | - | Mean distance of the amounts of orders above the middle of the category; robust z of ln amount within the category of the partner (median, 1.4826 MAD).
-- Feature: category_z_max | robust z | all | - | Largest distance of the amount of an order above the middle of the category; robust z of ln amount.
-- Feature: category_z_mean_30d | robust z | 30 d | - | Mean distance of the amounts of orders above the middle of the category; robust z of ln amount.
-- Feature: dear_share | share | all | - | Orders far dearer than the category; more than 3.5 robust z above its median.
-- Feature: cheap_share | share | all | - | Orders far cheaper than the category; more than 3.5 robust z below its median.
-- Feature: round_share | share | all | - | Orders of a whole multiple of ten.
-- Feature: price_trend | ln money | 90 d | - | Typical amount of an order of the last 7 days against the last 90; difference of mean ln amount.
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
