-- At which partners a device orders.
-- Kinds: device
-- Feature: partners_1d | partners | 1 d | 0 | Partners whose orders are placed from it.
-- Feature: partners_7d | partners | 7 d | 0 | Partners whose orders are placed from it.
-- Feature: partners_30d | partners | 30 d | 0 | Partners whose orders are placed from it.
-- Feature: partners_90d | partners | 90 d | 0 | Partners whose orders are placed from it.
-- Feature: partners | partners | all | 0 | Partners whose orders are placed from it.
-- Feature: new_partner_share_1d | share | 1 d | - | Partners new to it, of those whose orders are placed from it.
-- Feature: new_partner_share_7d | share | 7 d | - | Partners new to it, of those whose orders are placed from it.
-- Feature: new_partner_share_30d | share | 30 d | - | Partners new to it, of those whose orders are placed from it.
-- Feature: new_partner_share_90d | share | 90 d | - | Partners new to it, of those whose orders are placed from it.
-- Feature: smallest_partner | consumers | all | 0 | Customers of the smallest partner at which it orders.
-- Feature: partner_bad_share | share | all | - | Disputes and defaults among all known outcomes of the partners at which it orders.
SELECT
    pair.device AS code,
    count(*) FILTER (last_day < 1) AS partners_1d,
    count(*) FILTER (last_day < 7) AS partners_7d,
    count(*) FILTER (last_day < 30) AS partners_30d,
    count(*) FILTER (last_day < 90) AS partners_90d,
    count(*) AS partners,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (last_day < 1), 0) AS new_partner_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (last_day < 7), 0) AS new_partner_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (last_day < 30), 0) AS new_partner_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (last_day < 90), 0) AS new_partner_share_90d,
    min(sellers.customers) AS smallest_partner,
    sum(sellers.bad) / nullif(sum(sellers.settled), 0) AS partner_bad_share
FROM device_partners AS pair JOIN sellers ON sellers.partner = pair.partner
GROUP BY pair.device
