-- Which partners log in from a device.
-- Kinds: device
-- Feature: operators | partners | all | 0 | Partners that log in from it.
-- Feature: operators_30d | partners | 30 d | 0 | Partners that logged in from it.
-- Feature: new_operators_30d | partners | 30 d | 0 | Partners that had never logged in from it before.
-- Feature: new_operators_90d | partners | 90 d | 0 | Partners that had never logged in from it before.
-- Feature: operator_top_share | share | all | - | Logins of the partner with most logins.
-- Feature: operator_entropy | nats | all | - | Entropy of the logins over partners.
-- Feature: operator_age | days | all | - | Mean days from the onboarding of a partner to its first login from it.
-- Feature: operator_bad_share | share | all | - | Disputes and defaults among all known outcomes of the partners that log in from it.
SELECT
    device AS code,
    count(*) AS operators,
    count(*) FILTER (last_day < 30) AS operators_30d,
    count(*) FILTER (first_day < 30) AS new_operators_30d,
    count(*) FILTER (first_day < 90) AS new_operators_90d,
    max(logins) / sum(logins) AS operator_top_share,
    greatest(ln(sum(logins)) - sum(nlogn(logins)) / 1000000 / sum(logins), 0) AS operator_entropy,
    days(sum(first_at - onboarded_at) / nullif(count(onboarded_at), 0)) AS operator_age,
    coalesce(sum(bad), 0) / nullif(sum(settled), 0) AS operator_bad_share
FROM tills
JOIN known_partners ON known_partners.code = tills.partner
LEFT JOIN sellers ON sellers.partner = tills.partner
GROUP BY device
