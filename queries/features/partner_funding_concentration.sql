-- How a partner's orders spread over the bank accounts that pay for them.
-- Kinds: partner
-- Feature: funding_entropy | nats | all | - | Entropy of the orders over accounts.
-- Feature: funding_evenness | share | all | - | That entropy over its largest possible value; unknown of one account.
-- Feature: funding_top_share | share | all | - | Orders of the account with most.
-- Feature: funding_gini | share | all | - | Gini coefficient of the orders over accounts: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT partner AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM account_partners
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    greatest(ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number), 0) AS funding_entropy,
    (ln(sum(orders * number)) - sum(number * nlogn(orders)) / 1000000 / sum(orders * number)) / nullif(ln(sum(number)), 0) AS funding_evenness,
    max(orders) / sum(orders * number) AS funding_top_share,
    2 * sum(orders * (number * before + number * (number + 1) // 2)) / (sum(number) * sum(orders * number)) - (sum(number) + 1) / sum(number) AS funding_gini
FROM ranked
GROUP BY code
