-- The accounts that the transfers received come from.
-- Kinds: bank_account
-- Feature: received_accounts | accounts | all | 0 | Accounts that have sent it money.
-- Feature: received_accounts_30d | accounts | 30 d | 0 | Accounts that have sent it money.
-- Feature: new_received_accounts_30d | accounts | 30 d | 0 | Accounts that had never sent it money before.
-- Feature: received_top_share | share | all | - | Transfers received from the account that sends most.
-- Feature: received_entropy | nats | all | - | Entropy of the transfers received over accounts.
-- Feature: received_payee_share | share | all | - | Accounts to which some partner is paid out, of those that have sent it money.
-- Feature: received_payer_share | share | all | - | Accounts from which some consumer pays, of those that have sent it money.
SELECT
    to_account AS code,
    count(*) AS received_accounts,
    count(*) FILTER (last_day < 30) AS received_accounts_30d,
    count(*) FILTER (first_day < 30) AS new_received_accounts_30d,
    max(transfers) / sum(transfers) AS received_top_share,
    greatest(ln(sum(transfers)) - sum(nlogn(transfers)) / 1000000 / sum(transfers), 0) AS received_entropy,
    count(*) FILTER (partners > 0) / count(*) AS received_payee_share,
    count(*) FILTER (payers > 0) / count(*) AS received_payer_share
FROM transfer_pairs JOIN account_standing ON account = from_account
GROUP BY to_account
