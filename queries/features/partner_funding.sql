-- The bank accounts that pay for a partner's orders: how new, how shared, whose.
-- Kinds: partner
-- Feature: funding_accounts_1d | accounts | 1 d | 0 | Bank accounts that paid for orders.
-- Feature: funding_accounts_7d | accounts | 7 d | 0 | Bank accounts that paid for orders.
-- Feature: funding_accounts_30d | accounts | 30 d | 0 | Bank accounts that paid for orders.
-- Feature: funding_accounts_90d | accounts | 90 d | 0 | Bank accounts that paid for orders.
-- Feature: new_funding_share_1d | share | 1 d | - | Bank accounts never seen anywhere before, of those that paid for orders.
-- Feature: new_funding_share_7d | share | 7 d | - | Bank accounts never seen anywhere before, of those that paid for orders.
-- Feature: new_funding_share_30d | share | 30 d | - | Bank accounts never seen anywhere before, of those that paid for orders.
-- Feature: new_funding_share_90d | share | 90 d | - | Bank accounts never seen anywhere before, of those that paid for orders.
-- Feature: shared_funding_share | share | all | - | Orders paid from accounts that several consumers pay from.
-- Feature: most_payers_on_account | consumers | all | 0 | Most consumers on one of its customers' accounts.
-- Feature: payee_funding_share | share | all | - | Orders paid from accounts to which some partner is paid out.
-- Feature: own_funding_share | share | all | - | Orders paid from accounts to which this partner itself is paid out.
SELECT
    pair.partner AS code,
    count(*) FILTER (last_day < 1) AS funding_accounts_1d,
    count(*) FILTER (last_day < 7) AS funding_accounts_7d,
    count(*) FILTER (last_day < 30) AS funding_accounts_30d,
    count(*) FILTER (last_day < 90) AS funding_accounts_90d,
    count(*) FILTER (first_day < 1 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 1), 0) AS new_funding_share_1d,
    count(*) FILTER (first_day < 7 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 7), 0) AS new_funding_share_7d,
    count(*) FILTER (first_day < 30 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 30), 0) AS new_funding_share_30d,
    count(*) FILTER (first_day < 90 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 90), 0) AS new_funding_share_90d,
    coalesce(sum(orders) FILTER (payers > 1), 0) / sum(orders) AS shared_funding_share,
    max(payers) AS most_payers_on_account,
    coalesce(sum(orders) FILTER (partners > 0), 0) / sum(orders) AS payee_funding_share,
    coalesce(sum(orders) FILTER (own), 0) / sum(orders) AS own_funding_share
FROM account_partners AS pair
JOIN account_standing AS seen ON seen.account = pair.account
LEFT JOIN (SELECT partner, account, true AS own FROM payees) AS payee
    ON payee.partner = pair.partner AND payee.account = pair.account
GROUP BY code
