-- How orders follow one another.
-- Kinds: partner, consumer, device, bank_account
-- Feature: shortest_gap | ln seconds | all | - | Time between the closest two orders; ln(1 + seconds).
-- Feature: minute_share | share | all | - | Gaps to the order before of at most a minute.
-- Feature: hour_share | share | all | - | Gaps to the order before of at most an hour.
-- Feature: hour_share_30d | share | 30 d | - | Gaps to the order before of at most an hour.
-- Feature: burstiness | ratio | all | - | Burstiness of the gaps between orders: -1 regular, 0 random, 1 in bursts; (s - m) / (s + m) of mean m and standard deviation s in seconds.
-- Feature: same_price_share | share | all | - | Orders of the very amount of the order before.
WITH steps AS (
    SELECT
        of_kind($kind, partner, consumer, device, account) AS code,
        day,
        "at" - lag("at") OVER before AS gap,
        price = lag(price) OVER before AS same_price
    FROM known_orders
    WHERE of_kind($kind, partner, consumer, device, account) IS NOT NULL
    WINDOW before AS (PARTITION BY of_kind($kind, partner, consumer, device, account) ORDER BY "at", price)
)
SELECT
    code,
    ln(1 + min(gap) / 1000) AS shortest_gap,
    count(*) FILTER (gap <= 60000) / count(gap) AS minute_share,
    count(*) FILTER (gap <= 3600000) / count(gap) AS hour_share,
    count(*) FILTER (gap <= 3600000 AND day < 30) / nullif(count(gap) FILTER (day < 30), 0) AS hour_share_30d,
    (sqrt(greatest(count(gap) * sum(CAST(gap // 1000 AS HUGEINT) * (gap // 1000)) - sum(gap // 1000) * sum(gap // 1000), 0)) - sum(gap // 1000)) / nullif(sqrt(greatest(count(gap) * sum(CAST(gap // 1000 AS HUGEINT) * (gap // 1000)) - sum(gap // 1000) * sum(gap // 1000), 0)) + sum(gap // 1000), 0) AS burstiness,
    count(*) FILTER (same_price) / count(gap) AS same_price_share
FROM steps
WHERE gap IS NOT NULL
GROUP BY code
