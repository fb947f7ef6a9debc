-- The accounts that the transfers sent go to.
-- Kinds: bank_account
-- Feature: sent_accounts | accounts | all | 0 | Accounts to which it has sent money.
-- Feature: sent_accounts_30d | accounts | 30 d | 0 | Accounts to which it has sent money.
-- Feature: new_sent_accounts_30d | accounts | 30 d | 0 | Accounts to which it had never sent money before.
-- Feature: sent_top_share | share | all | - | Transfers sent to the account that gets most.
-- Feature: sent_entropy | nats | all | - | Entropy of the transfers sent over accounts.
-- Feature: sent_payee_share | share | all | - | Accounts to which some partner is paid out, of those to which it has sent money.
-- Feature: sent_payer_share | share | all | - | Accounts from which some consumer pays, of those to which it has sent money.
SELECT
    from_account AS code,
    count(*) AS sent_accounts,
    count(*) FILTER (last_day < 30) AS sent_accounts_30d,
    count(*) FILTER (first_day < 30) AS new_sent_accounts_30d,
    max(transfers) / sum(transfers) AS sent_top_share,
    greatest(ln(sum(transfers)) - sum(nlogn(transfers)) / 1000000 / sum(transfers), 0) AS sent_entropy,
    count(*) FILTER (partners > 0) / count(*) AS sent_payee_share,
    count(*) FILTER (payers > 0) / count(*) AS sent_payer_share
FROM transfer_pairs JOIN account_standing ON account = to_account
GROUP BY from_account
