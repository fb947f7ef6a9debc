-- How often and how much went from one bank account to another; $currency is the main currency.
SELECT
    from_account,
    to_account,
    CAST(count(*) AS INTEGER) AS times,
    CAST(coalesce(sum(amount) FILTER (currency = $currency), 0) AS DOUBLE) AS amount,
    min("at") AS first_at,
    max("at") AS last_at
FROM transfers
GROUP BY from_account, to_account
ORDER BY from_account, to_account
