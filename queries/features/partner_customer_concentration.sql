-- How a partner's orders spread over its customers.
-- Kinds: partner
-- Feature: customer_entropy | nats | all | - | Entropy of the orders over customers.
-- Feature: customer_evenness | share | all | - | That entropy over its largest possible value; unknown of one customer.
-- Feature: customer_top_share | share | all | - | Orders of the customer with most.
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
    greatest(ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number), 0) AS customer_entropy,
    (ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number)) / nullif(ln(sum(number)), 0) AS customer_evenness,
    max(orders) / sum(orders * number) AS customer_top_share,
    2 * sum(orders * (number * before + number * (number + 1) // 2)) / (sum(number) * sum(orders * number)) - (sum(number) + 1) / sum(number) AS customer_gini
FROM ranked
GROUP BY code
