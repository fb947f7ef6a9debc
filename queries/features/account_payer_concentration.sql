-- How the orders that an account pays for spread over consumers.
-- Kinds: bank_account
-- Feature: payer_entropy | nats | all | - | Entropy of the orders over consumers.
-- Feature: payer_evenness | share | all | - | That entropy over its largest possible value; unknown of one consumer.
-- Feature: payer_top_share | share | all | - | Orders of the consumer with most.
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
    greatest(ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number), 0) AS payer_entropy,
    (ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number)) / nullif(ln(sum(number)), 0) AS payer_evenness,
    max(orders) / sum(orders * number) AS payer_top_share,
    2 * sum(orders * (number * before + number * (number + 1) // 2)) / (sum(number) * sum(orders * number)) - (sum(number) + 1) / sum(number) AS payer_gini
FROM ranked
GROUP BY code
