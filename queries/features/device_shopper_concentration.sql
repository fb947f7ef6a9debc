-- How a device's orders spread over consumers.
-- Kinds: device
-- Feature: shopper_entropy | nats | all | - | Entropy of the orders over consumers.
-- Feature: shopper_evenness | share | all | - | Evenness of the orders over consumers: 1 all alike; entropy over its largest possible value, unknown of one consumer.
-- Feature: shopper_top_share | share | all | - | Orders of the consumer with most orders.
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
    entropy(orders, number) AS shopper_entropy,
    evenness(orders, number) AS shopper_evenness,
    top_share(orders, number) AS shopper_top_share,
    gini(orders, number, before) AS shopper_gini
FROM ranked
GROUP BY code
