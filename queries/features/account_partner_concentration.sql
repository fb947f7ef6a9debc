-- How the orders that an account pays for spread over partners.
-- Kinds: bank_account
-- Feature: partner_entropy | nats | all | - | Entropy of the orders over partners.
-- Feature: partner_evenness | share | all | - | Evenness of the orders over partners: 1 all alike; entropy over its largest possible value, unknown of one partner.
-- Feature: partner_top_share | share | all | - | Orders at the partner with most orders.
-- Feature: partner_gini | share | all | - | Gini coefficient of the orders over partners: 0 all alike, near 1 one has all.
WITH sizes AS (
    SELECT account AS code, CAST(orders AS HUGEINT) AS orders, CAST(count(*) AS HUGEINT) AS number
    FROM account_partners
    GROUP BY code, orders
),
ranked AS (
    SELECT *, sum(number) OVER (PARTITION BY code ORDER BY orders) - number AS before FROM sizes
)
SELECT
    code,
    entropy(orders, number) AS partner_entropy,
    evenness(orders, number) AS partner_evenness,
    top_share(orders, number) AS partner_top_share,
    gini(orders, number, before) AS partner_gini
FROM ranked
GROUP BY code
