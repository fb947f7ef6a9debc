-- Who orders from a device: how many, how new, how good.
-- Kinds: device
-- Feature: shoppers_1d | consumers | 1 d | 0 | Consumers who order from it.
-- Feature: shoppers_7d | consumers | 7 d | 0 | Consumers who order from it.
-- Feature: shoppers_30d | consumers | 30 d | 0 | Consumers who order from it.
-- Feature: shoppers_90d | consumers | 90 d | 0 | Consumers who order from it.
-- Feature: shoppers | consumers | all | 0 | Consumers who order from it.
-- Feature: new_shopper_share_1d | share | 1 d | - | Consumers new to it, of those who ordered from it.
-- Feature: new_shopper_share_7d | share | 7 d | - | Consumers new to it, of those who ordered from it.
-- Feature: new_shopper_share_30d | share | 30 d | - | Consumers new to it, of those who ordered from it.
-- Feature: new_shopper_share_90d | share | 90 d | - | Consumers new to it, of those who ordered from it.
-- Feature: first_time_shopper_share | share | all | - | Consumers whose first order anywhere was with it, of those who order from it.
-- Feature: shopper_partners | partners | all | - | Mean number of partners at which those who order from it order.
-- Feature: shopper_age | days | all | - | Mean age of the consumer accounts of those who order from it at the first order with it.
-- Feature: young_shopper_share | share | all | - | Consumers whose account was less than 7 days old at the first order with it.
-- Feature: shopper_countries | countries | all | 0 | Countries that those who order from it come from.
-- Feature: shopper_bad_share | share | all | - | Disputes and defaults among all known outcomes of those who order from it.
-- Feature: shopper_arrival_days | days | all | - | Days from the first consumer's first order with it to the newest consumer's.
SELECT
    device AS code,
    count(*) FILTER (pair.last_day < 1) AS shoppers_1d,
    count(*) FILTER (pair.last_day < 7) AS shoppers_7d,
    count(*) FILTER (pair.last_day < 30) AS shoppers_30d,
    count(*) FILTER (pair.last_day < 90) AS shoppers_90d,
    count(*) AS shoppers,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (pair.last_day < 1), 0) AS new_shopper_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (pair.last_day < 7), 0) AS new_shopper_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (pair.last_day < 30), 0) AS new_shopper_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (pair.last_day < 90), 0) AS new_shopper_share_90d,
    count(*) FILTER (pair.first_at = shoppers.first_at) / count(*) AS first_time_shopper_share,
    sum(shoppers.partners) / count(*) AS shopper_partners,
    days(sum(pair.first_at - created_at) / nullif(count(created_at), 0)) AS shopper_age,
    count(*) FILTER (pair.first_at - created_at < 604800000) / nullif(count(created_at), 0) AS young_shopper_share,
    count(DISTINCT nullif(country, '')) AS shopper_countries,
    sum(shoppers.bad) / nullif(sum(shoppers.settled), 0) AS shopper_bad_share,
    days(max(pair.first_at) - min(pair.first_at)) AS shopper_arrival_days
FROM device_shoppers AS pair
JOIN shoppers ON shoppers.consumer = pair.consumer
JOIN known_consumers ON known_consumers.code = pair.consumer
GROUP BY device
