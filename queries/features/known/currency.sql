-- The main currency at $as_of: of most orders, else payouts, else transfers; of equals the first by alphabet.
CREATE TEMP TABLE main_currency AS
SELECT currency
FROM (
    SELECT 1 AS place, currency, count(*) AS times FROM orders WHERE placed_at <= $as_of GROUP BY currency
    UNION ALL
    SELECT 2, currency, count(*) FROM payouts WHERE paid_at <= $as_of GROUP BY currency
    UNION ALL
    SELECT 3, currency, count(*) FROM transfers WHERE "at" <= $as_of GROUP BY currency
)
ORDER BY place, times DESC, currency
LIMIT 1
