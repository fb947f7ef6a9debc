-- How old and from where a partner's customers are.
-- Kinds: partner
-- Feature: customer_age | days | all | - | Mean age of a customer's account at the first order at the partner.
-- Feature: customer_under_1d_share | share | all | - | Customers whose account was less than a day old at the first order at the partner.
-- Feature: customer_under_7d_share | share | all | - | Customers whose account was less than 7 days old at the first order at the partner.
-- Feature: customer_under_30d_share | share | all | - | Customers whose account was less than 30 days old at the first order at the partner.
-- Feature: foreign_share | share | all | - | Customers from another country than the partner, of those with a known country.
SELECT
    code,
    days(sum(age) / nullif(count(age), 0)) AS customer_age,
    count(*) FILTER (age < 86400000) / nullif(count(age), 0) AS customer_under_1d_share,
    count(*) FILTER (age < 604800000) / nullif(count(age), 0) AS customer_under_7d_share,
    count(*) FILTER (age < 2592000000) / nullif(count(age), 0) AS customer_under_30d_share,
    count(*) FILTER (abroad) / nullif(count(abroad), 0) AS foreign_share
FROM (
    SELECT
        customers.partner AS code,
        customers.first_at - created_at AS age,
        nullif(known_consumers.country, '') <> nullif(known_partners.country, '') AS abroad
    FROM customers
    JOIN known_consumers ON known_consumers.code = consumer
    JOIN known_partners ON known_partners.code = partner
)
GROUP BY code
