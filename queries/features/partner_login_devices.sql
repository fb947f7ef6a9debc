-- The devices from which a partner logs in: how many, new and shared.
-- Kinds: partner
-- Feature: login_devices | devices | all | 0 | Devices from which it logs in.
-- Feature: login_devices_30d | devices | 30 d | 0 | Devices from which it logged in.
-- Feature: new_login_devices_1d | devices | 1 d | 0 | Devices from which it had never logged in before.
-- Feature: new_login_devices_7d | devices | 7 d | 0 | Devices from which it had never logged in before.
-- Feature: new_login_devices_30d | devices | 30 d | 0 | Devices from which it had never logged in before.
-- Feature: new_login_devices_90d | devices | 90 d | 0 | Devices from which it had never logged in before.
-- Feature: login_entropy | nats | all | - | Entropy of the logins over devices.
-- Feature: login_top_share | share | all | - | Logins from the device with most logins.
-- Feature: login_sharers | partners | all | 0 | Most partners that log in from one of its devices.
-- Feature: shared_login_share | share | all | - | Logins from devices from which other partners log in too.
-- Feature: login_shoppers | consumers | all | 0 | Most consumers who order from one of its login devices.
-- Feature: shopper_login_share | share | all | - | Logins from devices from which somebody orders.
-- Feature: login_device_age | days | all | - | Mean time from the first sight of a device anywhere to the first login from it.
SELECT
    pair.partner AS code,
    count(*) AS login_devices,
    count(*) FILTER (last_day < 30) AS login_devices_30d,
    count(*) FILTER (first_day < 1) AS new_login_devices_1d,
    count(*) FILTER (first_day < 7) AS new_login_devices_7d,
    count(*) FILTER (first_day < 30) AS new_login_devices_30d,
    count(*) FILTER (first_day < 90) AS new_login_devices_90d,
    greatest(ln(sum(logins)) - sum(nlogn(logins)) / 1000000 / sum(logins), 0) AS login_entropy,
    max(logins) / sum(logins) AS login_top_share,
    max(operators) AS login_sharers,
    coalesce(sum(logins) FILTER (operators > 1), 0) / sum(logins) AS shared_login_share,
    max(shoppers) AS login_shoppers,
    coalesce(sum(logins) FILTER (shoppers > 0), 0) / sum(logins) AS shopper_login_share,
    days(sum(pair.first_at - least(seen.first_at, coalesce(first_seen_at, seen.first_at))) / count(*)) AS login_device_age
FROM tills AS pair
JOIN device_standing AS seen ON seen.device = pair.device
JOIN known_devices ON known_devices.code = pair.device
GROUP BY pair.partner
