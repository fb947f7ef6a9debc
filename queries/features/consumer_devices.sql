-- The devices a consumer orders from: how many, new, shared.
-- Kinds: consumer
-- Feature: devices_1d | devices | 1 d | 0 | Devices used.
-- Feature: devices_7d | devices | 7 d | 0 | Devices used.
-- Feature: devices_30d | devices | 30 d | 0 | Devices used.
-- Feature: devices_90d | devices | 90 d | 0 | Devices used.
-- Feature: devices | devices | all | 0 | Devices used.
-- Feature: new_device_share_1d | share | 1 d | - | Devices it had never used before, of those used.
-- Feature: new_device_share_7d | share | 7 d | - | Devices it had never used before, of those used.
-- Feature: new_device_share_30d | share | 30 d | - | Devices it had never used before, of those used.
-- Feature: new_device_share_90d | share | 90 d | - | Devices it had never used before, of those used.
-- Feature: fresh_device_share | share | all | - | Devices that nobody had used before it, of those used.
-- Feature: device_top_share | share | all | - | Orders from the device with most orders.
-- Feature: device_entropy | nats | all | - | Entropy of the orders over devices.
-- Feature: most_sharers_of_device | consumers | all | 0 | Most consumers on one of its devices.
-- Feature: shared_device_share | share | all | - | Orders from devices that other consumers use too.
-- Feature: till_order_share | share | all | - | Orders from devices from which some partner logs in.
SELECT
    pair.consumer AS code,
    count(*) FILTER (last_day < 1) AS devices_1d,
    count(*) FILTER (last_day < 7) AS devices_7d,
    count(*) FILTER (last_day < 30) AS devices_30d,
    count(*) FILTER (last_day < 90) AS devices_90d,
    count(*) AS devices,
    count(*) FILTER (first_day < 1) / nullif(count(*) FILTER (last_day < 1), 0) AS new_device_share_1d,
    count(*) FILTER (first_day < 7) / nullif(count(*) FILTER (last_day < 7), 0) AS new_device_share_7d,
    count(*) FILTER (first_day < 30) / nullif(count(*) FILTER (last_day < 30), 0) AS new_device_share_30d,
    count(*) FILTER (first_day < 90) / nullif(count(*) FILTER (last_day < 90), 0) AS new_device_share_90d,
    count(*) FILTER (pair.first_at = seen.first_at) / count(*) AS fresh_device_share,
    max(orders) / sum(orders) AS device_top_share,
    greatest(ln(sum(orders)) - sum(nlogn(orders)) / 1000000 / sum(orders), 0) AS device_entropy,
    max(shoppers) AS most_sharers_of_device,
    coalesce(sum(orders) FILTER (shoppers > 1), 0) / sum(orders) AS shared_device_share,
    coalesce(sum(orders) FILTER (operators > 0), 0) / sum(orders) AS till_order_share
FROM device_shoppers AS pair JOIN device_standing AS seen ON seen.device = pair.device
GROUP BY pair.consumer
