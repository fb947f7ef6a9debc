-- How a device's orders spread over consumers.
-- Kinds: device
-- Feature: shopper_entropy | nats | all | - | Entropy of the orders over consumers.
-- Feature: shopper_evenness | share | all | - | That entropy over its largest possible value; unknown of one consumer.
-- Feature: shopper_top_share | share | all | - | Orders of the consumer with most.
-- Feature: shopper_gini | share | all | - | Gini coefficient of the orders over consumers: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT device AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM device_shoppers
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    greatest(ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number), 0) AS shopper_entropy,
    (ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number)) / nullif(ln(sum(number)), 0) AS shopper_evenness,
    max(orders) / sum(orders * number) AS shopper_top_share,
    2 * sum(orders * (number * before + number * (number + 1) // 2)) / (sum(number) * sum(orders * number)) - (sum(number) + 1) / sum(number) AS shopper_gini
FROM ranked
GROUP BY code
