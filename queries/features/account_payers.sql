-- Who pays for orders from a bank account: how many, how new, how good.
-- Kinds: bank_account
-- Feature: payers_1d | consumers | 1 d | 0 | Consumers who pay for orders from it.
-- Feature: payers_7d | consumers | 7 d | 0 | Consumers who pay for orders from it.
-- Feature: payers_30d | consumers | 30 d | 0 | Consumers who pay for orders from it.
-- Feature: payers_90d | consumers | 90 d | 0 | Consumers who pay for orders from it.
-- Feature: payers | consumers | all | 0 | Consumers who pay for orders from it.
-- Feature: new_payer_share_1d | share | 1 d | - | Consumers new to it, of those who paid from it.
-- Feature: new_payer_share_7d | share | 7 d | - | Consumers new to it, of those who paid from it.
-- Feature: new_payer_share_30d | share | 30 d | - | Consumers new to it, of those who paid from it.
-- Feature: new_payer_share_90d | share | 90 d | - | Consumers new to it, of those who paid from it.
-- Feature: first_time_payer_share | share | all | - | Consumers whose first order anywhere was with it, of those who pay from it.
-- Feature: payer_partners | partners | all | - | Mean number of partners at which those who pay from it order.
-- Feature: payer_age | days | all | - | Mean age of the consumer accounts of those who pay from it at the first order with it.
-- Feature: young_payer_share | share | all | - | Consumers whose account was less than 7 days old at the first order with it.
-- Feature: payer_countries | countries | all | 0 | Countries that those who pay from it come from.
-- Feature: payer_bad_share | share | all | - | Disputes and defaults among all known outcomes of those who pay from it.
-- Feature: payer_arrival_days | days | all | - | Days from the first consumer's first order with it to the newest consumer's.
SELECT
    account AS code,
    count(*) FILTER (pair.last_day < 1) AS payers_1d,
    count(*) FILTER (pair.last_day < 7) AS payers_7d,
    count(*) FILTER (pair.last_day < 30) AS payers_30d,
    count(*) FILTER (pair.last_day < 90) AS payers_90d,
    count(*) AS payers,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (pair.last_day < 1), 0) AS new_payer_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (pair.last_day < 7), 0) AS new_payer_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (pair.last_day < 30), 0) AS new_payer_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (pair.last_day < 90), 0) AS new_payer_share_90d,
    count(*) FILTER (pair.first_at = shoppers.first_at) / count(*) AS first_time_payer_share,
    sum(shoppers.partners) / count(*) AS payer_partners,
    days(sum(pair.first_at - created_at) / nullif(count(created_at), 0)) AS payer_age,
    count(*) FILTER (pair.first_at - created_at < 604800000) / nullif(count(created_at), 0) AS young_payer_share,
    count(DISTINCT nullif(country, '')) AS payer_countries,
    sum(shoppers.bad) / nullif(sum(shoppers.settled), 0) AS payer_bad_share,
    days(max(pair.first_at) - min(pair.first_at)) AS payer_arrival_days
FROM account_payers AS pair
JOIN shoppers ON shoppers.consumer = pair.consumer
JOIN known_consumers ON known_consumers.code = pair.consumer
GROUP BY account
