-- The bank accounts that pay for the orders from a device.
-- Kinds: device
-- Feature: accounts | accounts | all | 0 | Bank accounts that pay for the orders from it.
-- Feature: accounts_30d | accounts | 30 d | 0 | Bank accounts that paid for the orders from it.
-- Feature: new_accounts_30d | accounts | 30 d | 0 | Bank accounts that had never paid for an order from it before.
-- Feature: account_top_share | share | all | - | Orders paid from the account with most orders, of those paid from one.
-- Feature: most_payers | consumers | all | 0 | Most consumers who pay from one of the accounts that pay for the orders from it.
WITH pairs AS (
    SELECT device, account, count(*) AS orders, min(day) AS last_day, max(day) AS first_day
    FROM known_orders
    WHERE device IS NOT NULL AND account IS NOT NULL
    GROUP BY device, account
)
SELECT
    device AS code,
    count(*) AS accounts,
    count(*) FILTER (last_day < 30) AS accounts_30d,
    count(*) FILTER (first_day < 30) AS new_accounts_30d,
    max(orders) / sum(orders) AS account_top_share,
    max(payers) AS most_payers
FROM pairs JOIN account_standing USING (account)
GROUP BY device
