-- How a partner's orders spread over the devices they come from.
-- Kinds: partner
-- Feature: device_entropy | nats | all | - | Entropy of the orders over devices.
-- Feature: device_evenness | share | all | - | Evenness of the orders over devices: 1 all alike; entropy over its largest possible value, unknown of one device.
-- Feature: device_top_share | share | all | - | Orders from the device with most orders.
-- Feature: device_gini | share | all | - | Gini coefficient of the orders over devices: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT partner AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM device_partners
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    entropy(orders, number) AS device_entropy,
    evenness(orders, number) AS device_evenness,
    top_share(orders, number) AS device_top_share,
    gini(orders, number, before) AS device_gini
FROM ranked
GROUP BY code
