-- The devices that order at a partner: how new, how shared, whose tills.
-- Kinds: partner
-- Feature: devices_1d | devices | 1 d | 0 | Devices that ordered.
-- Feature: devices_7d | devices | 7 d | 0 | Devices that ordered.
-- Feature: devices_30d | devices | 30 d | 0 | Devices that ordered.
-- Feature: devices_90d | devices | 90 d | 0 | Devices that ordered.
-- Feature: new_device_share_1d | share | 1 d | - | Devices never seen anywhere before, of those that ordered.
-- Feature: new_device_share_7d | share | 7 d | - | Devices never seen anywhere before, of those that ordered.
-- Feature: new_device_share_30d | share | 30 d | - | Devices never seen anywhere before, of those that ordered.
-- Feature: new_device_share_90d | share | 90 d | - | Devices never seen anywhere before, of those that ordered.
-- Feature: shared_device_share | share | all | - | Orders from devices that several consumers use.
-- Feature: most_shoppers_on_device | consumers | all | 0 | Most consumers on one of its customers' devices.
-- Feature: shoppers_per_device | consumers | all | - | Mean consumers on a customer's device.
-- Feature: till_order_share | share | all | - | Orders from devices from which some partner logs in.
-- Feature: own_till_order_share | share | all | - | Orders from devices from which this partner itself logs in.
SELECT
    pair.partner AS code,
    count(*) FILTER (last_day < 1) AS devices_1d,
    count(*) FILTER (last_day < 7) AS devices_7d,
    count(*) FILTER (last_day < 30) AS devices_30d,
    count(*) FILTER (last_day < 90) AS devices_90d,
    count(*) FILTER (first_day < 1 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 1), 0) AS new_device_share_1d,
    count(*) FILTER (first_day < 7 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 7), 0) AS new_device_share_7d,
    count(*) FILTER (first_day < 30 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 30), 0) AS new_device_share_30d,
    count(*) FILTER (first_day < 90 AND seen.first_at = pair.first_at) / nullif(count(*) FILTER (last_day < 90), 0) AS new_device_share_90d,
    coalesce(sum(orders) FILTER (shoppers > 1), 0) / sum(orders) AS shared_device_share,
    max(shoppers) AS most_shoppers_on_device,
    sum(shoppers) / count(*) AS shoppers_per_device,
    coalesce(sum(orders) FILTER (operators > 0), 0) / sum(orders) AS till_order_share,
    coalesce(sum(orders) FILTER (own), 0) / sum(orders) AS own_till_order_share
FROM device_partners AS pair
JOIN device_standing AS seen ON seen.device = pair.device
LEFT JOIN (SELECT partner, device, true AS own FROM tills) AS till
    ON till.partner = pair.partner AND till.device = pair.device
GROUP BY code
