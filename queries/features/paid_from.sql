-- How often and how much a consumer paid from a bank account; $currency is the main currency.
SELECT
    consumer,
    bank_account,
    CAST(count(*) AS INTEGER) AS times,
    CAST(coalesce(sum(amount) FILTER (currency = $currency), 0) AS DOUBLE) AS amount,
    min(placed_at) AS first_at,
    max(placed_at) AS last_at
FROM orders
WHERE bank_account >= 0
GROUP BY consumer, bank_account
ORDER BY consumer, bank_account
