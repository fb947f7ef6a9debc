-- The devices from which orders on an account's money come.
-- Kinds: bank_account
-- Feature: devices | devices | all | 0 | Devices that order on its money.
-- Feature: devices_30d | devices | 30 d | 0 | Devices that ordered on its money.
-- Feature: new_devices_30d | devices | 30 d | 0 | Devices that had never ordered on its money before.
-- Feature: device_top_share | share | all | - | Orders from the device with most orders, of those with a device.
-- Feature: most_shoppers | consumers | all | 0 | Most consumers who order from one of the devices that order on its money.
WITH pairs AS (
    SELECT device, account, count(*) AS orders, min(day) AS last_day, max(day) AS first_day
    FROM known_orders
    WHERE device IS NOT NULL AND account IS NOT NULL
    GROUP BY device, account
)
SELECT
    account AS code,
    count(*) AS devices,
    count(*) FILTER (last_day < 30) AS devices_30d,
    count(*) FILTER (first_day < 30) AS new_devices_30d,
    max(orders) / sum(orders) AS device_top_share,
    max(shoppers) AS most_shoppers
FROM pairs JOIN device_standing USING (device)
GROUP BY account
