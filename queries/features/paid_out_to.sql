-- How often and how much a partner was paid out to a bank account; $currency is the main currency.
SELECT
    partner,
    bank_account,
    CAST(count(*) AS INTEGER) AS times,
    CAST(coalesce(sum(amount) FILTER (currency = $currency), 0) AS DOUBLE) AS amount,
    min(paid_at) AS first_at,
    max(paid_at) AS last_at
FROM payouts
GROUP BY partner, bank_account
ORDER BY partner, bank_account
