-- Where a consumer orders: how many partners, how new to it, how large, how bad.
-- Kinds: consumer
-- Feature: partners_1d | partners | 1 d | 0 | Partners with an order.
-- Feature: partners_7d | partners | 7 d | 0 | Partners with an order.
-- Feature: partners_30d | partners | 30 d | 0 | Partners with an order.
-- Feature: partners_90d | partners | 90 d | 0 | Partners with an order.
-- Feature: partners | partners | all | 0 | Partners with an order.
-- Feature: new_partner_share_1d | share | 1 d | - | Partners it had never ordered at before, of those with an order.
-- Feature: new_partner_share_7d | share | 7 d | - | Partners it had never ordered at before, of those with an order.
-- Feature: new_partner_share_30d | share | 30 d | - | Partners it had never ordered at before, of those with an order.
-- Feature: new_partner_share_90d | share | 90 d | - | Partners it had never ordered at before, of those with an order.
-- Feature: orders_per_partner | orders | all | - | Mean orders at a partner.
-- Feature: most_orders_at_partner | orders | all | 0 | Most orders at one partner.
-- Feature: partner_customers | consumers | all | - | Mean number of customers of the partners it orders at.
-- Feature: smallest_partner | consumers | all | 0 | Customers of the smallest partner it orders at.
-- Feature: bad_partner_share | share | all | - | Disputes and defaults among the known outcomes of other customers of its partners.
-- Feature: foreign_share | share | all | - | Partners in another country, of those with a known country.
-- Feature: partner_age | days | all | - | Mean days from the onboarding of a partner to the first order at it.
-- Feature: young_partner_share | share | all | - | Partners onboarded less than 30 days before the first order at them.
SELECT
    consumer AS code,
    count(*) FILTER (last_day < 1) AS partners_1d,
    count(*) FILTER (last_day < 7) AS partners_7d,
    count(*) FILTER (last_day < 30) AS partners_30d,
    count(*) FILTER (last_day < 90) AS partners_90d,
    count(*) AS partners,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (last_day < 1), 0) AS new_partner_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (last_day < 7), 0) AS new_partner_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (last_day < 30), 0) AS new_partner_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (last_day < 90), 0) AS new_partner_share_90d,
    sum(customers.orders) / count(*) AS orders_per_partner,
    max(customers.orders) AS most_orders_at_partner,
    sum(sellers.customers) / count(*) AS partner_customers,
    min(sellers.customers) AS smallest_partner,
    sum(sellers.bad - customers.bad) / nullif(sum(sellers.settled - customers.settled), 0) AS bad_partner_share,
    count(*) FILTER (nullif(buyer.country, '') <> nullif(seller.country, '')) / nullif(count(nullif(buyer.country, '') <> nullif(seller.country, '')), 0) AS foreign_share,
    days(sum(customers.first_at - onboarded_at) / nullif(count(onboarded_at), 0)) AS partner_age,
    count(*) FILTER (customers.first_at - onboarded_at < 2592000000) / nullif(count(onboarded_at), 0) AS young_partner_share
FROM customers
JOIN sellers USING (partner)
JOIN (SELECT code AS partner, country, onboarded_at FROM known_partners) AS seller USING (partner)
JOIN (SELECT code AS consumer, country FROM known_consumers) AS buyer USING (consumer)
GROUP BY consumer
