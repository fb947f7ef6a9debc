-- Which partners are paid out to a bank account.
-- Kinds: bank_account
-- Feature: payees | partners | all | 0 | Partners that are paid out to it.
-- Feature: payees_90d | partners | 90 d | 0 | Partners that were paid out to it.
-- Feature: new_payees_90d | partners | 90 d | 0 | Partners that had never been paid out to it before.
-- Feature: payee_top_share | share | all | - | Amount paid out for the partner with most, as a part of all.
-- Feature: payee_entropy | nats | all | - | Entropy of the payouts over partners.
-- Feature: payee_age | days | all | - | Mean days from the onboarding of a partner to its first payout to it.
-- Feature: payee_bad_share | share | all | - | Disputes and defaults among all known outcomes of the partners that are paid out to it.
SELECT
    account AS code,
    count(*) AS payees,
    count(*) FILTER (last_day < 90) AS payees_90d,
    count(*) FILTER (first_day < 90) AS new_payees_90d,
    max(payees.amount) / nullif(sum(payees.amount), 0) AS payee_top_share,
    greatest(ln(sum(payouts)) - sum(nlogn(payouts)) / 1000000 / sum(payouts), 0) AS payee_entropy,
    days(sum(first_at - onboarded_at) / nullif(count(onboarded_at), 0)) AS payee_age,
    coalesce(sum(bad), 0) / nullif(sum(settled), 0) AS payee_bad_share
FROM payees
JOIN known_partners ON known_partners.code = payees.partner
LEFT JOIN sellers ON sellers.partner = payees.partner
GROUP BY account
