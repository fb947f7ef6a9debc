-- How often and when partners log in from a device.
-- Kinds: device
-- Feature: logins_1d | logins | 1 d | 0 | Logins of partners.
-- Feature: logins_7d | logins | 7 d | 0 | Logins of partners.
-- Feature: logins_30d | logins | 30 d | 0 | Logins of partners.
-- Feature: logins_90d | logins | 90 d | 0 | Logins of partners.
-- Feature: logins | logins | all | 0 | Logins of partners.
-- Feature: login_night_share | share | all | - | Logins between 0 and 6 hours.
-- Feature: busiest_login_day | logins | all | 0 | Logins on the busiest day.
-- Feature: most_operators_in_a_day | partners | all | 0 | Most partners that log in on one day.
-- Feature: last_login_days | days | all | - | Whole days since the last login.
WITH days AS (
    SELECT
        device,
        day,
        count(*) AS logins,
        count(*) FILTER (clock < 6) AS night,
        count(DISTINCT partner) AS operators
    FROM logins
    GROUP BY device, day
)
SELECT
    device AS code,
    coalesce(sum(logins) FILTER (day < 1), 0) AS logins_1d,
    coalesce(sum(logins) FILTER (day < 7), 0) AS logins_7d,
    coalesce(sum(logins) FILTER (day < 30), 0) AS logins_30d,
    coalesce(sum(logins) FILTER (day < 90), 0) AS logins_90d,
    sum(logins) AS logins,
    sum(night) / sum(logins) AS login_night_share,
    max(logins) AS busiest_login_day,
    max(operators) AS most_operators_in_a_day,
    min(day) AS last_login_days
FROM days
GROUP BY device
