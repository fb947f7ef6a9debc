-- What a consumer ordered at a partner: counts, exact sums in the main currency, first and last moment.
-- Reads orders (a row an order, codes for ids); $currency is the main currency.
SELECT
    consumer,
    partner,
    CAST(count(*) AS INTEGER) AS orders,
    CAST(coalesce(sum(amount) FILTER (currency = $currency), 0) AS DOUBLE) AS amount,
    CAST(coalesce(
        sum(amount) FILTER (currency = $currency AND outcome IN ('refunded', 'disputed', 'defaulted')), 0
    ) AS DOUBLE) AS bad_amount,
    min(placed_at) AS first_at,
    max(placed_at) AS last_at,
    CAST(count(*) FILTER (outcome = 'refunded') AS INTEGER) AS refunded,
    CAST(count(*) FILTER (outcome = 'disputed') AS INTEGER) AS disputed,
    CAST(count(*) FILTER (outcome = 'defaulted') AS INTEGER) AS defaulted
FROM orders
GROUP BY consumer, partner
ORDER BY consumer, partner
