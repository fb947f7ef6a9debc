-- The accounts to which a partner is paid out: how many, new, shared, and where the money goes on to.
-- Kinds: partner
-- Feature: payout_accounts | accounts | all | 0 | Accounts to which it is paid out.
-- Feature: payout_accounts_90d | accounts | 90 d | 0 | Accounts to which it was paid out.
-- Feature: new_payout_accounts_90d | accounts | 90 d | 0 | Accounts to which it had never been paid out before.
-- Feature: last_new_payout_account_days | days | all | - | Days since it was first paid out to its newest account.
-- Feature: payout_top_share | share | all | - | Amount paid out to the account that gets most, as a part of all.
-- Feature: payout_entropy | nats | all | - | Entropy of the payouts over accounts.
-- Feature: payout_sharers | partners | all | 0 | Most partners that are paid out to one of its accounts.
-- Feature: shared_payout_share | share | all | - | Payouts to accounts to which other partners are paid out too.
-- Feature: payout_payers | consumers | all | 0 | Most consumers who pay for orders from one of its payout accounts.
-- Feature: payout_account_age | days | all | - | Mean age of an account at the first payout to it.
-- Feature: foreign_payout_share | share | all | - | Accounts in another country than the partner, of those with a known country.
-- Feature: forwarded_share | ratio | all | - | Transfers out of its payout accounts over what was paid out to it.
-- Feature: forwarded_30d_share | ratio | 30 d | - | Transfers out of its payout accounts in 30 days over what all of its payouts came to.
WITH sent AS (
    SELECT from_account AS account, sum(amount) AS sent, sum(amount) FILTER (day < 30) AS sent_30d
    FROM known_transfers
    GROUP BY from_account
)
SELECT
    pair.partner AS code,
    count(*) AS payout_accounts,
    count(*) FILTER (last_day < 90) AS payout_accounts_90d,
    count(*) FILTER (first_day < 90) AS new_payout_accounts_90d,
    min(first_day) AS last_new_payout_account_days,
    max(amount) / nullif(sum(amount), 0) AS payout_top_share,
    greatest(ln(sum(payouts)) - sum(nlogn(payouts)) / 1000000 / sum(payouts), 0) AS payout_entropy,
    max(partners) AS payout_sharers,
    coalesce(sum(payouts) FILTER (partners > 1), 0) / sum(payouts) AS shared_payout_share,
    max(payers) AS payout_payers,
    days(sum(pair.first_at - opened_at) / nullif(count(opened_at), 0)) AS payout_account_age,
    count(*) FILTER (nullif(known_accounts.country, '') <> nullif(known_partners.country, '')) / nullif(count(nullif(known_accounts.country, '') <> nullif(known_partners.country, '')), 0) AS foreign_payout_share,
    sum(sent) / nullif(sum(pair.amount), 0) AS forwarded_share,
    sum(sent_30d) / nullif(sum(pair.amount), 0) AS forwarded_30d_share
FROM payees AS pair
JOIN account_standing ON account_standing.account = pair.account
JOIN known_accounts ON known_accounts.code = pair.account
JOIN known_partners ON known_partners.code = pair.partner
LEFT JOIN sent ON sent.account = pair.account
GROUP BY pair.partner
