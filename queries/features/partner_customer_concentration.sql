-- How a partner's orders spread over its customers.
-- Kinds: partner
-- Feature: customer_entropy | nats | all | - | Entropy of the orders over customers.
-- Feature: customer_evenness | share | all | - | Evenness of the orders over customers: 1 all alike; entropy over its largest possible value, unknown of one customer.
-- Feature: customer_top_share | share | all | - | Orders of the customer with most orders.
-- Feature: customer_gini | share | all | - | Gini coefficient of the orders over customers: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT partner AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM customers
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    entropy(orders, number) AS customer_entropy,
    evenness(orders, number) AS customer_evenness,
    top_share(orders, number) AS customer_top_share,
    gini(orders, number, before) AS customer_gini
FROM ranked
GROUP BY code
