-- How a partner's orders spread over the bank accounts that pay for them.
-- Kinds: partner
-- Feature: funding_entropy | nats | all | - | Entropy of the orders over accounts.
-- Feature: funding_evenness | share | all | - | Evenness of the orders over accounts: 1 all alike; entropy over its largest possible value, unknown of one account.
-- Feature: funding_top_share | share | all | - | Orders paid from the account with most orders.
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
    entropy(orders, number) AS funding_entropy,
    evenness(orders, number) AS funding_evenness,
    top_share(orders, number) AS funding_top_share,
    gini(orders, number, before) AS funding_gini
FROM ranked
GROUP BY code
