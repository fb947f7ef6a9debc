-- What a device is and since when it is known.
-- Kinds: device
-- Feature: age_days | days | all | - | Days since it was first seen, by its own row or by an event.
-- Feature: start_days | days | all | - | Days from its first sight by its own row to the first event.
-- Feature: is_mobile | flag | all | 0 | 1 if it is a mobile.
-- Feature: is_desktop | flag | all | 0 | 1 if it is a desktop.
-- Feature: is_tablet | flag | all | 0 | 1 if it is a tablet.
-- Feature: is_server | flag | all | 0 | 1 if it is a server.
-- Feature: orders_and_logins | flag | all | 0 | 1 if consumers order from it and partners log in from it.
SELECT
    code,
    days($as_of - least(coalesce(first_seen_at, first_at), coalesce(first_at, first_seen_at))) AS age_days,
    days(first_at - first_seen_at) AS start_days,
    CAST(kind = 'mobile' AS INTEGER) AS is_mobile,
    CAST(kind = 'desktop' AS INTEGER) AS is_desktop,
    CAST(kind = 'tablet' AS INTEGER) AS is_tablet,
    CAST(kind = 'server' AS INTEGER) AS is_server,
    CAST(coalesce(shoppers > 0 AND operators > 0, false) AS INTEGER) AS orders_and_logins
FROM known_devices LEFT JOIN device_standing ON device = code
