-- The bank accounts a consumer pays from: how many, new, shared.
-- Kinds: consumer
-- Feature: funding_accounts_1d | accounts | 1 d | 0 | Bank accounts paid from.
-- Feature: funding_accounts_7d | accounts | 7 d | 0 | Bank accounts paid from.
-- Feature: funding_accounts_30d | accounts | 30 d | 0 | Bank accounts paid from.
-- Feature: funding_accounts_90d | accounts | 90 d | 0 | Bank accounts paid from.
-- Feature: funding_accounts | accounts | all | 0 | Bank accounts paid from.
-- Feature: new_funding_account_share_1d | share | 1 d | - | Bank accounts it had never paid from before, of those paid from.
-- Feature: new_funding_account_share_7d | share | 7 d | - | Bank accounts it had never paid from before, of those paid from.
-- Feature: new_funding_account_share_30d | share | 30 d | - | Bank accounts it had never paid from before, of those paid from.
-- Feature: new_funding_account_share_90d | share | 90 d | - | Bank accounts it had never paid from before, of those paid from.
-- Feature: fresh_funding_account_share | share | all | - | Bank accounts that nobody had paid from before it, of those paid from.
-- Feature: funding_account_top_share | share | all | - | Orders paid from the account with most orders.
-- Feature: funding_account_entropy | nats | all | - | Entropy of the orders over accounts.
-- Feature: most_sharers_of_funding_account | consumers | all | 0 | Most consumers who pay from one of its accounts.
-- Feature: shared_funding_account_share | share | all | - | Orders paid from accounts that other consumers use too.
-- Feature: payee_funding_share | share | all | - | Orders paid from accounts to which some partner is paid out.
SELECT
    pair.consumer AS code,
    count(*) FILTER (last_day < 1) AS funding_accounts_1d,
    count(*) FILTER (last_day < 7) AS funding_accounts_7d,
    count(*) FILTER (last_day < 30) AS funding_accounts_30d,
    count(*) FILTER (last_day < 90) AS funding_accounts_90d,
    count(*) AS funding_accounts,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (last_day < 1), 0) AS new_funding_account_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (last_day < 7), 0) AS new_funding_account_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (last_day < 30), 0) AS new_funding_account_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (last_day < 90), 0) AS new_funding_account_share_90d,
    count(*) FILTER (pair.first_at = seen.first_at) / count(*) AS fresh_funding_account_share,
    max(orders) / sum(orders) AS funding_account_top_share,
    greatest(ln(sum(orders)) - sum(nlogn(orders)) / 1000000 / sum(orders), 0) AS funding_account_entropy,
    max(payers) AS most_sharers_of_funding_account,
    coalesce(sum(orders) FILTER (payers > 1), 0) / sum(orders) AS shared_funding_account_share,
    coalesce(sum(orders) FILTER (partners > 0), 0) / sum(orders) AS payee_funding_share
FROM account_payers AS pair JOIN account_standing AS seen ON seen.account = pair.account
GROUP BY pair.consumer
