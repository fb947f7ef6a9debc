-- How the orders that an account pays for spread over consumers.
-- Kinds: bank_account
-- Feature: payer_entropy | nats | all | - | Entropy of the orders over consumers.
-- Feature: payer_evenness | share | all | - | Evenness of the orders over consumers: 1 all alike; entropy over its largest possible value, unknown of one consumer.
-- Feature: payer_top_share | share | all | - | Orders of the consumer with most orders.
-- Feature: payer_gini | share | all | - | Gini coefficient of the orders over consumers: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT account AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM account_payers
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    entropy(orders, number) AS payer_entropy,
    evenness(orders, number) AS payer_evenness,
    top_share(orders, number) AS payer_top_share,
    gini(orders, number, before) AS payer_gini
FROM ranked
GROUP BY code
