-- How often and when a partner logs in.
-- Kinds: partner
-- Feature: logins_1d | logins | 1 d | 0 | Logins.
-- Feature: logins_7d | logins | 7 d | 0 | Logins.
-- Feature: logins_30d | logins | 30 d | 0 | Logins.
-- Feature: logins_90d | logins | 90 d | 0 | Logins.
-- Feature: logins | logins | all | 0 | Logins.
-- Feature: login_night_share | share | all | - | Logins between 0 and 6 hours.
-- Feature: busiest_login_day | logins | all | 0 | Logins on the busiest day.
-- Feature: login_days_30d | days | 30 d | 0 | Days with a login.
-- Feature: last_login_days | days | all | - | Whole days since the last login.
-- Feature: logins_7d_over_90d | ratio | 90 d | - | Logins a day of the last week over the daily mean of the last 90.
WITH days AS (
    SELECT partner, day, count(*) AS logins, count(*) FILTER (clock < 6) AS night
    FROM logins
    GROUP BY partner, day
)
SELECT
    partner AS code,
    coalesce(sum(logins) FILTER (day < 1), 0) AS logins_1d,
    coalesce(sum(logins) FILTER (day < 7), 0) AS logins_7d,
    coalesce(sum(logins) FILTER (day < 30), 0) AS logins_30d,
    coalesce(sum(logins) FILTER (day < 90), 0) AS logins_90d,
    sum(logins) AS logins,
    sum(night) / sum(logins) AS login_night_share,
    max(logins) AS busiest_login_day,
    count(*) FILTER (day < 30) AS login_days_30d,
    min(day) AS last_login_days,
    90 * coalesce(sum(logins) FILTER (day < 7), 0) / nullif(7 * sum(logins) FILTER (day < 90), 0) AS logins_7d_over_90d
FROM days
GROUP BY code
